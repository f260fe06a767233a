//! One key of a configuration, set in the file where it belongs.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;

use super::{
    LoadRequest, Warning,
    error::{ConfigError, ConfigErrors},
    layers::{Files, SPELLINGS},
    load::{self, Examined, examine},
    node::{Node, NodeValue, Origin},
    options::Override,
    place::shown_path,
    source::{MAX_CONFIG_BYTES, SourceFile},
    yaml,
};
use crate::edit::{EditError, yaml as edit};

/// Which section file a key belongs to that stands in none: by its first part. All others are of the simulation.
const HOMES: [(&str, &[&str]); 3] = [
    (
        "project.yaml",
        &["name", "description", "version", "tags", "metadata"],
    ),
    (
        "input.yaml",
        &[
            "personas",
            "base_inputs",
            "inputs_file",
            "input_template",
            "input_generation",
            "variation_strategies",
            "variation_count",
            "variation_temperature",
        ],
    ),
    ("evaluation.yaml", &["gate", "expect", "checks"]),
];

/// A key that is to be set, and what its file would be: nothing is written yet.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Setting {
    /// Absolute.
    pub file: PathBuf,
    /// As messages name it.
    pub shown: String,
    /// Dotted, in the spelling of the file.
    pub key: String,
    /// The text of the file with the value, comments and order kept.
    pub text: String,
    /// Where the value stands in it, from 1.
    pub line: u32,
    /// What stood there; none where nothing did.
    pub old: Option<Value>,
    /// What stands there now.
    pub new: Value,
    /// What is odd about the configuration with it, and was not before.
    pub warnings: Vec<Warning>,
}

/// Why a key is not set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// The files cannot be read as they are.
    #[error(transparent)]
    Unreadable(#[from] ConfigErrors),
    /// Nothing reads such a key.
    #[error("`{key}` is no key that anything reads")]
    Unknown {
        /// Dotted.
        key: String,
        /// The nearest that is one, or what else to do.
        hint: Option<String>,
    },
    /// With this value, the configuration is wrong.
    #[error("{0}")]
    Wrong(ConfigErrors),
    /// The file cannot be changed so.
    #[error("{file}: {error}")]
    Edit {
        /// As messages name it.
        file: String,
        /// Why. Part of the message, so not a `source` besides.
        error: EditError,
    },
}

impl SettingError {
    /// What to do about it, where the message does not say so itself.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable(_) | Self::Wrong(_) => None,
            Self::Unknown { hint, .. } => hint.clone(),
            Self::Edit { error, .. } => error.hint(),
        }
    }
}

/// Finds out what setting a dotted key to a value does: in the file that has it already (of several the one that
/// counts), else in the section file that it belongs to. A whole number steps into a list: `personas.0.name`. The value
/// is read as YAML, and as text where that does not fit the key.
///
/// # Errors
///
/// A key that nothing reads, a value with which the configuration does not load, and a file that cannot be edited without
/// touching more than the value.
pub fn setting(request: &LoadRequest, key: &str, value: &str) -> Result<Setting, SettingError> {
    if key.split('.').any(|part| part.trim().is_empty()) {
        return Err(SettingError::Unknown {
            key: key.to_owned(),
            hint: Some("write a dotted key such as `multi_turn.max_turns`".to_owned()),
        });
    }
    let mut first_error = None;
    for value in candidates(value) {
        match with_value(request, key, value) {
            Ok(setting) => return Ok(setting),
            // What is said of the value as it was meant first.
            Err(error @ SettingError::Wrong(_)) => first_error = first_error.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    Err(first_error.unwrap_or(SettingError::Unknown {
        key: key.to_owned(),
        hint: None,
    }))
}

/// What a value on the command line may mean, the likeliest first.
fn candidates(typed: &str) -> Vec<Value> {
    let text = Value::from(typed);
    let source = Arc::new(SourceFile::of_text("VALUE", typed));
    let Ok(node) = yaml::parse(&source, yaml::CONFIG_LIMITS) else {
        return vec![text];
    };
    let opens = |bracket| typed.trim_start().starts_with(bracket);
    match &node.value {
        NodeValue::Null if typed.trim().is_empty() => vec![text],
        NodeValue::Mapping(_) if !opens('{') => vec![text],
        NodeValue::Sequence(_) if !opens('[') => vec![text],
        // `1.10` as a version is not 1.1.
        NodeValue::Number(number, written) if number.to_string() != **written => {
            vec![text, node.to_json()]
        }
        NodeValue::Text(_) => vec![node.to_json()],
        _ => vec![node.to_json(), text],
    }
}

fn with_value(request: &LoadRequest, key: &str, value: Value) -> Result<Setting, SettingError> {
    let (files, asked) = load::files_of(request).map_err(ConfigErrors::from)?;
    let documents = documents(&files, request)?;
    let key = spelling(key, &documents);
    check_known(request, &key, &value)?;
    let item = item_of_list(&key, &documents)?;
    let has = |key: &str| documents.iter().rev().find(|document| document.has(key));
    let home = match has(item.unwrap_or(&key)) {
        Some(document) => document.path.clone(),
        None => home(&key, &asked),
    };
    let shown = shown_path(&home, &request.current_directory);
    let document = documents.iter().find(|document| document.path == home);
    let before = document.map_or("", |document| document.text.as_str());
    let old = document.and_then(|document| document.value(&key));
    let text = edit::set(before, &key, &value).map_err(|error| SettingError::Edit {
        file: shown.clone(),
        error,
    })?;
    let warnings = checked(request, &home, &text, &key)?;
    let line = line_of(&text, &key);
    Ok(Setting {
        file: home,
        shown,
        key,
        text,
        line,
        old,
        new: value,
        warnings,
    })
}

/// A file of the configuration.
struct Document {
    path: PathBuf,
    text: String,
    root: Node,
}

impl Document {
    fn has(&self, key: &str) -> bool {
        below(&self.root, key).is_some()
    }

    fn value(&self, key: &str) -> Option<Value> {
        below(&self.root, key).map(Node::to_json)
    }
}

fn documents(files: &Files, request: &LoadRequest) -> Result<Vec<Document>, ConfigErrors> {
    let read = |path: &PathBuf| {
        let source = SourceFile::read(path, &request.current_directory, MAX_CONFIG_BYTES)?;
        let root = yaml::parse(&source, yaml::CONFIG_LIMITS)?;
        Ok::<_, ConfigError>(Document {
            path: path.clone(),
            text: source.text.clone(),
            root,
        })
    };
    let documents: Result<Vec<Document>, ConfigError> = files.paths.iter().map(read).collect();
    Ok(documents?)
}

/// The value of a dotted key, null or not.
fn below<'n>(root: &'n Node, key: &str) -> Option<&'n Node> {
    key.split('.')
        .try_fold(root, |node, part| match &node.value {
            NodeValue::Mapping(mapping) => mapping.get(part),
            NodeValue::Sequence(items) => items.get(part.parse::<usize>().ok()?),
            _ => None,
        })
}

/// The last item of a list that the key leads through, which has to be there.
fn item_of_list<'k>(key: &'k str, documents: &[Document]) -> Result<Option<&'k str>, SettingError> {
    let mut found = None;
    let ends = key.match_indices('.').map(|(at, _)| at);
    for (at, end) in ends.clone().zip(ends.skip(1).chain([key.len()])) {
        let (list, item) = (&key[..at], &key[..end]);
        let lists = documents
            .iter()
            .filter_map(|document| below(&document.root, list));
        let mut lengths = lists.filter_map(|node| match &node.value {
            NodeValue::Sequence(items) => Some(items.len()),
            _ => None,
        });
        if let Some(length) = lengths.next_back() {
            if !documents.iter().any(|document| document.has(item)) {
                return Err(SettingError::Unknown {
                    key: key.to_owned(),
                    hint: Some(format!("`{list}` is a list of {length}, counted from 0")),
                });
            }
            found = Some(item);
        }
    }
    Ok(found)
}

/// The spelling that is in use, where there are two: to set the other one would contradict it.
fn spelling(key: &str, documents: &[Document]) -> String {
    let is_set = |key: &str| documents.iter().any(|document| document.has(key));
    let pair = SPELLINGS.iter().find(|spellings| spellings.contains(&key));
    let used = pair.and_then(|spellings| spellings.iter().find(|spelling| is_set(spelling)));
    (*used.unwrap_or(&key)).to_owned()
}

/// The file for a key that is in none. `asked` is what `--config` names.
fn home(key: &str, asked: &Path) -> PathBuf {
    let folder = asked.parent().unwrap_or(asked);
    let is_section = Files::is_section(asked);
    // A configuration by itself, or a variant of one: what is set for it stands in it.
    if !is_section {
        return asked.to_path_buf();
    }
    let first = key.split('.').next().unwrap_or_default();
    let home = HOMES.iter().find(|(_, keys)| keys.contains(&first));
    folder.join(home.map_or("simulation.yaml", |(file, _)| file))
}

/// The configuration as the files have it: what overrides the key must not hide what is wrong with it.
fn of_files(request: &LoadRequest) -> LoadRequest {
    let mut plain = request.clone();
    plain.overrides.clear();
    plain
        .environment
        .retain(|name, _| !name.starts_with("FLUXLOOP_"));
    plain
}

/// Makes sure that something reads the key, whatever its value.
fn check_known(request: &LoadRequest, key: &str, value: &Value) -> Result<(), SettingError> {
    let mut plain = of_files(request);
    let before = examine(&plain);
    plain
        .overrides
        .push(Override::flag(key, key, value.clone()));
    without_unknown(new_warnings(&before, examine(&plain).warnings), key).map(drop)
}

/// What is new in what is said of the configuration with this text; an error where it does not load.
fn checked(
    request: &LoadRequest,
    file: &Path,
    text: &str,
    key: &str,
) -> Result<Vec<Warning>, SettingError> {
    let mut plain = of_files(request);
    let before = examine(&plain);
    plain.texts.insert(file.to_path_buf(), text.to_owned());
    let after = examine(&plain);
    let known: Vec<String> = before.errors.iter().map(ToString::to_string).collect();
    let errors = after.errors.into_iter();
    let errors = errors.filter(|error| !known.contains(&error.to_string()));
    if let Some(errors) = ConfigErrors::some(errors.collect()) {
        return Err(SettingError::Wrong(errors));
    }
    without_unknown(new_warnings(&before, after.warnings), key)
}

fn new_warnings(before: &Examined, after: Vec<Warning>) -> Vec<Warning> {
    let known: Vec<String> = before.warnings.iter().map(ToString::to_string).collect();
    let is_new = |warning: &Warning| !known.contains(&warning.to_string());
    after.into_iter().filter(is_new).collect()
}

/// The warnings, unless one of them says that nothing reads the key, or the section that it is in.
fn without_unknown(warnings: Vec<Warning>, key: &str) -> Result<Vec<Warning>, SettingError> {
    let first = key.split('.').next().unwrap_or_default();
    let unknown = [key, &as_reported(key), first].map(|key| format!("unknown key `{key}`"));
    let says_so = |warning: &&Warning| {
        let said = warning.to_string();
        unknown.iter().any(|unknown| said.starts_with(unknown))
    };
    match warnings.iter().find(says_so) {
        Some(warning) => Err(SettingError::Unknown {
            key: key.to_owned(),
            hint: warning.hint().map(str::to_owned),
        }),
        None => Ok(warnings),
    }
}

/// `personas.0.name` as messages have it: `personas[0].name`.
fn as_reported(key: &str) -> String {
    let mut reported = String::new();
    for (index, part) in key.split('.').enumerate() {
        let is_index = index > 0 && part.bytes().all(|byte| byte.is_ascii_digit());
        // Writing to a string does not fail.
        let _ = match (index, is_index) {
            (_, true) => write!(reported, "[{part}]"),
            (0, _) => write!(reported, "{part}"),
            _ => write!(reported, ".{part}"),
        };
    }
    reported
}

fn line_of(text: &str, key: &str) -> u32 {
    let source = Arc::new(SourceFile::of_text("", text));
    let root = yaml::parse(&source, yaml::CONFIG_LIMITS);
    match root.ok().as_ref().and_then(|root| below(root, key)) {
        Some(Node {
            origin: Origin::File { line, .. },
            ..
        }) => *line,
        _ => 1,
    }
}
