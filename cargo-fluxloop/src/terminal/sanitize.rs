//! Untrusted text made safe to show: inputs, outputs, names and errors can neither steer the terminal nor
//! forge a line of ours.

pub(crate) use fluxloop::visible::visible;
use unicode_width::UnicodeWidthStr as _;

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
        to.push_str(&visible(line));
    }
}

#[cfg(test)]
mod tests {
    use fluxloop::visible::acts;
    use proptest::prelude::*;

    use super::*;

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
