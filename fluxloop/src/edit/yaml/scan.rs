//! The lines of a document, and where on them a value begins and ends.

use std::ops::Range;

use serde_json::Value;

use super::written;
use crate::config::Origin;

/// A position in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    /// From 1.
    pub(super) line: usize,
    /// In characters, from 0.
    pub(super) column: usize,
    /// In bytes, from the beginning of the text.
    offset: usize,
}

/// A text by its lines.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// Where each line begins.
    starts: Vec<usize>,
}

const SEVERAL_LINES: &str = "its value takes several lines";

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let mut starts: Vec<usize> = std::iter::once(0).chain(breaks).collect();
        // What follows the last line break is a line if there is something.
        starts.pop_if(|start| *start == text.len());
        Self { text, starts }
    }

    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    /// Where a value or key begins.
    pub(super) fn at(&self, origin: &Origin) -> Position {
        let Origin::File { line, column, .. } = origin else {
            return Position {
                line: 1,
                column: 0,
                offset: 0,
            };
        };
        let [line, column] =
            [*line, *column].map(|number| usize::try_from(number).unwrap_or(usize::MAX).max(1));
        let rest = &self.text[self.start(line)..];
        let offset = rest
            .char_indices()
            .nth(column - 1)
            .map_or(rest.len(), |(at, _)| at);
        Position {
            line,
            column: column - 1,
            offset: self.start(line) + offset,
        }
    }

    pub(super) fn begins_with(&self, origin: &Origin, c: char) -> bool {
        self.text[self.at(origin).offset..].starts_with(c)
    }

    /// Where a line begins; the end of the text if there is none.
    fn start(&self, line: usize) -> usize {
        self.starts
            .get(line - 1)
            .copied()
            .unwrap_or(self.text.len())
    }

    /// Where the text of a line ends: before its line break.
    fn end(&self, line: usize) -> usize {
        let text = &self.text[self.start(line)..self.start(line + 1)];
        self.start(line) + text.trim_end_matches(['\n', '\r']).len()
    }

    /// Where the value of the key that begins here stands; empty where there is none.
    pub(super) fn value_of_key(
        &self,
        key: Position,
        is_flow: bool,
    ) -> Result<Range<usize>, &'static str> {
        let line = &self.text[key.offset..self.end(key.line)];
        let is_quoted = line.starts_with(['"', '\'']);
        let after_key = if is_quoted { quoted(line)? } else { 0 };
        let colon = line[after_key..]
            .match_indices(':')
            .map(|(at, _)| after_key + at)
            .find(|at| {
                let next = line[at + 1..].chars().next();
                is_quoted || next.is_none_or(|next| matches!(next, ' ' | '\t'))
            });
        let Some(colon) = colon else {
            return Err("its key takes several lines");
        };
        let offset = key.offset + colon + 1;
        self.value_at(Position { offset, ..key }, is_flow)
    }

    /// Where the value that begins here stands.
    pub(super) fn value_at(
        &self,
        at: Position,
        is_flow: bool,
    ) -> Result<Range<usize>, &'static str> {
        let line = &self.text[at.offset..self.end(at.line)];
        let value = line.trim_start_matches([' ', '\t']);
        let start = at.offset + line.len() - value.len();
        // A comment begins behind a space.
        if value.is_empty() || (value.starts_with('#') && value.len() < line.len()) {
            return Ok(at.offset..at.offset);
        }
        let length = match value.chars().next() {
            Some('"' | '\'') => quoted(value)?,
            Some('[' | '{') => bracketed(value)?,
            Some('|' | '>') => return Err(SEVERAL_LINES),
            Some('&' | '*' | '!') => return Err("its value has an anchor, an alias or a tag"),
            _ => plain(value, is_flow),
        };
        Ok(start..start + length)
    }

    /// The text with another value in this place.
    pub(super) fn replaced(&self, place: Range<usize>, value: &Value) -> String {
        let old = &self.text[place.clone()];
        let new = match value {
            Value::String(text) => quoted_like(old, text),
            _ => None,
        }
        .unwrap_or_else(|| written::value(value));
        self.with_text(place, new)
    }

    /// The text with this in a value's place.
    pub(super) fn with_text(&self, place: Range<usize>, mut new: String) -> String {
        if place.is_empty() && !self.text[..place.start].ends_with([' ', '\t']) {
            new.insert(0, ' ');
        }
        format!(
            "{}{new}{}",
            &self.text[..place.start],
            &self.text[place.end..]
        )
    }

    /// The text with another entry at the end of the mapping in `{}` that begins here.
    pub(super) fn with_entry(&self, at: Position, new: &str) -> Result<String, &'static str> {
        let line = &self.text[at.offset..self.end(at.line)];
        let entries = &line[1..bracketed(line)? - 1];
        // A comma may stand behind the last one, too.
        let kept = entries.trim_end_matches([' ', '\t', ',']);
        let space = entries.len() - entries.trim_end_matches([' ', '\t']).len();
        let begin = at.offset + 1;
        let close = begin + entries.len();
        let (separator, space) = if kept.is_empty() {
            ("", "")
        } else {
            (", ", &self.text[close - space..close])
        };
        Ok(format!(
            "{}{separator}{new}{space}{}",
            &self.text[..begin + kept.len()],
            &self.text[close..]
        ))
    }

    /// The text with lines below a key, whose empty value goes.
    pub(super) fn with_children(
        &self,
        key: Position,
        value: Range<usize>,
        new: &[String],
    ) -> String {
        let before = &self.text[..value.start];
        let before = if value.is_empty() {
            before
        } else {
            before.trim_end_matches([' ', '\t'])
        };
        let line_end = self.start(key.line + 1);
        let mut text = format!("{before}{}", &self.text[value.end..line_end]);
        self.push(&mut text, new);
        text.push_str(&self.text[line_end..]);
        text
    }

    /// The text with lines at the end of the mapping whose first key stands here.
    pub(super) fn with_sibling(&self, first: Position, is_root: bool, new: &[String]) -> String {
        if is_root {
            return self.with_last(new);
        }
        let mut last = first.line;
        for line in first.line + 1..=self.count() {
            let text = &self.text[self.start(line)..self.end(line)];
            let content = text.trim_start_matches(' ');
            let indent = text.len() - content.len();
            let is_note = content.trim().is_empty() || content.starts_with('#');
            match (is_note, indent) {
                // What stands deeper belongs to what stands above, be it a comment or a text that looks like one.
                (false, indent) if indent < first.column => break,
                (true, indent) if indent <= first.column || content.trim().is_empty() => {}
                _ => last = line,
            }
        }
        let end = self.start(last + 1);
        let mut text = self.text[..end].to_owned();
        self.push(&mut text, new);
        text.push_str(&self.text[end..]);
        text
    }

    /// The text with lines at its end.
    pub(super) fn with_last(&self, new: &[String]) -> String {
        let mut text = self.text.to_owned();
        self.push(&mut text, new);
        text
    }

    /// Adds lines that end as the others do.
    fn push(&self, text: &mut String, new: &[String]) {
        let first = self.text.split_inclusive('\n').next().unwrap_or_default();
        let ending = if first.ends_with("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(ending);
        }
        for line in new {
            text.push_str(line);
            text.push_str(ending);
        }
    }

    /// By how much keys are indented: as the first one that is.
    pub(super) fn step(&self) -> usize {
        const USUAL: usize = 2;
        let indents = self.text.lines().filter_map(|line| {
            let content = line.trim_start_matches(' ');
            let is_key = content.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            (is_key && content.len() < line.len()).then(|| line.len() - content.len())
        });
        indents.take(1).find(|indent| *indent <= 8).unwrap_or(USUAL)
    }
}

/// The length of what stands in quotes at the beginning of a line.
fn quoted(line: &str) -> Result<usize, &'static str> {
    let quote = line.chars().next().unwrap_or('"');
    let mut rest = line.char_indices().skip(1).peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' if quote == '"' => {
                rest.next();
            }
            _ if c != quote => {}
            '\'' if rest.next_if(|(_, next)| *next == '\'').is_some() => {}
            _ => return Ok(at + 1),
        }
    }
    Err(SEVERAL_LINES)
}

/// The length of a list or mapping in brackets at the beginning of a line.
fn bracketed(line: &str) -> Result<usize, &'static str> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(c) = line[at..].chars().next() {
        match c {
            '"' | '\'' => {
                at += quoted(&line[at..])?;
                continue;
            }
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            _ => {}
        }
        at += c.len_utf8();
        if depth == 0 {
            return Ok(at);
        }
    }
    Err(SEVERAL_LINES)
}

/// The length of a text without quotes: up to a comment, in brackets up to what ends it there.
fn plain(line: &str, is_flow: bool) -> usize {
    let end = line
        .char_indices()
        .zip(std::iter::once(' ').chain(line.chars()))
        .find(|((_, c), before)| match c {
            '#' => matches!(before, ' ' | '\t'),
            ',' | ']' | '}' => is_flow,
            _ => false,
        })
        .map_or(line.len(), |((at, _), _)| at);
    line[..end].trim_end_matches([' ', '\t']).len()
}

/// A text in the quotes that the one before it has, where it has some.
fn quoted_like(old: &str, text: &str) -> Option<String> {
    let printable = !text.contains(char::is_control);
    match old.chars().next()? {
        '"' => Some(Value::from(text).to_string()),
        '\'' if printable => Some(format!("'{}'", text.replace('\'', "''"))),
        _ => None,
    }
}
