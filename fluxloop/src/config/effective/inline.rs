//! Values on one line of YAML, without control characters.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::config::{
    node::{Node, NodeValue},
    scalar,
};

/// A value on one line. A number stands as it was written.
pub(super) fn written(value: &Value, node: Option<&Node>) -> String {
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
        Value::String(value) => scalar::text(value),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let sorted: BTreeMap<&String, &Value> = map.iter().collect();
            let entries: Vec<String> = sorted
                .into_iter()
                .map(|(key, value)| format!("{}: {}", scalar::text(key), inline(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}
