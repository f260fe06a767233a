use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{EffectiveLine, EffectiveValue, ValueSource, inline::written};
use crate::{
    config::{
        node::{Node, NodeValue},
        scalar::text,
    },
    secret::Secrets,
};

/// Where in the document something is written.
pub(super) struct At {
    /// The dotted key of the mapping.
    key: String,
    /// In columns.
    indent: usize,
    /// The first line begins an item of a list.
    is_item: bool,
}

impl At {
    pub(super) fn top() -> Self {
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

pub(super) struct Writer<'a> {
    pub(super) secrets: &'a Secrets,
    /// Of values that are in no layer.
    pub(super) known: BTreeMap<&'static str, ValueSource>,
    pub(super) lines: Vec<EffectiveLine>,
    pub(super) values: Vec<EffectiveValue>,
}

impl Writer<'_> {
    /// What was set comes first, as it stands in the files; then the defaults by their names.
    pub(super) fn mapping(&mut self, mut map: Map<String, Value>, node: Option<&Node>, mut at: At) {
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
