//! `tools_called`: a name, a list of calls, or a mapping that says how they are compared besides.

use crate::{
    config::{Node, NodeValue, Section},
    expect::tools::{ArgumentsBy, ExpectedCall, Match, ToolsExpected},
};

const MATCHES: [(&str, Match); 4] = [
    ("exact", Match::Exact),
    ("in_order", Match::InOrder),
    ("any_order", Match::AnyOrder),
    ("subset", Match::Subset),
];
const ARGUMENTS: [(&str, ArgumentsBy); 3] = [
    ("exact", ArgumentsBy::Exact),
    ("subset", ArgumentsBy::Subset),
    ("ignored", ArgumentsBy::Ignored),
];

pub(super) fn tools_called(
    section: &Section<'_>,
    key: &'static str,
    node: &Node,
) -> Option<ToolsExpected> {
    let path = section.path_of(key);
    match &node.value {
        NodeValue::Mapping(mapping) if mapping.get("name").is_none() => {
            Section::decode(Some(node), path, section.problems(), |section| {
                let expected = detailed(section, node);
                section.refuse_others(&["calls", "match", "arguments"]);
                expected
            })
        }
        // Nothing in a list is a list of no calls: then none may be made.
        NodeValue::Sequence(items) if items.is_empty() => Some(ToolsExpected {
            calls: Vec::new(),
            by: Match::Exact,
            arguments: ArgumentsBy::Exact,
        }),
        _ => Some(ToolsExpected {
            calls: calls(section, key, node)?,
            by: Match::InOrder,
            arguments: ArgumentsBy::Exact,
        }),
    }
}

fn detailed(section: &Section<'_>, whole: &Node) -> Option<ToolsExpected> {
    let by = section.one_of("match", &MATCHES).unwrap_or(Match::InOrder);
    let arguments = section
        .one_of("arguments", &ARGUMENTS)
        .unwrap_or(ArgumentsBy::Exact);
    let Some(node) = section.node("calls") else {
        let hint = "name the tools: `calls: [lookup_order]`; `[]` for none";
        return section.item_error(whole, "`calls` is missing", hint);
    };
    let calls = calls(section, "calls", node)?;
    if calls.is_empty() && matches!(by, Match::InOrder | Match::AnyOrder) {
        let hint = "write `match: exact` where no tool is to be called";
        let reason = "nothing is expected: other calls may be made, too";
        return section.invalid("calls", node, reason, hint);
    }
    Some(ToolsExpected {
        calls,
        by,
        arguments,
    })
}

fn calls(section: &Section<'_>, key: &'static str, node: &Node) -> Option<Vec<ExpectedCall>> {
    let items = match &node.value {
        NodeValue::Sequence(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let call = |(index, item): (usize, &Node)| match &item.value {
        NodeValue::Text(name) if !name.trim().is_empty() => Some(ExpectedCall {
            name: name.trim().to_owned(),
            arguments: None,
        }),
        NodeValue::Mapping(_) => {
            let path = section.path_of(&format!("{key}[{index}]"));
            Section::decode(Some(item), path, section.problems(), |section| {
                let call = named(section, item);
                section.refuse_others(&["name", "arguments"]);
                call
            })
        }
        _ => section.wrong(key, item, "a tool's name, or `{name, arguments}`"),
    };
    let calls: Vec<_> = items.iter().enumerate().map(call).collect();
    calls.into_iter().collect()
}

fn named(section: &Section<'_>, item: &Node) -> Option<ExpectedCall> {
    let arguments = section.node("arguments");
    if let Some(node) = arguments
        && !matches!(node.value, NodeValue::Mapping(_))
    {
        return section.wrong("arguments", node, "a mapping of arguments to values");
    }
    let Some(name) = section.name("name") else {
        if section.has("name") {
            return None;
        }
        let hint = "write `name: lookup_order`";
        return section.item_error(item, "`name` is missing", hint);
    };
    Some(ExpectedCall {
        name,
        arguments: arguments.map(Node::to_json),
    })
}
