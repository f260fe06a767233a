//! Places in JSON.

use proptest::prelude::*;
use serde_json::{Value, json, value::to_raw_value};

use crate::replay::slot::{Astray, Found, Slot};

fn path(path: &str) -> Vec<String> {
    path.split('.')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn filled(json: &Value, dotted: &str, create: bool) -> Result<Value, Astray> {
    let json = to_raw_value(json).unwrap();
    let slot = Slot::find(&json, &path(dotted), create)?;
    let text = slot.filled(&to_raw_value("new").unwrap());
    Ok(serde_json::from_str(&text).expect(&text))
}

#[test]
fn a_value_is_put_where_the_path_leads() {
    let json = json!({"item": {"content": [{"text": "old"}, {"0": 1}]}, "n": null});
    for (dotted, expected) in [
        ("", json!("new")),
        (
            "n",
            json!({"item": {"content": [{"text": "old"}, {"0": 1}]}, "n": "new"}),
        ),
        (
            "item.content.0.text",
            json!({"item": {"content": [{"text": "new"}, {"0": 1}]}, "n": null}),
        ),
        (
            "item.content.1.0",
            json!({"item": {"content": [{"text": "old"}, {"0": "new"}]}, "n": null}),
        ),
        (
            "item.content.1",
            json!({"item": {"content": [{"text": "old"}, "new"]}, "n": null}),
        ),
    ] {
        assert_eq!(
            filled(&json, dotted, false),
            Ok(expected.clone()),
            "{dotted}"
        );
        assert_eq!(filled(&json, dotted, true), Ok(expected), "{dotted}");
    }
}

#[test]
fn what_is_absent_is_made_on_demand_only() {
    let json = json!({"a": {}, "l": [1], "n": null, "t": "x"});
    for (dotted, depth, created) in [
        (
            "a.b",
            1,
            Some(json!({"a": {"b": "new"}, "l": [1], "n": null, "t": "x"})),
        ),
        (
            "a.b.0.c",
            1,
            Some(json!({"a": {"b": {"0": {"c": "new"}}}, "l": [1], "n": null, "t": "x"})),
        ),
        (
            "z",
            0,
            Some(json!({"a": {}, "l": [1], "n": null, "t": "x", "z": "new"})),
        ),
        (
            "l.1",
            1,
            Some(json!({"a": {}, "l": [1, "new"], "n": null, "t": "x"})),
        ),
        (
            "l.1.b",
            1,
            Some(json!({"a": {}, "l": [1, {"b": "new"}], "n": null, "t": "x"})),
        ),
        (
            "n.b",
            1,
            Some(json!({"a": {}, "l": [1], "n": {"b": "new"}, "t": "x"})),
        ),
        ("l.2", 1, None),
        ("l.x", 1, None),
        ("t.b", 1, None),
        ("l.0.b", 2, None),
    ] {
        let astray = filled(&json, dotted, false).unwrap_err();
        assert_eq!(astray.depth, depth, "{dotted}");
        assert_eq!(filled(&json, dotted, true).ok(), created, "{dotted}");
    }
    assert_eq!(
        filled(&json, "l.1", false).unwrap_err().found,
        Found::Items(1)
    );
}

#[test]
fn the_rest_stays_as_it_was_written() {
    let json = r#"{ "a" : [1.10, {"b\u0062": 1e3 }, "c"], "\ud83d\ude00": 123456789012345678901 }"#;
    let raw = serde_json::value::RawValue::from_string(json.to_owned()).unwrap();
    let slot = Slot::find(&raw, &path("a.2"), false).unwrap();
    assert_eq!(
        slot.filled(&to_raw_value(&7).unwrap()),
        r#"{"a":[1.10,{"b\u0062": 1e3 },7],"\ud83d\ude00":123456789012345678901}"#
    );
    let slot = Slot::find(&raw, &path("a.1.bb"), false).unwrap();
    assert!(
        slot.filled(&to_raw_value(&7).unwrap())
            .contains(r#"{"b\u0062":7}"#)
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c0-2\"\\\\é]{1,2}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// What has to come out, said in values.
fn put(json: &mut Value, path: &[String], create: bool) -> bool {
    let Some((part, rest)) = path.split_first() else {
        *json = "new".into();
        return true;
    };
    if create && json.is_null() {
        *json = json!({});
    }
    match json {
        Value::Object(map) if create => put(
            map.entry(part.as_str()).or_insert(Value::Null),
            rest,
            create,
        ),
        Value::Object(map) => map
            .get_mut(part)
            .is_some_and(|inner| put(inner, rest, create)),
        Value::Array(items) => {
            let index = part.parse::<usize>().unwrap_or(usize::MAX);
            if create && index == items.len() {
                items.push(Value::Null);
            }
            items
                .get_mut(index)
                .is_some_and(|inner| put(inner, rest, create))
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn any_path_in_any_json(
        json in any_json(),
        path in prop::collection::vec("[a-c0-2\"\\\\é]{1,2}", 0..4),
        create: bool,
    ) {
        let mut expected = json.clone();
        let leads = put(&mut expected, &path, create);
        let raw = to_raw_value(&json).unwrap();
        match Slot::find(&raw, &path, create) {
            Ok(slot) => {
                prop_assert!(leads);
                let text = slot.filled(&to_raw_value("new").unwrap());
                prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
            }
            Err(astray) => {
                prop_assert!(!leads && astray.depth < path.len());
                // What is said to be there is.
                prop_assert!(put(&mut json.clone(), &path[..astray.depth], create));
            }
        }
    }
}
