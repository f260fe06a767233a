//! Inputs that were read, written as a file would have them.

#[cfg(feature = "harness")]
use std::{fmt::Write as _, sync::Arc};

use serde_json::{Map, Value, json};

use super::RawInput;
#[cfg(feature = "harness")]
use super::{Format, decode_entries, json, list::list};
#[cfg(feature = "harness")]
use crate::config::{ConfigErrors, Problems, SourceFile};
use crate::expect;

/// A value of an entry.
enum Member<'a> {
    Text(&'a str),
    Value(&'a Value),
    Map(&'a Map<String, Value>),
}

/// What an entry says, key by key.
fn members(input: &RawInput, member: &mut dyn FnMut(&str, Member<'_>)) {
    member("input", Member::Value(&input.input));
    for (key, value) in [("id", &input.id), ("persona", &input.persona)] {
        if let Some(value) = value {
            member(key, Member::Text(value));
        }
    }
    if !input.metadata.is_empty() {
        member("metadata", Member::Map(&input.metadata));
    }
    let mut expected = Map::new();
    expect::write(&mut expected, &input.expect, &input.checks);
    for (key, value) in &expected {
        member(key, Member::Value(value));
    }
}

/// The inputs as a file would have them.
pub(super) fn as_written(inputs: &[RawInput]) -> Value {
    let entry = |input: &RawInput| {
        let mut entry = Map::new();
        members(input, &mut |key, member| {
            let value = match member {
                Member::Text(text) => json!(text),
                Member::Value(value) => value.clone(),
                Member::Map(map) => Value::Object(map.clone()),
            };
            entry.insert(key.to_owned(), value);
        });
        Value::Object(entry)
    };
    json!({"generated_inputs": inputs.iter().map(entry).collect::<Vec<_>>()})
}

/// Appends the JSON of a file that has this one input.
#[cfg(feature = "harness")]
pub(crate) fn push_written(to: &mut String, input: &RawInput) {
    to.push_str("{\"generated_inputs\":[{");
    let mut separator = "";
    members(input, &mut |key, member| {
        to.push_str(std::mem::replace(&mut separator, ","));
        push_text(to, key);
        to.push(':');
        match member {
            Member::Text(text) => push_text(to, text),
            Member::Value(value) => push_value(to, value),
            Member::Map(map) => push_map(to, map),
        }
    });
    to.push_str("}]}");
}

#[cfg(feature = "harness")]
fn push_map(to: &mut String, map: &Map<String, Value>) {
    let mut separator = '{';
    for (key, value) in map {
        to.push(std::mem::replace(&mut separator, ','));
        push_text(to, key);
        to.push(':');
        push_value(to, value);
    }
    to.push_str(if map.is_empty() { "{}" } else { "}" });
}

#[cfg(feature = "harness")]
fn push_value(to: &mut String, value: &Value) {
    match value {
        Value::String(text) => push_text(to, text),
        Value::Object(map) => push_map(to, map),
        Value::Array(items) => {
            let mut separator = '[';
            for item in items {
                to.push(std::mem::replace(&mut separator, ','));
                push_value(to, item);
            }
            to.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => to.push_str(&value.to_string()),
    }
}

/// Appends a text in quotes. By hand, and copied by the run: the serializer takes ten times as long where nothing is
/// optimised, as in most programs that list their cases.
#[cfg(feature = "harness")]
pub(crate) fn push_text(to: &mut String, text: &str) {
    to.push('"');
    let bytes = text.as_bytes();
    let (mut copied, mut at) = (0, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        if byte < b' ' || byte == b'"' || byte == b'\\' {
            to.push_str(&text[copied..at]);
            match byte {
                b'"' => to.push_str("\\\""),
                b'\\' => to.push_str("\\\\"),
                b'\n' => to.push_str("\\n"),
                // Writing to a string cannot fail.
                _ => drop(write!(to, "\\u{byte:04x}")),
            }
            copied = at + 1;
        }
        at += 1;
    }
    to.push_str(&text[copied..]);
    to.push('"');
}

/// Reads the input of such a file.
#[cfg(feature = "harness")]
pub(crate) fn read_again(text: &str) -> Result<Option<RawInput>, ConfigErrors> {
    let problems = Problems::default();
    let source = Arc::new(SourceFile::of_text("", text));
    let tree = json::document(&source)?;
    let (items, name) = list(&tree, Format::Json, &problems);
    let entries = decode_entries(items, name, Format::Json, &problems);
    let (entries, _warnings) = problems.into_result(entries)?;
    Ok(entries.into_iter().next())
}

#[cfg(all(test, feature = "harness"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_what_was_read(
            text: String,
            id in prop::option::of("[a-z\"\\\\]{1,8}"),
            key: String,
            number: i64,
        ) {
            let value = json!({&key: [null, number, {}, [], {"a": &text, "b": true}, 0.5]});
            let metadata = Map::from_iter([("more".to_owned(), value.clone()), (key, json!(text))]);
            for input in [json!(text), value, json!("\u{0}\t\r\n\"\\\u{7f}")] {
                let input = RawInput { id: id.clone(), input, metadata: metadata.clone(), ..RawInput::default() };
                let mut written = String::new();
                push_written(&mut written, &input);
                let parsed: Value = serde_json::from_str(&written).unwrap();
                prop_assert_eq!(&parsed, &as_written(std::slice::from_ref(&input)));
                let mut again = read_again(&written).unwrap().unwrap();
                again.place = String::new();
                again.persona = None;
                prop_assert_eq!(again, input);
            }
        }
    }
}
