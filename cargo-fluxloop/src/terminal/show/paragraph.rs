//! Untrusted text of many lines: its lines stay lines, each of them safe and broken where the page ends.

use super::page::Page;
use crate::terminal::sanitize::{truncated, visible, width};

/// Appends a text, every line of it after an indentation.
pub(in super::super) fn push_paragraph(to: &mut String, text: &str, indent: usize, page: Page) {
    for line in lines(text, page.prose(indent)) {
        if !line.is_empty() {
            to.extend(std::iter::repeat_n(' ', indent));
            to.push_str(&line);
        }
        to.push('\n');
    }
}

/// The lines of a text, broken at blanks so that none takes more columns.
pub(super) fn lines(text: &str, columns: Option<usize>) -> Vec<String> {
    let mut broken = Vec::new();
    for line in text.lines() {
        // A tab would be spelt out, and code in an answer is full of them.
        let line = line.replace('\t', "    ");
        let line = visible(without_end(&line));
        match columns {
            Some(columns) => break_line(&line, columns, &mut broken),
            None => broken.push(line.into_owned()),
        }
    }
    broken
}

fn break_line(line: &str, columns: usize, to: &mut Vec<String>) {
    let begun = to.len();
    let mut current = String::new();
    let mut used = 0;
    for mut word in line.split_inclusive(' ') {
        let needed = width(without_end(word));
        if used + needed > columns && !without_end(&current).is_empty() {
            to.push(without_end(&current).to_owned());
            current.clear();
            used = 0;
        }
        if current.is_empty() && to.len() > begun {
            // Blanks where a line is broken are the break.
            word = word.trim_start_matches(' ');
        }
        if used + needed > columns {
            // Longer than any line: it is broken anywhere.
            current.push_str(word);
            let whole = std::mem::take(&mut current);
            let mut rest = whole.as_str();
            while let Some((fits, left)) = split_at_columns(rest, columns) {
                to.push(fits.to_owned());
                rest = left;
            }
            used = width(rest);
            current.push_str(rest);
        } else {
            current.push_str(word);
            used += width(word);
        }
    }
    to.push(without_end(&current).to_owned());
}

/// Without the blanks at its end. Others than ours show something, if only to some.
fn without_end(text: &str) -> &str {
    text.trim_end_matches(' ')
}

/// What fits, and what is left; none where all fits.
fn split_at_columns(text: &str, columns: usize) -> Option<(&str, &str)> {
    let mut kept = String::new();
    for (index, (at, character)) in text.char_indices().enumerate() {
        kept.push(character);
        // The width of the whole: a selector may widen what stands before it. Characters without any width are
        // why the number of characters counts, too.
        if index > 0 && (width(without_end(&kept)) > columns || index > columns * 4) {
            return Some(text.split_at(at));
        }
    }
    None
}

/// At most so many columns of a text; what was left out of its middle shows as `…`. The ends of names tell them apart.
pub(super) fn shortened(text: &str, columns: usize) -> String {
    let safe = visible(text);
    if width(&safe) <= columns {
        return safe.into_owned();
    }
    let tail_columns = columns.saturating_sub(1) / 2;
    let mut tail = String::new();
    // Characters without a width are why it may be more than one a column, and why they are counted.
    for character in safe.chars().rev().take(columns.saturating_mul(4)) {
        tail.insert(0, character);
        if width(&tail) > tail_columns {
            tail.remove(0);
            break;
        }
    }
    // It ends with the ellipsis: there is more than fits.
    let head = truncated(&safe, columns - width(&tail));
    head + &tail
}

#[cfg(test)]
mod tests {
    use fluxloop::visible::acts;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_broken_at_blanks() {
        assert_eq!(lines("a bc def", Some(4)), ["a bc", "def"]);
        assert_eq!(lines("  if a  b", Some(6)), ["  if a", "b"]);
        assert_eq!(lines("abcdefghij k", Some(4)), ["abcd", "efgh", "ij k"]);
        assert_eq!(lines("世界世界", Some(5)), ["世界", "世界"]);
        assert_eq!(lines("a\r\n\n\tb", Some(9)), ["a", "", "    b"]);
        assert_eq!(lines("a\u{1b}[2Jb\rc", None), ["a\\u{1b}[2Jb\\rc"]);
    }

    #[test]
    fn names_keep_both_ends() {
        assert_eq!(shortened("run::a::b::iter_0", 17), "run::a::b::iter_0");
        assert_eq!(shortened("run::a::b::iter_0", 11), "run::…ter_0");
        assert_eq!(shortened("世界世界", 5), "世…界");
        assert_eq!(shortened("abc", 1), "…");
        assert_eq!(shortened("abc", 0), "");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_acts_or_is_too_wide(
            text in "(\\PC| |\n|[\u{0}-\u{a0}]|[\u{200b}-\u{206f}]|❤|\u{fe0f}){0,80}",
            columns in 4_usize..60,
        ) {
            let broken = lines(&text, Some(columns));
            for line in &broken {
                prop_assert!(!line.contains(acts));
                prop_assert!(width(line) <= columns, "{line:?} is {} wide", width(line));
            }
            let without_blanks = |lines: Vec<String>| lines.concat().replace(' ', "");
            prop_assert_eq!(without_blanks(broken), without_blanks(lines(&text, None)));
        }

        #[test]
        fn shortened_names_fit(text in "(\\PC|[\u{0}-\u{a0}]|❤|\u{fe0f}){0,40}", columns in 0_usize..30) {
            let short = shortened(&text, columns);
            prop_assert!(!short.contains(acts));
            prop_assert!(width(&short) <= columns, "{short:?} is {} wide", width(&short));
        }
    }
}
