//! Texts as YAML has them.

use crate::visible::acts;

/// A text that YAML reads as this text, in block and in flow style, as a value or a key: on one line, and in quotes where
/// it needs some.
pub(crate) fn text(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if acts(c) || is_byte_order_mark(c) => quoted.push_str(&escaped(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A parser may take one for the beginning of a document.
fn is_byte_order_mark(character: char) -> bool {
    character == '\u{feff}'
}

fn escaped(character: char) -> String {
    format!("\\u{:04x}", u32::from(character))
}

/// Whether a text needs no quotes. Where that is hard to say, it needs them.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let ends = |edge: Option<char>| edge.is_some_and(|c| c.is_alphanumeric() || "/._".contains(c));
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '/' || c == '_');
    let is_word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    let allowed = |c: char| c.is_alphanumeric() || "_-./ ".contains(c);
    // `https://host`, `module:function`: what follows a colon is no blank.
    let colons = text.replace("://", "").replace(':', "");
    begins
        && ends(text.chars().next_back())
        && !is_word
        && colons.chars().all(allowed)
        && !text.contains(": ")
        && !text.contains(":]")
        && text.parse::<f64>().is_err()
}
