//! Keys and values as they are written into a document.

use serde_json::Value;

/// A value for a line of its own, a key's or an item's.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        // JSON is YAML.
        other => other.to_string(),
    }
}

/// The lines of nested keys, of which the last has the value.
pub(super) fn lines(path: &[&str], leaf: &Value, indent: usize, step: usize) -> Vec<String> {
    let last = path.len().saturating_sub(1);
    let line = |(depth, part): (usize, &&str)| {
        let mut line = " ".repeat(indent + depth * step);
        line.push_str(&key(part));
        line.push(':');
        if depth == last {
            line.push(' ');
            line.push_str(&value(leaf));
        }
        line
    };
    path.iter().enumerate().map(line).collect()
}

fn key(key: &str) -> String {
    if is_plain(key) && !key.contains(' ') {
        key.to_owned()
    } else {
        Value::from(key).to_string()
    }
}

/// Whether a text needs no quotes anywhere: nothing that YAML, of any version, reads as something else.
fn is_plain(text: &str) -> bool {
    const OTHER: [&str; 11] = [
        "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf",
    ];
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '/'));
    let consists = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '.' | '-' | ' ');
    begins
        && text.chars().all(consists)
        && !text.ends_with(' ')
        && !OTHER.iter().any(|word| text.eq_ignore_ascii_case(word))
}
