//! JSON beside JSON.

use serde_json::{Number, Value};

/// Whether two values are the same: keys in any order, and `1` is `1.0`.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => same_number(one, other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len() && has_all(other, one, same)
        }
        _ => one == other,
    }
}

/// Whether a value has everything that another says: of mappings, the keys that are named, and so on within them.
pub(super) fn includes(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => has_all(whole, part, includes),
        _ => same(whole, part),
    }
}

type Map = serde_json::Map<String, Value>;

fn has_all(whole: &Map, part: &Map, fits: fn(&Value, &Value) -> bool) -> bool {
    part.iter()
        .all(|(key, wanted)| whole.get(key).is_some_and(|found| fits(found, wanted)))
}

fn same_number(one: &Number, other: &Number) -> bool {
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one == other,
        // Either has a fraction: as close as JSON is read.
        _ => one.as_f64() == other.as_f64(),
    }
}

fn whole(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_is_the_same_however_it_is_written() {
        assert!(same(
            &json!({"a": 1, "b": [2.0]}),
            &json!({"b": [2], "a": 1.0})
        ));
        assert!(!same(&json!({"a": 1}), &json!({"a": 1, "b": 2})));
        assert!(!same(&json!(u64::MAX), &json!(u64::MAX - 1)));
        assert!(!same(&json!([1, 2]), &json!([1])));
        assert!(!same(&json!("1"), &json!(1)));
    }

    #[test]
    fn a_part_names_some_keys_and_whole_lists() {
        let whole = json!({"order": 12, "to": {"city": "Oslo", "zip": "0150"}, "tags": [1, 2]});
        assert!(includes(&whole, &json!({"to": {"city": "Oslo"}})));
        assert!(includes(&whole, &json!({})));
        assert!(!includes(&whole, &json!({"tags": [1]})));
        assert!(!includes(&whole, &json!({"to": {"town": "Oslo"}})));
    }
}
