//! Values in a line of a message.

use serde_json::Value;

/// Characters of a value that a message shows.
const SHOWN: usize = 200;

/// A text in quotes, at most so much of it as tells it from others.
pub(super) fn text(text: &str) -> String {
    quoted(text, SHOWN)
}

/// A value: a text in quotes, anything else as JSON.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(written) => text(written),
        other => cut(&other.to_string()),
    }
}

/// What stands around a part of a text, which begins and ends at these bytes.
pub(super) fn around(whole: &str, part: std::ops::Range<usize>) -> String {
    let before = whole[..part.start].char_indices().rev().nth(SHOWN / 3);
    let start = before.map_or(0, |(at, _)| at);
    let shown = quoted(&whole[start..], SHOWN);
    if start > 0 {
        format!("…{shown}")
    } else {
        shown
    }
}

fn quoted(text: &str, most: usize) -> String {
    let mut characters = text.char_indices();
    match characters.nth(most) {
        Some((end, _)) => format!("{}…", Value::from(&text[..end])),
        None => Value::from(text).to_string(),
    }
}

/// What others say, at most so much of it as says something.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_take_one_line_and_little_room() {
        assert_eq!(text("a\n\"b\""), r#""a\n\"b\"""#);
        assert_eq!(text(&"ä".repeat(201)), format!("\"{}\"…", "ä".repeat(200)));
        assert_eq!(value(&json!({"a": [1]})), r#"{"a":[1]}"#);
        assert_eq!(value(&json!(vec![7; 500])).chars().count(), SHOWN + 1);
    }

    #[test]
    fn a_part_is_shown_with_what_stands_around_it() {
        assert_eq!(around("call me", 5..7), "\"call me\"");
        let long = format!("{}key{}", "a".repeat(500), "b".repeat(500));
        let shown = around(&long, 500..503);
        assert!(shown.contains("akeyb") && shown.starts_with('…') && shown.ends_with('…'));
    }
}
