use std::{cmp::Ordering, path::Path};

use crate::secret::{MASK, looks_secret};
use crate::visible::acts;

/// What is shown of an offending line, in characters.
const SHOWN_CHARACTERS: usize = 120;
/// What is shown of it before the column, where it is longer.
const SHOWN_BEFORE: usize = 40;

/// A position in a file, with the line that stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file: relative to the current directory where it lies below it, else absolute.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// The line, ready to be shown: cut around the column where it is long, without control characters, and
    /// without the value of a key whose name looks secret.
    pub line_text: String,
    /// The column in `line_text`, from 1.
    pub caret: u32,
}

impl Place {
    /// The position in a text, both from 1.
    pub(crate) fn in_text(file: &str, text: &str, line: u32, column: u32) -> Self {
        let index = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
        let start = match index.checked_sub(1) {
            None => 0,
            Some(breaks) => text
                .match_indices('\n')
                .nth(breaks)
                .map_or(text.len(), |(at, _)| at + 1),
        };
        let whole = text[start..].lines().next().unwrap_or_default();
        let (line_text, caret) = if is_below_secret(&text[..start], whole) {
            (MASK.to_owned(), 1)
        } else {
            shown_line(whole, column)
        };
        Self {
            file: file.to_owned(),
            line,
            column,
            line_text,
            caret,
        }
    }

    /// The order in which places are reported: file by file from top to bottom, then what has none.
    pub(crate) fn order(a: Option<&Self>, b: Option<&Self>) -> Ordering {
        let key = |place: &Self| (place.line, place.column);
        match (a, b) {
            (Some(a), Some(b)) => a.file.cmp(&b.file).then_with(|| key(a).cmp(&key(b))),
            (a, b) => a.is_none().cmp(&b.is_none()),
        }
    }

    /// The same without what stands behind the first key of its line.
    pub(crate) fn without_value(mut self) -> Self {
        if let Some(end) = self.line_text.find(':') {
            self.line_text.truncate(end + 1);
            self.line_text.extend([" ", MASK]);
        }
        self
    }

    /// The position of a byte offset in a text.
    pub(crate) fn at_offset(file: &str, text: &str, offset: usize) -> Self {
        let before = &text[..offset];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let [line, column] = [line, column].map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        Self::in_text(file, text, line, column)
    }
}

/// A path as messages name it.
pub(crate) fn shown_path(path: &Path, shown_from: &Path) -> String {
    path.strip_prefix(shown_from)
        .unwrap_or(path)
        .display()
        .to_string()
}

fn shown_line(line: &str, column: u32) -> (String, u32) {
    let line = without_secret(line);
    let column = usize::try_from(column.saturating_sub(1)).unwrap_or(0);
    let length = line.chars().count();
    let column = column.min(length);
    let start = if length > SHOWN_CHARACTERS {
        column.saturating_sub(SHOWN_BEFORE)
    } else {
        0
    };
    let (mut shown, mut caret) = (String::new(), column - start + 1);
    if start > 0 {
        shown.push('…');
        caret += 1;
    }
    // A tab is shown as one space: the caret below it stays in its column.
    let printable = |c: char| match c {
        '\t' => ' ',
        c if acts(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    shown.extend(
        line.chars()
            .skip(start)
            .take(SHOWN_CHARACTERS)
            .map(printable),
    );
    if start + SHOWN_CHARACTERS < length {
        shown.push('…');
    }
    (shown, u32::try_from(caret).unwrap_or(1))
}

/// The text up to the first `:` or `=` that follows a name that looks secret.
pub(super) fn without_secret(text: &str) -> String {
    match after_secret_name(text) {
        Some(end) if !text[end..].trim().is_empty() => format!("{} {MASK}", &text[..end]),
        _ => text.to_owned(),
    }
}

/// Where the value of a name that looks secret begins: behind the first `:` or `=` that follows such a name.
fn after_secret_name(text: &str) -> Option<usize> {
    let mut separators = text.char_indices().filter(|(_, c)| matches!(c, ':' | '='));
    let (at, separator) = separators.find(|(at, _)| {
        let name = text[..*at].trim_end_matches(['"', '\'', ' ', '\t']);
        let start = name
            .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')))
            .map_or(0, |before| {
                before + name[before..].chars().next().map_or(1, char::len_utf8)
            });
        looks_secret(&name[start..])
    })?;
    Some(at + separator.len_utf8())
}

/// Whether a line belongs to the value of a key above it whose name looks secret, as its indentation tells.
fn is_below_secret(before: &str, line: &str) -> bool {
    let is_item = |line: &str| line.trim_start().starts_with("- ");
    let indent = |line: &str| line.len() - line.trim_start().len();
    // The items of a list may stand right below its key.
    let (mut limit, mut is_list) = (indent(line), is_item(line));
    for above in before.lines().rev() {
        let text = above.trim_start();
        let at = indent(above);
        let encloses = at < limit || (at == limit && is_list && !is_item(above));
        if text.is_empty() || text.starts_with('#') || !encloses {
            continue;
        }
        if after_secret_name(above).is_some() {
            return true;
        }
        (limit, is_list) = (at, is_item(above));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_cut_from_the_line() {
        for (line, shown) in [
            ("  api_key: sk-1234", "  api_key: ***"),
            (
                "{\"x\": 1, \"password\": \"p\", \"y\": 2}",
                "{\"x\": 1, \"password\": ***",
            ),
            ("GITHUB_TOKEN=abc", "GITHUB_TOKEN= ***"),
            ("iterations: zero", "iterations: zero"),
            ("  api_key:", "  api_key:"),
        ] {
            assert_eq!(shown_line(line, 1).0, shown);
        }
    }

    #[test]
    fn what_stands_below_a_secret_key_is_not_shown() {
        for (text, line, shown) in [
            ("api_key:\n  - sk-1234", 2, "***"),
            ("api_key:\n- sk-1234", 2, "***"),
            ("a:\n  password: \"x\n\n    sk-1234\" y\n", 4, "***"),
            ("a:\n  secrets:\n    b:\n      - c: sk-1234", 4, "***"),
            ("a:\n  api_key: x\n  b: 1", 3, "  b: 1"),
            ("- api_key: x\n- b: 1", 2, "- b: 1"),
            ("api_key:\nb: 1", 2, "b: 1"),
        ] {
            assert_eq!(
                Place::in_text("f", text, line, 1).line_text,
                shown,
                "{text}"
            );
        }
    }

    #[test]
    fn a_long_line_is_cut_around_the_column() {
        let line = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        let (shown, caret) = shown_line(&line, 501);
        assert_eq!(shown.chars().nth(caret as usize - 1), Some('X'));
        assert!(shown.chars().count() <= SHOWN_CHARACTERS + 2);
    }

    #[test]
    fn control_characters_are_not_shown() {
        assert_eq!(shown_line("a\u{1b}[2Jb\tc", 1).0, "a\u{fffd}[2Jb c");
    }

    #[test]
    fn an_offset_becomes_line_and_column() {
        let place = Place::at_offset("f", "äb\ncäd", "äb\ncä".len());
        assert_eq!((place.line, place.column), (2, 3));
        assert_eq!(place.line_text, "cäd");
    }
}
