//! Untrusted text made safe to show: inputs, outputs, names and errors can neither steer the terminal nor
//! forge a line of ours.

use std::{borrow::Cow, fmt::Write as _};

use fluxloop::json_line::acts;
use unicode_width::UnicodeWidthStr as _;

/// The text with everything that moves the cursor, switches the direction of writing or ends a line spelt out:
/// `\n`, `\u{1b}`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(acts) else {
        return Cow::Borrowed(text);
    };
    let mut safe = String::with_capacity(text.len() + 16);
    safe.push_str(&text[..first]);
    push_visible(&mut safe, &text[first..]);
    Cow::Owned(safe)
}

/// [`visible`], at most so many columns wide; what was cut off shows as `…`.
pub(crate) fn truncated(text: &str, columns: usize) -> String {
    // Enough characters to fill the columns: a text of megabytes is not worth reading to its end.
    // Characters without a width are why it is more than one a column.
    let end = text
        .char_indices()
        .nth(columns.saturating_mul(4).saturating_add(1))
        .map_or(text.len(), |(end, _)| end);
    let safe = visible(&text[..end]);
    if end == text.len() && width(&safe) <= columns {
        return safe.into_owned();
    }
    let mut kept = String::new();
    for character in safe.chars() {
        kept.push(character);
        // One column is the ellipsis's. The width of the whole: a selector may widen what stands before it.
        if width(&kept) >= columns {
            kept.pop();
            break;
        }
    }
    if columns > 0 {
        kept.push('…');
    }
    kept
}

/// How many columns a safe text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// A message of ours that may quote untrusted text. Its lines stay lines, the second and later ones
/// indented: none of them can pass for one of ours.
pub(super) fn push_indented(to: &mut String, text: &str, indent: usize) {
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            to.push('\n');
            to.extend(std::iter::repeat_n(' ', indent));
        }
        push_visible(to, line);
    }
}

fn push_visible(to: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            acts_on if acts(acts_on) => {
                // Writing to a string cannot fail.
                let _ = write!(to, "{}", acts_on.escape_unicode());
            }
            shown => to.push(shown),
        }
    }
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

    #[test]
    fn truncation_counts_columns() {
        assert_eq!(truncated("abcdef", 6), "abcdef");
        assert_eq!(truncated("abcdefg", 6), "abcde…");
        assert_eq!(truncated("世界世界", 6), "世界…");
        assert_eq!(truncated("ab\ncd", 5), "ab\\n…");
        assert_eq!(truncated("abc", 0), "");
        assert_eq!(truncated("a❤\u{fe0f}bc", 3), "a❤…");
    }

    #[test]
    fn later_lines_are_indented() {
        let mut text = String::new();
        push_indented(
            &mut text,
            "odd\n[INFO] Starting experiment...\r[INFO] no\nend",
            7,
        );
        insta::assert_snapshot!(text, @r"
        odd
               [INFO] Starting experiment...\r[INFO] no
               end
        ");
    }

    proptest! {
        #[test]
        fn nothing_visible_acts(text in any::<String>()) {
            prop_assert!(!visible(&text).contains(acts));
        }

        #[test]
        fn nothing_truncated_acts_or_is_too_wide(
            text in "(\\PC|[\u{0}-\u{a0}]|[\u{200b}-\u{206f}]|❤|\u{fe0f}){0,80}",
            columns in 0_usize..60,
        ) {
            let safe = truncated(&text, columns);
            prop_assert!(!safe.contains(acts));
            prop_assert!(width(&safe) <= columns, "{safe:?} is {} wide", width(&safe));
        }

        #[test]
        fn only_our_own_newlines_remain(text in any::<String>()) {
            let mut safe = String::new();
            push_indented(&mut safe, &text, 2);
            for (index, line) in safe.split('\n').enumerate() {
                prop_assert!(index == 0 || line.starts_with("  "));
                prop_assert!(!line.contains(acts));
            }
        }
    }
}
