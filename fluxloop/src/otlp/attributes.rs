use std::collections::BTreeMap;

use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, KeyValue, KeyValueList, any_value,
};
use serde_json::{Number, Value, value::RawValue};

/// What is known of a span: each name once.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes(BTreeMap<String, AnyValue>);

impl Attributes {
    /// Sets a value in place of whatever was known.
    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), any(value.into()));
    }

    /// Sets a value where one is given.
    pub(super) fn set_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Sets a value unless one is known.
    pub(super) fn set_default(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if !self.0.contains_key(name) {
            self.set_some(name, value);
        }
    }

    /// What is known under this name, where it is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match &self.0.get(name)?.value {
            Some(any_value::Value::StringValue(text)) => Some(text),
            _ => None,
        }
    }

    /// Takes the members of a JSON object over, those that `name` has a name for. Nothing is known of a `null`.
    pub(super) fn take_in(&mut self, object: &RawValue, name: impl Fn(&str) -> Option<String>) {
        // An observation's attributes are an object; there is nothing to take from anything else.
        let Ok(members) = serde_json::from_str::<BTreeMap<String, Value>>(object.get()) else {
            return;
        };
        for (key, value) in members {
            if let (false, Some(name)) = (value.is_null(), name(&key)) {
                self.0.insert(name, any(value));
            }
        }
    }
}

impl From<Attributes> for Vec<KeyValue> {
    fn from(attributes: Attributes) -> Self {
        attributes.0.into_iter().map(key_value).collect()
    }
}

fn key_value((key, value): (String, AnyValue)) -> KeyValue {
    KeyValue {
        key,
        value: Some(value),
        ..KeyValue::default()
    }
}

/// The same value with its type.
fn any(value: Value) -> AnyValue {
    AnyValue {
        value: match value {
            Value::Null => None,
            Value::Bool(value) => Some(any_value::Value::BoolValue(value)),
            Value::Number(number) => Some(number_value(&number)),
            Value::String(text) => Some(any_value::Value::StringValue(text)),
            Value::Array(items) => Some(any_value::Value::ArrayValue(ArrayValue {
                values: items.into_iter().map(any).collect(),
            })),
            Value::Object(members) => Some(any_value::Value::KvlistValue(KeyValueList {
                values: members
                    .into_iter()
                    .map(|(key, value)| key_value((key, any(value))))
                    .collect(),
            })),
        },
    }
}

/// OTLP's whole numbers have a sign: what is beyond them is text, as its specification has it.
fn number_value(number: &Number) -> any_value::Value {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(whole), ..) => any_value::Value::IntValue(whole),
        (None, None, Some(real)) => any_value::Value::DoubleValue(real),
        (None, ..) => any_value::Value::StringValue(number.to_string()),
    }
}
