use std::{path::Path, sync::Arc};

use serde_json::{Value, json};

use super::{Inputs, RawInput, decode_entries};
use crate::config::{
    Config, ConfigError, ConfigErrors, DEFAULT_INPUTS, ErrorKind, INPUTS_LIMITS, MAX_INPUTS_BYTES,
    Node, NodeValue, Problems, Section, SourceFile, parse, shown_path, to_text,
};

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
/// What a hint shows after `for example:`.
const EXAMPLE: &str = "\n\ngenerated_inputs:\n  - input: \"How do I start?\"";

/// Loads the inputs of a configuration: of its inputs file, or its own `base_inputs` where it has none.
///
/// # Errors
///
/// Every entry that is wrong; a file that is missing, unreadable or no YAML; no input at all.
pub fn load_inputs(config: &Config) -> Result<Inputs, ConfigErrors> {
    match &config.inputs_file {
        Some(path) => from_file(path, &config.shown_from),
        None if !config.base_inputs.is_empty() => Ok(Inputs {
            entries: config.base_inputs.clone(),
            yaml: to_text(&as_written(&config.base_inputs)),
            file: None,
            warnings: Vec::new(),
        }),
        None => {
            let path = config.project_directory.join(DEFAULT_INPUTS);
            let path = shown_path(&path, &config.shown_from);
            let message = format!(
                "no inputs: there is no {path}, and the configuration has no `base_inputs`"
            );
            Err(ConfigError::new(ErrorKind::NoInputs(message))
                .with_hint(format!(
                    "name a file with `--inputs`, or write {path}, for example:{EXAMPLE}"
                ))
                .into())
        }
    }
}

fn from_file(path: &Path, shown_from: &Path) -> Result<Inputs, ConfigErrors> {
    if !path.exists() {
        let kind = ErrorKind::NotFound {
            what: "inputs file",
            path: path.to_path_buf(),
        };
        return Err(ConfigError::new(kind)
            .with_hint("check `inputs_file` or `--inputs`")
            .into());
    }
    let source = SourceFile::read(path, shown_from, MAX_INPUTS_BYTES)?;
    let tree = parse(&source, INPUTS_LIMITS)?;
    let problems = Problems::default();
    let entries = entries(&tree, &source, &problems);
    drop(tree);
    let (entries, warnings) = problems.into_result(entries)?;
    let yaml =
        Arc::try_unwrap(source).map_or_else(|source| source.text.clone(), |source| source.text);
    Ok(Inputs {
        entries,
        yaml,
        file: Some(path.to_path_buf()),
        warnings,
    })
}

fn entries(tree: &Node, source: &SourceFile, problems: &Problems) -> Vec<RawInput> {
    let (items, name): (&[Node], _) = match &tree.value {
        NodeValue::Sequence(items) => (items, "inputs"),
        NodeValue::Mapping(_) => {
            match Section::decode(Some(tree), String::new(), problems, |root| list(root, tree)) {
                Some(found) => found,
                None => return Vec::new(),
            }
        }
        NodeValue::Null => (&[], "inputs"),
        _ => {
            problems.error(not_a_list(tree));
            return Vec::new();
        }
    };
    if items.is_empty() {
        let kind = ErrorKind::NoInputs(format!("{} has no inputs", source.shown));
        problems.error(
            ConfigError::new(kind).with_hint(format!("write at least one, for example:{EXAMPLE}")),
        );
    }
    decode_entries(items, name, problems)
}

/// The list in a mapping, and the key that it stands under.
fn list<'a>(root: &Section<'a>, tree: &Node) -> Option<(&'a [Node], &'static str)> {
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
            root.problems().error(not_a_list(tree));
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

fn not_a_list(tree: &Node) -> ConfigError {
    let message = match &tree.value {
        NodeValue::Mapping(mapping) => {
            let keys: Vec<String> = mapping
                .entries
                .iter()
                .take(5)
                .map(|entry| format!("`{}`", entry.key))
                .collect();
            format!(
                "expected the list of inputs under `generated_inputs` or `inputs`, found {}",
                keys.join(", ")
            )
        }
        _ => format!("expected a list of inputs, found {}", tree.described()),
    };
    ConfigError::new(ErrorKind::Syntax { message })
        .at(tree.origin.place())
        .with_hint(format!("write at least one, for example:{EXAMPLE}"))
}

/// The inputs as a file would have them.
fn as_written(inputs: &[RawInput]) -> Value {
    let entry = |input: &RawInput| {
        let mut entry = json!({"input": input.input});
        for (key, value) in [("id", &input.id), ("persona", &input.persona)] {
            if let Some(value) = value {
                entry[key] = json!(value);
            }
        }
        if !input.metadata.is_empty() {
            entry["metadata"] = json!(input.metadata);
        }
        entry
    };
    json!({"generated_inputs": inputs.iter().map(entry).collect::<Vec<_>>()})
}
