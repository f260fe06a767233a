use std::{cmp::Ordering, path::Path};

use crate::json_line::acts;
use crate::secret::{MASK, looks_secret};

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
        let whole = text.lines().nth(index).unwrap_or_default();
        let (line_text, caret) = shown_line(whole, column);
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

/// The line up to the first `:` or `=` that follows a name that looks secret.
fn without_secret(line: &str) -> String {
    let separators = line.char_indices().filter(|(_, c)| matches!(c, ':' | '='));
    for (at, separator) in separators {
        let name = line[..at].trim_end_matches(['"', '\'', ' ', '\t']);
        let start = name
            .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')))
            .map_or(0, |before| {
                before + name[before..].chars().next().map_or(1, char::len_utf8)
            });
        let value_follows = !line[at + separator.len_utf8()..].trim().is_empty();
        if value_follows && looks_secret(&name[start..]) {
            return format!("{}{separator} {MASK}", &line[..at]);
        }
    }
    line.to_owned()
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
