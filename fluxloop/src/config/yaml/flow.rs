//! Flow mappings and lists on one line: `{input: "a", metadata: {topic: b}}`. `None` is for what only the parser can tell.

use super::{
    line::Line,
    scalar::{double_quoted, number, word},
    usual::Reader,
};
use crate::config::node::{Entry, Mapping, Node, NodeValue};

/// Deeper nesting is left to the parser.
const DEEPEST: usize = 16;

/// What stands between brackets, from its first one on to the end of the line.
pub(super) fn flow(reader: &mut Reader<'_>, line: Line, at: usize) -> Option<Node> {
    if line.is_odd {
        return None;
    }
    let mut flow = Flow {
        reader,
        line,
        at,
        depth: 0,
    };
    let node = flow.value()?;
    (flow.at == line.end).then_some(node)
}

struct Flow<'r, 'a> {
    reader: &'r mut Reader<'a>,
    line: Line,
    at: usize,
    depth: usize,
}

impl<'a> Flow<'_, 'a> {
    fn next(&self) -> Option<u8> {
        let is_within = self.at < self.line.end;
        is_within.then(|| self.reader.text.as_bytes()[self.at])
    }

    fn skip_spaces(&mut self) {
        while self.next() == Some(b' ') {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Option<Node> {
        let start = self.at;
        let value = match self.next()? {
            b'{' => NodeValue::Mapping(self.mapping()?),
            b'[' => NodeValue::Sequence(self.list()?),
            _ => self.scalar()?,
        };
        let origin = self.reader.origin(self.line, start);
        Some(self.reader.node(value, origin))
    }

    /// Goes behind an opening bracket.
    fn open(&mut self) -> Option<()> {
        self.depth += 1;
        self.at += 1;
        self.skip_spaces();
        (self.depth <= DEEPEST).then_some(())
    }

    /// Goes behind a comma or the closing bracket, and says whether it was that. A comma has a space behind it, and an item.
    fn close(&mut self, bracket: u8) -> Option<bool> {
        self.skip_spaces();
        let found = self.next()?;
        self.at += 1;
        if found == bracket {
            self.depth -= 1;
            return Some(true);
        }
        let is_next = found == b',' && self.next() == Some(b' ');
        self.skip_spaces();
        is_next.then_some(false)
    }

    fn list(&mut self) -> Option<Vec<Node>> {
        self.open()?;
        let mut items = Vec::new();
        if self.next()? == b']' {
            self.close(b']')?;
            return Some(items);
        }
        loop {
            items.push(self.value()?);
            if self.close(b']')? {
                return Some(items);
            }
        }
    }

    fn mapping(&mut self) -> Option<Mapping> {
        self.open()?;
        let mut mapping = Mapping::default();
        if self.next()? == b'}' {
            self.close(b'}')?;
            return Some(mapping);
        }
        loop {
            let entry = self.entry()?;
            if mapping.get(&entry.key).is_some() {
                return None;
            }
            mapping.entries.push(entry);
            if self.close(b'}')? {
                return Some(mapping);
            }
        }
    }

    fn entry(&mut self) -> Option<Entry> {
        let start = self.at;
        let (key, behind) = self.reader.key(self.line, start)?;
        let key = key.to_owned();
        let origin = self.reader.origin(self.line, start);
        self.at = behind;
        self.skip_spaces();
        self.reader.nodes += 1;
        let value = self.value()?;
        Some(Entry { key, origin, value })
    }

    fn scalar(&mut self) -> Option<NodeValue> {
        let text: &'a str = self.reader.text;
        let bytes = text.as_bytes();
        let start = self.at;
        let quote = bytes[start];
        if quote == b'"' || quote == b'\'' {
            self.at += 1;
            while self.next()? != quote {
                // In single quotes, a backslash is one.
                self.at += 1 + usize::from(quote == b'"' && self.next()? == b'\\');
            }
            self.at += 1;
            let quoted = &text[start..self.at];
            if quote == b'"' {
                return double_quoted(quoted).map(NodeValue::Text);
            }
            let is_doubled = self.next() == Some(b'\'');
            return (!is_doubled).then(|| NodeValue::Text(quoted[1..quoted.len() - 1].to_owned()));
        }
        // Words, numbers and the like: nothing that could end them but a comma or a bracket.
        while self.next().is_some_and(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'_' | b'.')
        }) {
            self.at += 1;
        }
        while self.at > start && bytes[self.at - 1] == b' ' {
            self.at -= 1;
        }
        let written = &text[start..self.at];
        let first = *written.as_bytes().first()?;
        if first.is_ascii_digit() {
            number(written)
        } else if first.is_ascii_alphabetic() {
            word(written)
        } else {
            None
        }
    }
}
