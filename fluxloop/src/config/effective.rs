//! The effective configuration: every key with its value and where that was set.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    Config, GenerationMode, ModelSettings, SupervisorSettings,
    layers::SPELLINGS,
    node::{Node, NodeValue, Origin},
    snapshot::{path, seconds},
};
use crate::{
    secret::{MASK, Secrets},
    visible::{acts, visible},
};

/// Where a value was set. Its `Display` is what messages call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ValueSource {
    /// In a file of the configuration.
    File {
        /// Relative to the current directory where it lies below it, else absolute.
        file: String,
        /// From 1.
        line: u32,
        /// From 1, in characters.
        column: u32,
    },
    /// By a variable of the process environment.
    Environment {
        /// Its name.
        variable: String,
    },
    /// By a variable in the project's `.env`.
    #[serde(rename = "dotenv")]
    DotEnv {
        /// Its name.
        variable: String,
    },
    /// By an option on the command line.
    Flag {
        /// As it was written: `--max-turns`.
        flag: String,
    },
    /// By nobody.
    Default,
}

impl From<&Origin> for ValueSource {
    fn from(origin: &Origin) -> Self {
        match origin {
            Origin::File {
                source,
                line,
                column,
            } => Self::File {
                file: source.shown.clone(),
                line: *line,
                column: *column,
            },
            Origin::Environment(name) => Self::Environment {
                variable: name.to_string(),
            },
            Origin::DotEnv(name) => Self::DotEnv {
                variable: name.to_string(),
            },
            Origin::CommandLine(name) => Self::Flag {
                flag: name.to_string(),
            },
            Origin::Default => Self::Default,
        }
    }
}

impl fmt::Display for ValueSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line, .. } => write!(f, "{}:{line}", visible(file)),
            Self::Environment { variable } => f.write_str(variable),
            Self::DotEnv { variable } => write!(f, "{variable} in .env"),
            Self::Flag { flag } => f.write_str(flag),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The effective configuration, without the values of secrets. Optional keys that nobody set are left out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Effective {
    /// As YAML: [`load`](super::load) reads it back.
    pub lines: Vec<EffectiveLine>,
    /// The same value by value, in the same order.
    pub values: Vec<EffectiveValue>,
}

/// A line of YAML, without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EffectiveLine {
    /// Without its end.
    pub text: String,
    /// Where its value was set; none where it only begins a mapping or a list of mappings.
    pub source: Option<ValueSource>,
}

/// A value, or a list of values that were set together.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EffectiveValue {
    /// Dotted: `multi_turn.max_turns`, `personas[0].name`.
    pub key: String,
    /// As JSON; `***` for a secret.
    pub value: Value,
    /// Where it was set.
    pub source: ValueSource,
}

/// The values of a configuration, and in `tree` what was set of them.
pub(super) fn of(config: &Config, tree: &Node) -> Effective {
    let mut map = config.settled();
    with_generation(config, &mut map);
    let mut known = BTreeMap::new();
    with_supervisor(config, &mut map, &mut known);
    map.insert("seed".into(), json!(config.seed));
    map.insert("inputs_file".into(), inputs_files(config));
    let spelt = as_spelt(&mut map, tree);
    let mut writer = Writer {
        secrets: &config.secrets,
        known,
        lines: Vec::new(),
        values: Vec::new(),
    };
    writer.mapping(map, Some(&spelt), At::top());
    Effective {
        lines: writer.lines,
        values: writer.values,
    }
}

fn with_generation(config: &Config, map: &mut Map<String, Value>) {
    let generation = &config.generation;
    map.insert("variation_count".into(), json!(generation.variations));
    let section = map.entry("input_generation").or_insert_with(|| json!({}));
    if let Value::Object(section) = section {
        let mode = match generation.mode {
            GenerationMode::Deterministic => "deterministic",
            GenerationMode::Llm => "llm",
        };
        section.insert("mode".into(), json!(mode));
    }
}

fn with_supervisor(
    config: &Config,
    map: &mut Map<String, Value>,
    known: &mut BTreeMap<&'static str, ValueSource>,
) {
    let Some(Value::Object(conversations)) = map.get_mut("multi_turn") else {
        return;
    };
    let supervisor = conversations
        .entry("supervisor")
        .or_insert_with(|| json!({}));
    let Value::Object(supervisor) = supervisor else {
        return;
    };
    match &config.multi_turn.supervisor {
        SupervisorSettings::Mock(_) => {
            supervisor.insert("provider".into(), json!("mock"));
        }
        SupervisorSettings::Model(model) => {
            of_model(model, supervisor);
            known.extend(source(
                "multi_turn.supervisor.api_key",
                model.api_key_source.as_ref(),
            ));
            known.extend(source(
                "multi_turn.supervisor.base_url",
                model.base_url_source.as_ref(),
            ));
        }
    }
}

fn source(key: &'static str, source: Option<&ValueSource>) -> Option<(&'static str, ValueSource)> {
    Some((key, source?.clone()))
}

fn of_model(model: &ModelSettings, supervisor: &mut Map<String, Value>) {
    let url = model.base_url.as_deref();
    let url = url.unwrap_or_else(|| model.provider.default_base_url());
    supervisor.insert("provider".into(), json!(model.provider.name()));
    supervisor.insert("model".into(), json!(model.model));
    supervisor.insert("base_url".into(), json!(shown_address(url)));
    supervisor.insert("timeout_seconds".into(), seconds(model.timeout));
    supervisor.insert("max_retries".into(), json!(model.max_retries));
    if model.api_key.is_some() {
        supervisor.insert("api_key".into(), json!(MASK));
    }
}

/// An address as messages show it: without a user's name and password, and without a query, in which some hold a key.
///
/// ```
/// assert_eq!(fluxloop::config::shown_address("https://me:pw@host/v1?key=k"), "https://***@host/v1?***");
/// ```
#[must_use]
pub fn shown_address(url: &str) -> String {
    let (address, query) = match url.split_once('?') {
        Some((address, _)) => (address, format!("?{MASK}")),
        None => (url, String::new()),
    };
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let host_end = rest.find('/').unwrap_or(rest.len());
    let shown = match rest[..host_end].rfind('@') {
        Some(at) => format!("{MASK}{}", &rest[at..]),
        None => rest.to_owned(),
    };
    if scheme.is_empty() {
        format!("{shown}{query}")
    } else {
        format!("{scheme}://{shown}{query}")
    }
}

/// One path as such, several as a list.
fn inputs_files(config: &Config) -> Value {
    match &config.inputs_files[..] {
        [] => Value::Null,
        [file] => path(file),
        files => files.iter().map(|file| path(file)).collect(),
    }
}

/// Keys with two spellings stand under the one that was used, and under the second where neither was. The tree that is
/// returned has the same keys as the map.
fn as_spelt(map: &mut Map<String, Value>, tree: &Node) -> Node {
    let mut tree = tree.clone();
    for [page, other] in SPELLINGS {
        let Some((section, key)) = page.split_once('.') else {
            continue;
        };
        let set = below(&tree, section).and_then(|section| below(section, key));
        if set.is_some_and(|node| !node.is_null())
            && let Some(value) = map.remove(other)
        {
            let section = map.entry(section).or_insert_with(|| json!({}));
            if let Value::Object(section) = section {
                section.insert(key.to_owned(), value);
            }
        }
    }
    let target = below(&tree, "runner").and_then(|runner| {
        let older = || below(runner, "module_path").or_else(|| below(runner, "function_name"));
        below(runner, "target").or_else(older).cloned()
    });
    if let Some(target) = target
        && let NodeValue::Mapping(root) = &mut tree.value
        && let NodeValue::Mapping(runner) = &mut root.entry("runner", &Origin::Default).value
    {
        let origin = target.origin.clone();
        *runner.entry("target", &origin) = target;
    }
    tree
}

/// The value of a key of a mapping that is not null.
fn below<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.value {
        NodeValue::Mapping(mapping) => mapping.get(key).filter(|node| !node.is_null()),
        _ => None,
    }
}

/// Where in the document something is written.
struct At {
    /// The dotted key of the mapping.
    key: String,
    /// In columns.
    indent: usize,
    /// The first line begins an item of a list.
    is_item: bool,
}

impl At {
    fn top() -> Self {
        Self {
            key: String::new(),
            indent: 0,
            is_item: false,
        }
    }

    fn below(&self, name: &str) -> String {
        if self.key.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.key)
        }
    }

    /// What stands before the next line of a mapping.
    fn lead(&mut self) -> String {
        let dash = if std::mem::take(&mut self.is_item) {
            "- "
        } else {
            ""
        };
        format!("{}{dash}", " ".repeat(self.indent - dash.len()))
    }
}

struct Writer<'a> {
    secrets: &'a Secrets,
    /// Of values that are in no layer.
    known: BTreeMap<&'static str, ValueSource>,
    lines: Vec<EffectiveLine>,
    values: Vec<EffectiveValue>,
}

impl Writer<'_> {
    /// What was set comes first, as it stands in the files; then the defaults by their names.
    fn mapping(&mut self, mut map: Map<String, Value>, node: Option<&Node>, mut at: At) {
        if let Some(NodeValue::Mapping(mapping)) = node.map(|node| &node.value) {
            for entry in &mapping.entries {
                if let Some(value) = map.remove(&entry.key) {
                    self.entry(&entry.key, value, Some(&entry.value), &mut at);
                }
            }
        }
        let defaults: BTreeMap<String, Value> = map.into_iter().collect();
        for (key, value) in defaults {
            self.entry(&key, value, None, &mut at);
        }
    }

    fn entry(&mut self, name: &str, mut value: Value, node: Option<&Node>, at: &mut At) {
        let key = at.below(name);
        let shown_name = self.masked(name, &mut value);
        match value {
            Value::Null => {}
            Value::Object(map) if !map.is_empty() => {
                let before = self.lines.len();
                self.begin(format!("{}{shown_name}:", at.lead()));
                let inner = At {
                    key,
                    indent: at.indent + 2,
                    is_item: false,
                };
                self.mapping(map, node, inner);
                // Nothing but keys that nobody set.
                if self.lines.len() == before + 1 {
                    self.lines.pop();
                }
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                self.begin(format!("{}{shown_name}:", at.lead()));
                self.items(items, node, &key, at.indent + 4);
            }
            value => {
                let is_set = node.is_some_and(|node| !node.is_null());
                if !is_set && is_empty(&value) {
                    return;
                }
                let text = format!("{}{shown_name}: {}", at.lead(), written(&value, node));
                self.leaf(text, key, value, node);
            }
        }
    }

    fn items(&mut self, items: Vec<Value>, node: Option<&Node>, key: &str, indent: usize) {
        for (index, item) in items.into_iter().enumerate() {
            let node = node.and_then(|node| match &node.value {
                NodeValue::Sequence(nodes) => nodes.get(index),
                _ => None,
            });
            let at = At {
                key: format!("{key}[{index}]"),
                indent,
                is_item: true,
            };
            match item {
                Value::Object(map) if !map.is_empty() => self.mapping(map, node, at),
                item => {
                    let lead = " ".repeat(indent - 2);
                    self.leaf(
                        format!("{lead}- {}", written(&item, node)),
                        at.key,
                        item,
                        node,
                    );
                }
            }
        }
    }

    fn begin(&mut self, text: String) {
        self.lines.push(EffectiveLine { text, source: None });
    }

    fn leaf(&mut self, text: String, key: String, value: Value, node: Option<&Node>) {
        let known = self.known.get(key.as_str()).cloned();
        let source = known
            .or_else(|| node.map(|node| (&node.origin).into()))
            .unwrap_or(ValueSource::Default);
        self.lines.push(EffectiveLine {
            text,
            source: Some(source.clone()),
        });
        self.values.push(EffectiveValue { key, value, source });
    }

    /// Masks the secrets in a value and its name, which it returns as YAML has it.
    fn masked(&self, name: &str, value: &mut Value) -> String {
        let mut entry = json!({ name: value.take() });
        self.secrets.redact_value(&mut entry);
        let mut shown = String::new();
        if let Value::Object(entry) = entry {
            for (name, masked) in entry {
                shown = text(&name);
                *value = masked;
            }
        }
        shown
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// A value on one line. A number stands as it was written.
fn written(value: &Value, node: Option<&Node>) -> String {
    match (value, node.map(|node| &node.value)) {
        (Value::Number(number), Some(NodeValue::Number(set, written))) if number == set => {
            written.to_string()
        }
        _ => inline(value),
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(value) => text(value),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let sorted: BTreeMap<&String, &Value> = map.iter().collect();
            let entries: Vec<String> = sorted
                .into_iter()
                .map(|(key, value)| format!("{}: {}", text(key), inline(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A text that YAML reads as this text, in block and in flow style.
fn text(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if acts(c) || is_byte_order_mark(c) => quoted.push_str(&escaped(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A parser may take one for the beginning of a document.
fn is_byte_order_mark(character: char) -> bool {
    character == '\u{feff}'
}

fn escaped(character: char) -> String {
    format!("\\u{:04x}", u32::from(character))
}

/// Whether a text needs no quotes. Where that is hard to say, it needs them.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let ends = |edge: Option<char>| edge.is_some_and(|c| c.is_alphanumeric() || "/._".contains(c));
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '/' || c == '_');
    let is_word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    let allowed = |c: char| c.is_alphanumeric() || "_-./ ".contains(c);
    // `https://host`, `module:function`: what follows a colon is no blank.
    let colons = text.replace("://", "").replace(':', "");
    begins
        && ends(text.chars().next_back())
        && !is_word
        && colons.chars().all(allowed)
        && !text.contains(": ")
        && !text.contains(":]")
        && text.parse::<f64>().is_err()
}
