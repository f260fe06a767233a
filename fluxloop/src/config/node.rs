//! A value with the place it comes from: what every layer of a configuration becomes before they are merged.

use std::sync::Arc;

use serde_json::{Map, Number, Value};

use super::{Place, place::without_secret, source::SourceFile};

/// Where a value was set.
#[derive(Clone)]
pub(crate) enum Origin {
    File {
        source: Arc<SourceFile>,
        line: u32,
        column: u32,
    },
    /// A variable of the process environment.
    Environment(Arc<str>),
    /// A variable of the project's `.env`.
    DotEnv(Arc<str>),
    /// A command-line flag, or whatever else the caller names it by.
    CommandLine(Arc<str>),
    /// Code, and what it calls the value: a method, or the key.
    Code(Arc<str>),
    /// Nobody set it.
    Default,
}

impl Origin {
    pub(crate) fn place(&self) -> Option<Place> {
        match self {
            Self::File {
                source,
                line,
                column,
            } => Some(source.place(*line, *column)),
            _ => None,
        }
    }

    /// What the user wrote to set the value: the flag or variable, else the key.
    pub(crate) fn subject(&self, key: &str) -> String {
        match self {
            Self::Environment(name)
            | Self::DotEnv(name)
            | Self::CommandLine(name)
            | Self::Code(name) => (**name).to_owned(),
            Self::File { .. } | Self::Default => key.to_owned(),
        }
    }
}

/// A value and where it was set.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) value: NodeValue,
    pub(crate) origin: Origin,
}

#[derive(Clone)]
pub(crate) enum NodeValue {
    Null,
    Bool(bool),
    /// A number and how it was written: `1.10` stays `1.10` where text is wanted.
    Number(Number, Box<str>),
    Text(String),
    Sequence(Vec<Node>),
    Mapping(Mapping),
}

/// A mapping in the order it was written.
#[derive(Clone, Default)]
pub(crate) struct Mapping {
    pub(crate) entries: Vec<Entry>,
}

#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// Where the key stands.
    pub(crate) origin: Origin,
    pub(crate) value: Node,
}

impl Mapping {
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.entries.retain(|entry| entry.key != key);
    }

    /// The value of a key, which is made if it is not there.
    pub(crate) fn entry(&mut self, key: &str, origin: &Origin) -> &mut Node {
        let at = self
            .entries
            .iter()
            .position(|entry| entry.key == key)
            .unwrap_or_else(|| {
                let value = Node {
                    value: NodeValue::Null,
                    origin: origin.clone(),
                };
                self.entries.push(Entry {
                    key: key.to_owned(),
                    origin: origin.clone(),
                    value,
                });
                self.entries.len() - 1
            });
        &mut self.entries[at].value
    }
}

impl Node {
    pub(crate) fn from_json(value: &Value, origin: &Origin) -> Self {
        let value = match value {
            Value::Null => NodeValue::Null,
            Value::Bool(value) => NodeValue::Bool(*value),
            Value::Number(number) => {
                NodeValue::Number(number.clone(), number.to_string().into_boxed_str())
            }
            Value::String(text) => NodeValue::Text(text.clone()),
            Value::Array(items) => NodeValue::Sequence(
                items
                    .iter()
                    .map(|item| Self::from_json(item, origin))
                    .collect(),
            ),
            Value::Object(map) => {
                let entry = |(key, value): (&String, &Value)| Entry {
                    key: key.clone(),
                    origin: origin.clone(),
                    value: Self::from_json(value, origin),
                };
                NodeValue::Mapping(Mapping {
                    entries: map.iter().map(entry).collect(),
                })
            }
        };
        Self {
            value,
            origin: origin.clone(),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        match &self.value {
            NodeValue::Null => Value::Null,
            NodeValue::Bool(value) => Value::Bool(*value),
            NodeValue::Number(number, _) => Value::Number(number.clone()),
            NodeValue::Text(text) => Value::String(text.clone()),
            NodeValue::Sequence(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            NodeValue::Mapping(mapping) => Value::Object(mapping.to_json()),
        }
    }

    /// How many values it is, keys included.
    pub(crate) fn count(&self) -> usize {
        1 + match &self.value {
            NodeValue::Sequence(items) => items.iter().map(Self::count).sum(),
            NodeValue::Mapping(mapping) => {
                let entries = mapping.entries.iter();
                entries.map(|entry| 1 + entry.value.count()).sum()
            }
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number(..) | NodeValue::Text(_) => 0,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, NodeValue::Null)
    }

    /// Whether there is something in it: `null`, `[]` and `{}` hold nothing.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.value {
            NodeValue::Null => true,
            NodeValue::Sequence(items) => items.is_empty(),
            NodeValue::Mapping(mapping) => mapping.entries.is_empty(),
            NodeValue::Bool(_) | NodeValue::Number(..) | NodeValue::Text(_) => false,
        }
    }

    /// The value as messages show it.
    pub(crate) fn described(&self) -> String {
        /// More than this of a text says no more.
        const SHOWN: usize = 60;
        match &self.value {
            NodeValue::Null => "nothing (null)".to_owned(),
            NodeValue::Bool(value) => value.to_string(),
            NodeValue::Number(_, written) => written.to_string(),
            NodeValue::Text(text) if text.is_empty() => "an empty text".to_owned(),
            NodeValue::Text(text) => {
                // It may be `NAME=value`.
                let shown: String = without_secret(text)
                    .chars()
                    .take(SHOWN)
                    .flat_map(char::escape_debug)
                    .collect();
                let more = if text.chars().nth(SHOWN).is_some() {
                    "…"
                } else {
                    ""
                };
                format!("the text `{shown}{more}`")
            }
            NodeValue::Sequence(_) => "a list".to_owned(),
            NodeValue::Mapping(_) => "a mapping".to_owned(),
        }
    }
}

impl Mapping {
    pub(crate) fn to_json(&self) -> Map<String, Value> {
        self.entries
            .iter()
            .map(|entry| (entry.key.clone(), entry.value.to_json()))
            .collect()
    }
}
