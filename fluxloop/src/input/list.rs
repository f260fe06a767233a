use super::Format;
use crate::config::{ConfigError, ErrorKind, Node, NodeValue, Problems, Section, nearest};

/// The keys that the list stands under, where the file is a mapping.
const LISTS: [&str; 2] = ["generated_inputs", "inputs"];
/// What the original and its tools write beside the list.
const BESIDE: [&str; 8] = [
    "metadata",
    "generated_at",
    "generation_config",
    "generator",
    "version",
    "config",
    "name",
    "description",
];

/// The list of inputs in a file, and the key that it stands under.
pub(super) fn list<'a>(
    tree: &'a Node,
    format: Format,
    problems: &'a Problems,
) -> (&'a [Node], &'static str) {
    const NONE: (&[Node], &str) = (&[], "inputs");
    match &tree.value {
        NodeValue::Sequence(items) => (items, "inputs"),
        NodeValue::Mapping(_) => Section::decode(Some(tree), String::new(), problems, |root| {
            in_mapping(root, tree, format)
        })
        .unwrap_or(NONE),
        NodeValue::Null => NONE,
        _ => {
            problems.error(not_a_list(tree, format));
            NONE
        }
    }
}

/// A file without inputs.
pub(super) fn no_inputs(shown: &str, format: Format) -> ConfigError {
    let kind = ErrorKind::NoInputs(format!("{shown} has no inputs"));
    ConfigError::new(kind).with_hint(hint(format))
}

/// What to write.
fn hint(format: Format) -> String {
    format!("write at least one, for example:\n\n{}", format.example())
}

fn in_mapping<'a>(
    root: &Section<'a>,
    tree: &Node,
    format: Format,
) -> Option<(&'a [Node], &'static str)> {
    root.ignore(&BESIDE);
    let found: Vec<_> = LISTS.into_iter().filter(|key| root.has(key)).collect();
    match found[..] {
        [key] => {
            root.ignore(&LISTS);
            match root.node(key) {
                None => Some((&[], key)),
                Some(Node {
                    value: NodeValue::Sequence(items),
                    ..
                }) => Some((items, key)),
                Some(node) => root.wrong(key, node, "a list of inputs"),
            }
        }
        [] => {
            root.problems().error(not_a_list(tree, format));
            root.prefixed("");
            None
        }
        _ => {
            root.ignore(&LISTS);
            let message = "the inputs stand under `generated_inputs` and under `inputs`".to_owned();
            let error = ConfigError::new(ErrorKind::Syntax { message }).at(tree.origin.place());
            root.problems()
                .error(error.with_hint("put all of them under one of the two"));
            None
        }
    }
}

fn not_a_list(tree: &Node, format: Format) -> ConfigError {
    let NodeValue::Mapping(mapping) = &tree.value else {
        let message = format!("expected a list of inputs, found {}", tree.described());
        return ConfigError::new(ErrorKind::Syntax { message })
            .at(tree.origin.place())
            .with_hint(hint(format));
    };
    let keys = || mapping.entries.iter().map(|entry| entry.key.as_str());
    let shown: Vec<String> = keys().take(5).map(|key| format!("`{key}`")).collect();
    let message = format!(
        "expected the list of inputs under `generated_inputs` or `inputs`, found {}",
        shown.join(", ")
    );
    let hint = keys()
        .find_map(|key| nearest(key, LISTS))
        .map_or_else(|| hint(format), |meant| format!("did you mean `{meant}`?"));
    ConfigError::new(ErrorKind::Syntax { message })
        .at(tree.origin.place())
        .with_hint(hint)
}
