//! `expect` and `checks`, wherever they stand → what is judged by. A mistake in them is an error: an expectation that is
//! passed over looks as if it held.

mod schema;
mod tools;

use std::time::Duration;

use regex::Regex;
use serde_json::{Map, Value};

use super::{
    ChosenCheck, Expectations,
    expectation::{Expectation, Termination},
};
use crate::config::{Node, NodeValue, Origin, Section};

/// What can be expected. The attributes have the list: no check is called like one of these.
const KEYS: [&str; 10] = fluxloop_macros::expectation_keys!();
const TERMINATIONS: [(&str, bool); 4] = [
    ("completed", true),
    ("supervisor_stop", true),
    ("terminated", false),
    ("max_turns", false),
];
/// Ten years, as for deadlines.
const LONGEST_MS: f64 = 10.0 * 365.0 * 24.0 * 3600.0 * 1000.0;

/// What stands under `expect`.
pub(crate) fn expectations(section: &Section<'_>) -> Expectations {
    let Some(node) = section.node("expect").filter(|node| !node.is_empty()) else {
        return Expectations::default();
    };
    let NodeValue::Mapping(mapping) = &node.value else {
        let expected = "a mapping such as `contains: \"refund\"`";
        section.wrong::<()>("expect", node, expected);
        return Expectations::default();
    };
    let path = section.path_of("expect");
    Section::decode(Some(node), path, section.problems(), |section| {
        section.refuse_others(&KEYS);
        let mut expectations = Expectations::default();
        for key in KEYS {
            let Some(node) = mapping.get(key) else {
                continue;
            };
            if let Some((expectation, written)) = expectation(section, key, node) {
                let is_path = matches!(node.value, NodeValue::Text(_));
                expectations.reads_files |= key == "json_schema" && is_path;
                expectations.all.push((key, expectation));
                expectations.written.insert(key.to_owned(), written);
            }
        }
        expectations
    })
}

/// The names under `checks`.
pub(crate) fn chosen(section: &Section<'_>) -> Vec<ChosenCheck> {
    let names = |item: &Node| match &item.value {
        NodeValue::Text(names) if !names.trim().is_empty() => {
            // No name has any of these: in a cell of CSV, several stand behind each other.
            let names = names.split(|c: char| c == ',' || c.is_whitespace());
            let names = names.filter(|name| !name.is_empty());
            names
                .map(|name| ChosenCheck::new(name, place(item)))
                .collect()
        }
        _ => section
            .wrong("checks", item, "the name of a check, or a list of names")
            .unwrap_or_default(),
    };
    match section.node("checks") {
        None => Vec::new(),
        Some(Node {
            value: NodeValue::Sequence(items),
            ..
        }) => items.iter().flat_map(names).collect(),
        Some(one) => names(one),
    }
}

fn place(node: &Node) -> String {
    match &node.origin {
        Origin::File { source, line, .. } => format!("{}:{line}", source.shown),
        _ => String::new(),
    }
}

/// One expectation, and how a file has it.
fn expectation(
    section: &Section<'_>,
    key: &'static str,
    node: &Node,
) -> Option<(Expectation, Value)> {
    // A null is a value that an agent may return, and no value for anything else.
    if node.is_null() && key != "equals" {
        return section.invalid(
            key,
            node,
            "nothing is expected",
            "give it a value, or remove it",
        );
    }
    let expectation = match key {
        "contains" => Expectation::Contains(texts(section, key, node)?),
        "not_contains" => Expectation::NotContains(texts(section, key, node)?),
        "equals" => Expectation::Equals(node.to_json()),
        "matches" => Expectation::Matches(patterns(section, key, node)?),
        "max_duration_ms" => {
            let expected = "a number of milliseconds above 0";
            let is_valid = |value| value > 0.0 && value <= LONGEST_MS;
            let most = section.number(key, expected, is_valid)?;
            Expectation::MaxDuration(Duration::from_secs_f64(most / 1000.0))
        }
        "max_turns" => {
            let most = section.whole(key, 1, 100)?;
            Expectation::MaxTurns(u32::try_from(most).ok()?)
        }
        "max_tokens" => Expectation::MaxTokens(section.whole(key, 1, u64::MAX)?),
        "termination" => {
            let is_stop = section.one_of(key, &TERMINATIONS)?;
            let word = word(node)?;
            Expectation::Termination(Termination { word, is_stop })
        }
        "tools_called" => Expectation::ToolsCalled(tools::tools_called(section, key, node)?),
        "json_schema" => return schema::json_schema(section, key, node),
        _ => return None,
    };
    Some((expectation, node.to_json()))
}

fn word(node: &Node) -> Option<&'static str> {
    let NodeValue::Text(text) = &node.value else {
        return None;
    };
    let known = TERMINATIONS.iter().find(|(word, _)| word == text);
    known.map(|(word, _)| *word)
}

/// A text, or a list of them: at least one, none of them empty.
fn texts(section: &Section<'_>, key: &'static str, node: &Node) -> Option<Vec<String>> {
    let items = match &node.value {
        NodeValue::Sequence(items) if items.is_empty() => {
            let hint = "name a text, or remove the key";
            return section.invalid(key, node, "nothing is expected", hint);
        }
        NodeValue::Sequence(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let text = |item: &Node| match &item.value {
        NodeValue::Text(text) if !text.is_empty() => Some(text.clone()),
        NodeValue::Number(_, written) => Some(written.to_string()),
        _ => section.wrong(key, item, "text that is not empty, or a list of such texts"),
    };
    // Each that is wrong is said.
    let texts: Vec<_> = items.iter().map(text).collect();
    texts.into_iter().collect()
}

fn patterns(section: &Section<'_>, key: &'static str, node: &Node) -> Option<Vec<Regex>> {
    let compiled = texts(section, key, node)?.into_iter().map(|pattern| {
        Regex::new(&pattern).or_else(|error| {
            let reason = format!("`{pattern}` is no regular expression: {}", reason(&error));
            let hint = "its syntax is that of the crate `regex`; a text as it stands is expected with `contains`";
            section.invalid(key, node, &reason, hint).ok_or(())
        })
    });
    compiled.collect::<Result<_, _>>().ok()
}

/// What is wrong with a pattern, without the pattern.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

/// What is written anew of what was read.
pub(crate) fn write(to: &mut Map<String, Value>, expected: &Expectations, checks: &[ChosenCheck]) {
    if !expected.is_empty() {
        let written = Value::Object(expected.written().clone());
        to.insert("expect".to_owned(), written);
    }
    if !checks.is_empty() {
        let names = checks.iter().map(|check| check.name.as_str()).collect();
        to.insert("checks".to_owned(), names);
    }
}
