//! JSON and lines of it → located values. The parser is `serde_json`, strict as it is; where a value stands is told by
//! where its raw text lies in the file's.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Number, value::RawValue};

use super::located::{Located, syntax};
use crate::{
    config::{
        ConfigError, Entry, MAX_DEPTH, Mapping, Node, NodeValue, Origin, Problems, SourceFile,
    },
    json_members::Members,
};

const STRICT: &str = "JSON has no comments and no comma behind the last item, and its keys and texts stand in double quotes";

/// Reads a file that is one JSON value. An empty one is null.
pub(super) fn document(source: &Arc<SourceFile>) -> Result<Node, ConfigError> {
    let mut reader = Reader(Located::new(source));
    let start = marked(&source.text);
    if source.text[start..].trim().is_empty() {
        let origin = reader.0.origin(start);
        return reader.0.node(origin, NodeValue::Null);
    }
    reader.read(start, source.text.len())
}

/// Reads a file that has a JSON value on each of its lines. Lines that are wrong are reported; those without anything
/// on them say nothing.
pub(super) fn lines(source: &Arc<SourceFile>, problems: &Problems) -> Result<Node, ConfigError> {
    let mut reader = Reader(Located::new(source));
    let mut items = Vec::new();
    let mut start = marked(&source.text);
    let whole = reader.0.origin(start);
    for line in source.text[start..].split_inclusive('\n') {
        let end = start + line.trim_end().len();
        if !line.trim().is_empty() {
            match reader.read(start, end) {
                Ok(item) => items.push(item),
                Err(error) => problems.error(error),
            }
            if problems.are_many() {
                break;
            }
        }
        start += line.len();
    }
    reader.0.node(whole, NodeValue::Sequence(items))
}

/// Where the text begins: some programs put a mark before it.
fn marked(text: &str) -> usize {
    if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    }
}

struct Reader<'a>(Located<'a>);

impl<'a> Reader<'a> {
    /// Reads the value that makes up a part of the file.
    fn read(&mut self, start: usize, end: usize) -> Result<Node, ConfigError> {
        let text = &self.0.text()[start..end];
        match serde_json::from_str::<&RawValue>(text) {
            Ok(raw) => self.value(raw, 0),
            Err(error) => {
                let at = start + offset_of(&error, text);
                let origin = self.0.origin(at);
                Err(syntax(worded(&error), &origin, STRICT))
            }
        }
    }

    fn value(&mut self, raw: &'a RawValue, depth: usize) -> Result<Node, ConfigError> {
        let text = raw.get();
        // Raw values are parts of the file's text.
        let origin = self
            .0
            .origin(text.as_ptr().addr() - self.0.text().as_ptr().addr());
        if depth > MAX_DEPTH {
            let hint = "nest at most 64 levels";
            return Err(syntax("the values are nested too deeply", &origin, hint));
        }
        let value = match text.as_bytes()[0] {
            b'{' => NodeValue::Mapping(self.mapping(text, depth, &origin)?),
            b'[' => {
                let items: Vec<&'a RawValue> = parsed(text, &origin)?;
                let items = items.into_iter().map(|item| self.value(item, depth + 1));
                NodeValue::Sequence(items.collect::<Result<_, _>>()?)
            }
            b'"' => NodeValue::Text(unescaped(text, &origin)?),
            b't' => NodeValue::Bool(true),
            b'f' => NodeValue::Bool(false),
            b'n' => NodeValue::Null,
            _ => NodeValue::Number(number(text, &origin)?, text.into()),
        };
        self.0.node(origin, value)
    }

    fn mapping(
        &mut self,
        text: &'a str,
        depth: usize,
        origin: &Origin,
    ) -> Result<Mapping, ConfigError> {
        let members: Members<'a> = parsed(text, origin)?;
        let mut mapping = Mapping::default();
        for (key, value) in members.0 {
            let Node {
                value: name,
                origin,
            } = self.value(key, depth)?;
            let NodeValue::Text(name) = name else {
                return Err(syntax("expected text as a key", &origin, STRICT));
            };
            if mapping.get(&name).is_some() {
                let message = format!("the key `{name}` stands twice in one object");
                return Err(syntax(message, &origin, "keep one of them"));
            }
            let value = self.value(value, depth + 1)?;
            mapping.entries.push(Entry {
                key: name,
                origin,
                value,
            });
        }
        Ok(mapping)
    }
}

/// The one thing that can be wrong with a text whose form was checked before: half of a pair of escapes.
fn unescaped(text: &str, origin: &Origin) -> Result<String, ConfigError> {
    serde_json::from_str(text).map_err(|_| {
        let hint = "write both halves of the pair, or the character itself";
        syntax(
            "expected text, found an escape (`\\u…`) that stands for no character",
            origin,
            hint,
        )
    })
}

/// What lies in a list or an object.
fn parsed<'a, T: Deserialize<'a>>(text: &'a str, origin: &Origin) -> Result<T, ConfigError> {
    serde_json::from_str(text).map_err(|error| syntax(worded(&error), origin, STRICT))
}

/// A number that is kept as it was written: not one that would change its last digits in silence.
fn number(text: &str, origin: &Origin) -> Result<Number, ConfigError> {
    const HINT: &str = "put it in quotes to keep it as text";
    if text.contains(['.', 'e', 'E']) {
        let number = text.parse().ok().and_then(Number::from_f64);
        return number
            .ok_or_else(|| syntax(format!("the number {text} is too large"), origin, HINT));
    }
    let whole = text.parse::<u64>().map(Number::from);
    whole
        .or_else(|_| text.parse::<i64>().map(Number::from))
        .map_err(|_| {
            let message = format!("the whole number {text} is too large: at most 64 bits are kept");
            syntax(message, origin, HINT)
        })
}

/// Where the parser stopped, as an offset into its text.
fn offset_of(error: &serde_json::Error, text: &str) -> usize {
    let line = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    let start: usize = line.map(str::len).sum();
    let mut at = (start + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What the parser says, without the place, which is shown beside it.
fn worded(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message[..end]
        .replace("EOF", "the text ends")
        .replace("expected ident", "expected value")
}
