//! JSON as people read it.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{figures::grouped, page::Page};
use crate::terminal::sanitize::truncated;

/// A value that was too long to be recorded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cut {
    truncated: String,
    bytes: u64,
}

impl Cut {
    fn of(value: &RawValue) -> Option<Self> {
        serde_json::from_str(value.get()).ok()
    }

    /// How much there was.
    fn length(&self) -> String {
        format!("({} bytes)", grouped(self.bytes))
    }
}

/// A value in a line of at most so many columns.
pub(super) fn in_line(value: &RawValue, columns: usize) -> String {
    let Some(cut) = Cut::of(value) else {
        return truncated(value.get(), columns);
    };
    let length = cut.length();
    let room = columns.saturating_sub(length.len() + 2);
    let text = truncated(&cut.truncated, room);
    let text = text.trim_end_matches('…').trim_end();
    truncated(&format!("{text}… {length}"), columns)
}

/// A value as a text of several lines: a text as it is, anything else laid out where it is longer than a line.
pub(super) fn as_text(value: &RawValue, indent: usize, page: Page) -> String {
    if let Some(cut) = Cut::of(value) {
        return format!("{}…\n{}", cut.truncated, cut.length());
    }
    if let Ok(text) = serde_json::from_str::<String>(value.get()) {
        return text;
    }
    let is_short = value.get().len() <= page.prose(indent).unwrap_or(0);
    if is_short {
        value.get().to_owned()
    } else {
        laid_out(value.get())
    }
}

/// JSON over several lines. It goes from token to token, so that numbers and the order of keys stay as they were written.
fn laid_out(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 2);
    let mut depth = 0;
    let (mut in_string, mut escaped) = (false, false);
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        if in_string {
            text.push(character);
            in_string = escaped || character != '"';
            escaped = character == '\\' && !escaped;
            continue;
        }
        match character {
            '{' | '[' => {
                text.push(character);
                while characters.next_if(|next| next.is_whitespace()).is_some() {}
                // An empty one stays in its line.
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    text.push(end);
                } else {
                    depth += 1;
                    break_line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                break_line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(character);
                break_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            blank if blank.is_whitespace() => {}
            _ => {
                in_string = character == '"';
                text.push(character);
            }
        }
    }
    text
}

fn break_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::{Verbosity, sanitize::width};

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    fn page() -> Page {
        Page::new(Some(40), false, Verbosity::Normal)
    }

    #[test]
    fn texts_are_texts_and_short_json_stays_in_its_line() {
        assert_eq!(as_text(&raw(r#""a\nb \"c\"""#), 2, page()), "a\nb \"c\"");
        assert_eq!(as_text(&raw(r#"{"a": 1}"#), 2, page()), r#"{"a": 1}"#);
    }

    #[test]
    fn long_json_is_laid_out_as_it_was_written() {
        let json = r#"{"b":1.50,"a":[],"c":[ {} ,{"text":"x, {y}: \"z\" \\"}],"n":123456789012345678901234567890}"#;
        insta::assert_snapshot!(as_text(&raw(json), 2, page()), @r#"
        {
          "b": 1.50,
          "a": [],
          "c": [
            {},
            {
              "text": "x, {y}: \"z\" \\"
            }
          ],
          "n": 123456789012345678901234567890
        }
        "#);
    }

    #[test]
    fn what_was_cut_says_how_long_it_was() {
        let cut = raw(r#"{"truncated": "Once upon a time there was", "bytes": 123456}"#);
        assert_eq!(
            in_line(&cut, 80),
            "Once upon a time there was… (123,456 bytes)"
        );
        assert_eq!(in_line(&cut, 30), "Once upon a… (123,456 bytes)");
        assert_eq!(
            as_text(&cut, 2, page()),
            "Once upon a time there was…\n(123,456 bytes)"
        );
        // Somebody's own.
        let other = r#"{"truncated": "x", "bytes": 1, "by": "me"}"#;
        assert_eq!(in_line(&raw(other), 80), other);
    }

    #[test]
    fn values_fit() {
        let value = raw(r#""a long answer of many words""#);
        assert_eq!(in_line(&value, 12), r#""a long ans…"#);
        for columns in 0..40 {
            for value in [
                raw("[1,2,3,4,5,6]"),
                raw(r#"{"truncated": "世界世界", "bytes": 12}"#),
            ] {
                assert!(width(&in_line(&value, columns)) <= columns, "{columns}");
            }
        }
    }
}
