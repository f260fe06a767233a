//! The effective configuration: every key with its value and where that was set.

mod inline;
mod source;
mod writer;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    Config, GenerationMode, ModelSettings, SupervisorSettings,
    layers::SPELLINGS,
    node::{Node, NodeValue, Origin},
    snapshot::{path, seconds},
};
use crate::secret::MASK;
pub use source::ValueSource;
use writer::{At, Writer};

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
