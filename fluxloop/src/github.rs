//! Logs of GitHub Actions.
//!
//! A step's log is read for commands (`::error …::` after any white space at the start of a line, and in their old form
//! `##[error]` anywhere in it), on standard output and standard error alike. What people write into inputs and models into
//! answers must not become one.

use std::borrow::Cow;

/// What stands between the characters of something that would be a command: it shows nothing, and is no blank to GitHub.
const BREAK: char = '\u{200b}';
/// The beginning of a command in its old form, which may stand anywhere in a line.
const OLD: &str = "##[";

/// Lines for a log of GitHub Actions of which none is a command, whatever they quote. They look the same.
#[must_use]
pub fn inert(text: &str) -> Cow<'_, str> {
    let is_command = |line: &str| line.trim_start().starts_with("::");
    // A line that is drawn over begins where the cursor is set back to.
    let mut lines = text.split(['\n', '\r']);
    if !text.contains(OLD) && !lines.any(is_command) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive(['\n', '\r']) {
        let begins = line.len() - line.trim_start().len();
        let (blank, rest) = line.split_at(begins);
        safe.push_str(blank);
        if rest.starts_with("::") {
            safe.push(BREAK);
        }
        safe.push_str(&rest.replace(OLD, &format!("#{BREAK}#[")));
    }
    Cow::Owned(safe)
}

/// A line of JSON that holds no command in its old form, and says the same. One of the new form begins a line, as no JSON does.
pub fn inert_json(line: &mut Vec<u8>) {
    let is_there = line.windows(OLD.len()).any(|part| part == OLD.as_bytes());
    if is_there {
        // Such characters stand in strings alone, where each may be written by its number.
        let text = String::from_utf8_lossy(line).replace(OLD, "#\\u0023[");
        *line = text.into_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_a_command() {
        for plain in ["", "fine: a::b", "# [x]", "two\nlines"] {
            assert!(matches!(inert(plain), Cow::Borrowed(_)), "{plain}");
        }
        let text = inert("::error::a\n  ::add-mask::b\r::c\nd ##[error]e ::f");
        assert_eq!(
            text,
            "\u{200b}::error::a\n  \u{200b}::add-mask::b\r\u{200b}::c\nd #\u{200b}#[error]e ::f"
        );
        let value = serde_json::json!({"says": "a ##[error]b ###[c"});
        let mut line = serde_json::to_vec(&value).unwrap();
        inert_json(&mut line);
        assert!(!String::from_utf8_lossy(&line).contains("##["));
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&line).unwrap(),
            value
        );
    }
}
