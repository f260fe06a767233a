//! Layers of a configuration and their precedence: the files in their order, the environment, the command line.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    error::{ConfigError, ConfigErrors},
    node::{Mapping, Node, NodeValue, Origin},
    options::Override,
    place::shown_path,
    source::{MAX_CONFIG_BYTES, SourceFile},
    yaml,
};

/// The files of a `configs` folder, in the order they are merged.
const SECTIONS: [&str; 4] = [
    "project.yaml",
    "input.yaml",
    "simulation.yaml",
    "evaluation.yaml",
];
/// What is read of `evaluation.yaml`; the rest is for another tool.
const OF_EVALUATION: [&str; 3] = ["gate", "expect", "checks"];
/// Two spellings of one key, the one that wins first.
pub(crate) const SPELLINGS: [[&str; 2]; 2] = [
    ["runner.iterations", "iterations"],
    ["output.directory", "output_directory"],
];

/// The files that make up a configuration.
pub(crate) struct Files {
    /// In the order they are merged.
    pub(crate) paths: Vec<PathBuf>,
    /// What relative paths in them resolve against, unless they say otherwise.
    pub(crate) project_directory: PathBuf,
}

impl Files {
    /// Those that belong to the file that was asked for, which is absolute.
    pub(crate) fn of(config: &Path, texts: &BTreeMap<PathBuf, String>) -> Self {
        let folder = config.parent().unwrap_or(config);
        let project_directory = match (folder.file_name(), folder.parent()) {
            (Some(name), Some(parent)) if name == "configs" => parent.to_path_buf(),
            _ => {
                let project_directory = folder.to_path_buf();
                return Self {
                    paths: vec![config.to_path_buf()],
                    project_directory,
                };
            }
        };
        let sections = SECTIONS.map(|name| folder.join(name));
        let mut paths: Vec<PathBuf> = sections
            .into_iter()
            .filter(|path| path == config || path.is_file() || texts.contains_key(path))
            .collect();
        // A file of another name is a variant of the experiment: it wins over the sections.
        if !paths.iter().any(|path| path == config) {
            paths.push(config.to_path_buf());
        }
        Self {
            paths,
            project_directory,
        }
    }

    /// Whether a file is one of those that are merged with all others beside it.
    pub(crate) fn is_section(path: &Path) -> bool {
        let folder = path.parent().and_then(Path::file_name);
        let name = path.file_name();
        folder.is_some_and(|folder| folder == "configs")
            && SECTIONS
                .iter()
                .any(|section| name.is_some_and(|name| name == *section))
    }

    /// All files as one tree. An error of each file that cannot be read.
    pub(crate) fn read(
        &self,
        shown_from: &Path,
        texts: &BTreeMap<PathBuf, String>,
    ) -> Result<Node, ConfigErrors> {
        let mut merged = Node {
            value: NodeValue::Mapping(Mapping::default()),
            origin: Origin::Default,
        };
        let mut errors = Vec::new();
        for path in &self.paths {
            let source = match texts.get(path) {
                Some(text) => Ok(Arc::new(SourceFile {
                    path: path.clone(),
                    ..SourceFile::of_text(&shown_path(path, shown_from), text)
                })),
                None => SourceFile::read(path, shown_from, MAX_CONFIG_BYTES),
            };
            match source.and_then(|source| read_file(path, &source)) {
                Ok(node) => merge(&mut merged, node),
                Err(error) => errors.push(error),
            }
        }
        ConfigErrors::some(errors).map_or(Ok(merged), Err)
    }
}

fn read_file(path: &Path, source: &Arc<SourceFile>) -> Result<Node, ConfigError> {
    let mut node = yaml::parse(source, yaml::CONFIG_LIMITS)?;
    match &mut node.value {
        NodeValue::Mapping(mapping) => {
            if path
                .file_name()
                .is_some_and(|name| name == "evaluation.yaml")
            {
                mapping
                    .entries
                    .retain(|entry| OF_EVALUATION.contains(&entry.key.as_str()));
            }
            Ok(node)
        }
        // An empty section file, or one with comments only.
        NodeValue::Null => Ok(node),
        _ => {
            let found = node.described();
            let message = format!("expected a mapping of keys to values, found {found}");
            Err(ConfigError::new(super::ErrorKind::Syntax { message })
                .at(node.origin.place())
                .with_hint("write `key: value` lines, for example `iterations: 10`"))
        }
    }
}

/// Lays one layer over another: mappings key by key, all else as a whole. A section without content (`runner:`) changes
/// nothing; a key without a value unsets.
fn merge(base: &mut Node, over: Node) {
    match (&mut base.value, over.value) {
        (NodeValue::Mapping(base), NodeValue::Mapping(over)) => {
            for entry in over.entries {
                match base.entries.iter_mut().find(|known| known.key == entry.key) {
                    Some(known) => {
                        known.origin = entry.origin;
                        merge(&mut known.value, entry.value);
                    }
                    None => base.entries.push(entry),
                }
            }
        }
        (NodeValue::Mapping(_), NodeValue::Null) => {}
        (_, value) => {
            *base = Node {
                value,
                origin: over.origin,
            }
        }
    }
}

/// The one place that decides precedence: of the layers over the files, a later one wins.
pub(crate) fn apply(tree: &mut Node, layers: [&[Override]; 3]) {
    for item in layers.into_iter().flatten() {
        set(tree, item);
    }
}

/// Sets one dotted key, whatever stood there.
fn set(tree: &mut Node, item: &Override) {
    for spellings in SPELLINGS
        .iter()
        .filter(|spellings| spellings.contains(&item.key.as_str()))
    {
        for other in spellings.iter().filter(|spelling| **spelling != item.key) {
            unset(tree, other);
        }
    }
    let mut node = tree;
    for key in item.key.split('.') {
        let is_mapping = matches!(node.value, NodeValue::Mapping(_));
        // What code says of a key that is no section must not be lost: the decoder refuses it as code's.
        if node.is_null() || (!is_mapping && matches!(item.origin, Origin::Code(_))) {
            *node = Node {
                value: NodeValue::Mapping(Mapping::default()),
                origin: item.origin.clone(),
            };
        }
        // Something else stands where a section belongs: the decoder says so at its place.
        let NodeValue::Mapping(mapping) = &mut node.value else {
            return;
        };
        node = mapping.entry(key, &item.origin);
    }
    *node = Node::from_json(&item.value, &item.origin);
}

fn unset(tree: &mut Node, dotted: &str) {
    let mut node = tree;
    let (path, last) = dotted.rsplit_once('.').unwrap_or(("", dotted));
    for key in path.split('.').filter(|key| !key.is_empty()) {
        let NodeValue::Mapping(mapping) = &mut node.value else {
            return;
        };
        let Some(entry) = mapping.entries.iter_mut().find(|entry| entry.key == key) else {
            return;
        };
        node = &mut entry.value;
    }
    if let NodeValue::Mapping(mapping) = &mut node.value {
        mapping.remove(last);
    }
}
