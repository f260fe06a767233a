//! Long lists in the form that programs and people usually write: block lists of mappings of scalars, without anchors, tags
//! and directives. What is in that form is read here, some twenty times as fast as by the parser in a build
//! without optimisation; tests of the author of an agent list their cases in such builds.
//!
//! It never decides that a text is wrong: an item that it cannot read goes to the parser, and so does the whole text where
//! that is not enough. So all errors are the parser's.

use std::sync::Arc;

use super::{
    flow::flow,
    line::Line,
    scalar::{is_keyword, scalar},
};
use crate::config::{
    node::{Entry, Mapping, Node, NodeValue, Origin},
    source::SourceFile,
};

/// Longer keys, more of them in a mapping, and deeper nesting are left to the parser.
const LONGEST_KEY: usize = 64;
const MOST_KEYS: usize = 64;
const DEEPEST: usize = 16;

/// Reads a part of a text from a line on by the parser, as a document of its own.
pub(super) type Parser<'p> = dyn Fn(&str, u32) -> Option<Node> + 'p;

/// Reads a document of at most so many nodes. `None`: the parser must read all of it.
pub(super) fn document(source: &Arc<SourceFile>, most: usize, parser: &Parser<'_>) -> Option<Node> {
    let text = source.text.as_str();
    let line = Line::from(text, 0, 1)?;
    let mut reader = Reader {
        source,
        text,
        line: Some(line),
        depth: 0,
        nodes: 0,
        parser,
    };
    let root = if line.indent > 0 {
        return None;
    } else if line.is_item(text) {
        reader.list(0, None, true)?
    } else {
        reader.mapping(0, line.content(), true)?
    };
    (reader.line.is_none() && reader.nodes <= most).then_some(root)
}

/// Reads a document from the front to the back.
pub(super) struct Reader<'a> {
    source: &'a Arc<SourceFile>,
    pub(super) text: &'a str,
    /// The next line that says something.
    line: Option<Line>,
    depth: usize,
    /// Read so far, keys included.
    pub(super) nodes: usize,
    parser: &'a Parser<'a>,
}

impl Reader<'_> {
    pub(super) fn origin(&self, line: Line, at: usize) -> Origin {
        let before = self.text[line.start..at].chars().count();
        let column = u32::try_from(before + 1).unwrap_or(u32::MAX);
        Origin::File {
            source: Arc::clone(self.source),
            line: line.number,
            column,
        }
    }

    pub(super) fn node(&mut self, value: NodeValue, origin: Origin) -> Node {
        self.nodes += 1;
        Node { value, origin }
    }

    /// The items that stand there. `parent`: spaces before the mapping that the list is in. `is_long`: items that cannot be
    /// read here go to the parser.
    fn list(&mut self, indent: usize, parent: Option<usize>, is_long: bool) -> Option<Node> {
        let first = self.line?;
        let origin = self.origin(first, self.list_begins(first, parent)?);
        let mut items = Vec::new();
        let mut for_parser: Option<Line> = None;
        while let Some(line) = self.line {
            if line.indent != indent || !line.is_item(self.text) {
                break;
            }
            let (nodes, depth) = (self.nodes, self.depth);
            match self.item(line) {
                // The line behind it must be one that the list or what it is in can go on with.
                Some(item) if self.line.is_none_or(|next| next.indent <= indent) => {
                    if let Some(first) = for_parser.take() {
                        items.extend(self.parsed(first, Some(line))?);
                    }
                    items.push(item);
                }
                _ if is_long => {
                    (self.nodes, self.depth) = (nodes, depth);
                    for_parser.get_or_insert(line);
                    self.skip(line);
                }
                _ => return None,
            }
        }
        if let Some(first) = for_parser {
            if self.line.is_some() {
                return None;
            }
            items.extend(self.parsed(first, None)?);
        }
        Some(self.node(NodeValue::Sequence(items), origin))
    }

    /// Where a list is said to stand: at its first dash, or behind that where it is no deeper than the key above it.
    fn list_begins(&self, first: Line, parent: Option<usize>) -> Option<usize> {
        if parent != Some(first.indent) {
            return Some(first.content());
        }
        let at = self.behind_dash(first);
        // What a tag or an anchor is put before is said to stand behind it.
        let is_plain = at < first.end && !matches!(self.text.as_bytes()[at], b'&' | b'!');
        is_plain.then_some(at)
    }

    /// What stands behind the dash of an item.
    fn behind_dash(&self, item: Line) -> usize {
        let mut at = item.content() + 1;
        while at < item.end && self.text.as_bytes()[at] == b' ' {
            at += 1;
        }
        at
    }

    /// Goes on to where the next item of the same list may stand.
    fn skip(&mut self, item: Line) {
        self.line = item.following(self.text);
        while let Some(line) = self.line.filter(|line| line.indent > item.indent) {
            self.line = line.following(self.text);
        }
    }

    /// The items from one to the line where another begins, or the text ends, by the parser. Where that was guessed wrong,
    /// as of lines in quotes, it finds something that is not closed.
    fn parsed(&mut self, first: Line, next: Option<Line>) -> Option<Vec<Node>> {
        let end = next.map_or(self.text.len(), |next| next.start);
        let mut part = self.text[first.start..end].to_owned();
        // It may break a line, or not.
        if part.contains('\r') {
            return None;
        }
        if let Some(next) = next {
            // What is empty is said to stand at what comes behind it.
            part.extend([&" ".repeat(next.indent), "- end\n"]);
        }
        let root = (self.parser)(&part, first.number - 1)?;
        let NodeValue::Sequence(mut items) = root.value else {
            return None;
        };
        if next.is_some() {
            items.pop();
        }
        self.nodes += items.iter().map(Node::count).sum::<usize>();
        Some(items)
    }

    fn item(&mut self, line: Line) -> Option<Node> {
        let at = self.behind_dash(line);
        if line.is_odd || at == line.end {
            return None;
        }
        if self.key(line, at).is_some() {
            return self.mapping(at - line.start, at, false);
        }
        self.inline(line, at, line.indent)
    }

    /// What stands behind a dash or a key.
    fn inline(&mut self, line: Line, at: usize, parent: usize) -> Option<Node> {
        if matches!(self.text.as_bytes()[at], b'{' | b'[') {
            self.line = line.following(self.text);
            return flow(self, line, at);
        }
        let scalar = scalar(self.text, at, line, parent)?;
        self.line = scalar.last.following(self.text);
        let origin = self.origin(scalar.place.0, scalar.place.1);
        Some(self.node(scalar.value, origin))
    }

    /// The mapping whose first key stands at a byte of the current line, and the others below it.
    fn mapping(&mut self, indent: usize, mut at: usize, is_root: bool) -> Option<Node> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut line = self.line?;
        let origin = self.origin(line, at);
        let mut mapping = Mapping::default();
        loop {
            let entry = self.entry(line, at, indent, is_root)?;
            if mapping.entries.len() == MOST_KEYS || mapping.get(&entry.key).is_some() {
                return None;
            }
            mapping.entries.push(entry);
            match self.line {
                Some(next) if next.indent == indent && !next.is_item(self.text) => line = next,
                Some(next) if next.indent > indent => return None,
                _ => break,
            }
            at = line.content();
        }
        self.depth -= 1;
        Some(self.node(NodeValue::Mapping(mapping), origin))
    }

    fn entry(&mut self, line: Line, at: usize, indent: usize, is_root: bool) -> Option<Entry> {
        let (key, behind) = self.key(line, at)?;
        let key = key.to_owned();
        let origin = self.origin(line, at);
        self.nodes += 1;
        let mut value = behind;
        while value < line.end && self.text.as_bytes()[value] == b' ' {
            value += 1;
        }
        let value = if value < line.end {
            self.inline(line, value, indent)?
        } else {
            self.line = line.following(self.text);
            self.nested(indent, is_root)?
        };
        Some(Entry { key, origin, value })
    }

    /// What stands below its key.
    fn nested(&mut self, indent: usize, is_root: bool) -> Option<Node> {
        let line = self.line?;
        if line.indent >= indent && line.is_item(self.text) {
            return self.list(line.indent, Some(indent), is_root);
        }
        if line.indent <= indent {
            return None;
        }
        self.mapping(line.indent, line.content(), false)
    }

    /// The key at a byte of a line, and where the text behind its colon begins.
    pub(super) fn key(&self, line: Line, at: usize) -> Option<(&str, usize)> {
        let bytes = self.text.as_bytes();
        let quote = matches!(bytes[at], b'"' | b'\'').then_some(bytes[at]);
        let start = at + usize::from(quote.is_some());
        let mut end = start;
        while end < line.end
            && (bytes[end].is_ascii_alphanumeric() || matches!(bytes[end], b'_' | b'-' | b'.'))
        {
            end += 1;
        }
        let key = &self.text[start..end];
        let colon = end + usize::from(quote.is_some());
        let is_closed = match quote {
            Some(quote) => end < line.end && bytes[end] == quote,
            None => key.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_keyword(key),
        };
        let is_key = is_closed
            && !line.is_odd
            && key.len() <= LONGEST_KEY
            && colon < line.end
            && bytes[colon] == b':'
            && (colon + 1 == line.end || bytes[colon + 1] == b' ');
        is_key.then_some((key, colon + 1))
    }
}
