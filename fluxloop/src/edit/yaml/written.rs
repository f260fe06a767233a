//! Keys and values as they are written into a document.

use serde_json::Value;

use crate::config::scalar;

/// A value for a line of its own, a key's or an item's.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => scalar::text(text),
        // JSON is YAML.
        other => other.to_string(),
    }
}

/// The lines of nested keys, of which the last has the value.
pub(super) fn lines(path: &[&str], leaf: &Value, indent: usize, step: usize) -> Vec<String> {
    let last = path.len().saturating_sub(1);
    let line = |(depth, part): (usize, &&str)| {
        let mut line = " ".repeat(indent + depth * step);
        line.push_str(&scalar::text(part));
        line.push(':');
        if depth == last {
            line.push(' ');
            line.push_str(&value(leaf));
        }
        line
    };
    path.iter().enumerate().map(line).collect()
}

/// Nested keys within `{}`, of which the last has the value.
pub(super) fn entry(path: &[&str], leaf: &Value) -> String {
    let leaf = value(leaf);
    let mut parts = path.iter().rev();
    let last = parts
        .next()
        .map(|last| format!("{}: {leaf}", scalar::text(last)));
    parts.fold(last.unwrap_or_default(), |inner, part| {
        format!("{}: {{{inner}}}", scalar::text(part))
    })
}
