//! Untrusted text made safe to show: it can neither steer a terminal nor end a line.

use std::{borrow::Cow, fmt::Write as _};

/// Whether a character does something rather than show something: moves the cursor, begins a sequence that steers
/// a terminal, ends a line or switches the direction of writing.
#[must_use]
pub fn acts(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // Line and paragraph separators.
            '\u{2028}' | '\u{2029}'
            // Marks, embeddings, overrides and isolates that switch the direction of writing.
            | '\u{061c}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// The text with every character that [acts] spelt out: `\n`, `\u{1b}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(acts) else {
        return Cow::Borrowed(text);
    };
    let mut safe = String::with_capacity(text.len() + 16);
    safe.push_str(&text[..first]);
    for character in text[first..].chars() {
        match character {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            acts_on if acts(acts_on) => {
                // Writing to a string cannot fail.
                let _ = write!(safe, "{}", acts_on.escape_unicode());
            }
            shown => safe.push(shown),
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(visible("grüße, 世界 👩‍👩‍👧"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_acts_is_spelt_out() {
        insta::assert_snapshot!(
            visible("a\nb\rc\td\u{1b}[2J\u{9b}31m\u{7f}\u{202e}x\u{2066}\u{2028}"),
            @r"a\nb\rc\td\u{1b}[2J\u{9b}31m\u{7f}\u{202e}x\u{2066}\u{2028}"
        );
    }

    proptest! {
        #[test]
        fn nothing_visible_acts(text in any::<String>()) {
            prop_assert!(!visible(&text).contains(acts));
        }
    }
}
