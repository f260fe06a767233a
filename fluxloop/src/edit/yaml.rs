//! One value of a YAML document.

mod scan;
mod written;

use std::sync::Arc;

use serde_json::Value;

use super::EditError;
use crate::config::{
    CONFIG_LIMITS, ConfigError, Entry, Mapping, Node, NodeValue, Origin, SourceFile, parse,
};
use scan::Lines;

/// Sets the value of a dotted key: `multi_turn.max_turns`. A whole number steps into a list that is there. Keys that are
/// not there are added at the end of the mapping they belong to. Lists and mappings are written on one line; no more
/// than one line is replaced.
///
/// # Errors
///
/// A text that is no YAML document, a key that leads into something else than a mapping, and what cannot be edited
/// without touching more than the value: values of several lines, `{}` among them, anchors and aliases.
pub fn set(text: &str, key: &str, value: &Value) -> Result<String, EditError> {
    let path: Vec<&str> = key.split('.').collect();
    if path.iter().any(|part| part.trim().is_empty()) {
        return Err(EditError::Key(key.to_owned()));
    }
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let before = read(body).map_err(EditError::Unreadable)?;
    let edit = Edit {
        lines: Lines::new(body),
        path: &path,
        value,
    };
    let Some((place, expected)) = edit.place(&before)? else {
        return Ok(text.to_owned());
    };
    let edited = edit.apply(&place)?;
    match read(&edited) {
        Ok(after) if same(&after, &expected) => Ok(format!("{mark}{edited}")),
        _ => Err(edit.refused(
            place.line(&edit.lines),
            "the change would touch more than this value",
        )),
    }
}

/// The value of a dotted key, if the document has it.
///
/// # Errors
///
/// A text that is no YAML document.
pub fn get(text: &str, key: &str) -> Result<Option<Value>, EditError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let root = read(text).map_err(EditError::Unreadable)?;
    let found = key
        .split('.')
        .try_fold(&root, |node, part| match &node.value {
            NodeValue::Mapping(mapping) => mapping.get(part),
            NodeValue::Sequence(items) => item(items, part),
            _ => None,
        });
    Ok(found.map(Node::to_json))
}

fn read(text: &str) -> Result<Node, ConfigError> {
    parse(&Arc::new(SourceFile::of_text("YAML", text)), CONFIG_LIMITS)
}

/// Where the value goes.
enum Place<'a> {
    /// In the place of the one that its key has.
    OfEntry { entry: &'a Entry, is_flow: bool },
    /// In the place of an item of a list.
    OfItem { item: &'a Node, is_flow: bool },
    /// Below a key that has no value: from this part of the path on.
    Below {
        entry: &'a Entry,
        from: usize,
        is_flow: bool,
    },
    /// At the end of a mapping on lines of its own: from this part of the path on.
    In { first: &'a Entry, from: usize },
    /// At the end of a mapping in `{}`: from this part of the path on.
    InBraces { mapping: &'a Node, from: usize },
    /// In a document without values.
    Document,
}

impl Place<'_> {
    fn line(&self, lines: &Lines<'_>) -> usize {
        let origin = match self {
            Self::OfEntry { entry, .. } | Self::Below { entry, .. } => &entry.origin,
            Self::OfItem { item, .. } => &item.origin,
            Self::InBraces { mapping, .. } => &mapping.origin,
            Self::In { first, .. } => &first.origin,
            Self::Document => return lines.count().max(1),
        };
        lines.at(origin).line
    }
}

struct Edit<'a> {
    lines: Lines<'a>,
    path: &'a [&'a str],
    value: &'a Value,
}

impl Edit<'_> {
    /// Where the value goes and what the document is then, or `None` if it is so already.
    fn place<'n>(&self, root: &'n Node) -> Result<Option<(Place<'n>, Node)>, EditError> {
        let mut node = root;
        let mut entry: Option<&'n Entry> = None;
        let mut is_flow = false;
        for (depth, part) in self.path.iter().enumerate() {
            let place = match &node.value {
                NodeValue::Mapping(mapping) => {
                    let is_own = self.lines.begins_with(&node.origin, '{');
                    let found = mapping.entries.iter().find(|entry| entry.key == *part);
                    match (found, mapping.entries.first(), entry) {
                        (Some(found), ..) => {
                            is_flow = is_own;
                            (node, entry) = (&found.value, Some(found));
                            continue;
                        }
                        (None, Some(first), _) if !is_own => Place::In { first, from: depth },
                        // `key: {}` becomes lines below the key, where there are lines.
                        (None, None, Some(entry)) if !is_flow => Place::Below {
                            entry,
                            from: depth,
                            is_flow,
                        },
                        _ => Place::InBraces {
                            mapping: node,
                            from: depth,
                        },
                    }
                }
                NodeValue::Sequence(items) if let Some(item) = item(items, part) => {
                    is_flow = self.lines.begins_with(&node.origin, '[');
                    if depth + 1 == self.path.len() {
                        return Ok(self.changed(root, Place::OfItem { item, is_flow }, item));
                    }
                    (node, entry) = (item, None);
                    continue;
                }
                NodeValue::Null => match entry {
                    Some(entry) => Place::Below {
                        entry,
                        from: depth,
                        is_flow,
                    },
                    None if depth == 0 => Place::Document,
                    None => return Err(self.no_mapping(depth, node)),
                },
                _ => return Err(self.no_mapping(depth, node)),
            };
            return Ok(Some((place, self.expected(root))));
        }
        let Some(entry) = entry else {
            return Err(self.no_mapping(0, root));
        };
        Ok(self.changed(root, Place::OfEntry { entry, is_flow }, node))
    }

    fn changed<'n>(&self, root: &Node, place: Place<'n>, old: &Node) -> Option<(Place<'n>, Node)> {
        (old.to_json() != *self.value).then(|| (place, self.expected(root)))
    }

    fn no_mapping(&self, depth: usize, node: &Node) -> EditError {
        let key = self.path[..depth].join(".");
        EditError::NoMapping {
            key: if key.is_empty() {
                "the document".to_owned()
            } else {
                key
            },
            found: node.described(),
        }
    }

    /// The document as it has to be read afterwards.
    fn expected(&self, root: &Node) -> Node {
        let mut expected = root.clone();
        let mut node = &mut expected;
        for part in self.path {
            if node.is_null() {
                node.value = NodeValue::Mapping(Mapping::default());
            }
            node = match &mut node.value {
                NodeValue::Mapping(mapping) => mapping.entry(part, &Origin::Default),
                NodeValue::Sequence(items) => match part.parse::<usize>() {
                    Ok(index) if index < items.len() => &mut items[index],
                    _ => return expected,
                },
                _ => return expected,
            };
        }
        *node = Node::from_json(self.value, &Origin::Default);
        expected
    }

    fn apply(&self, place: &Place<'_>) -> Result<String, EditError> {
        let refused = |reason| self.refused(place.line(&self.lines), reason);
        match place {
            Place::OfEntry { entry, is_flow } => {
                let at = self.lines.at(&entry.origin);
                let value = self.lines.value_of_key(at, *is_flow).map_err(refused)?;
                Ok(self.lines.replaced(value, self.value))
            }
            Place::OfItem { item, is_flow } => {
                let at = self.lines.at(&item.origin);
                let value = self.lines.value_at(at, *is_flow).map_err(refused)?;
                Ok(self.lines.replaced(value, self.value))
            }
            Place::Below {
                entry,
                from,
                is_flow,
            } => {
                let at = self.lines.at(&entry.origin);
                let value = self.lines.value_of_key(at, *is_flow).map_err(refused)?;
                if *is_flow {
                    let new = format!("{{{}}}", self.written_in_braces(*from));
                    return Ok(self.lines.with_text(value, new));
                }
                let new = self.written(*from, at.column + self.lines.step());
                Ok(self.lines.with_children(at, value, &new))
            }
            Place::InBraces { mapping, from } => {
                let at = self.lines.at(&mapping.origin);
                let new = self.written_in_braces(*from);
                self.lines.with_entry(at, &new).map_err(refused)
            }
            Place::In { first, from } => {
                let at = self.lines.at(&first.origin);
                Ok(self
                    .lines
                    .with_sibling(at, *from == 0, &self.written(*from, at.column)))
            }
            Place::Document => Ok(self.lines.with_last(&self.written(0, 0))),
        }
    }

    /// The lines of the path from a part on, with the value.
    fn written(&self, from: usize, indent: usize) -> Vec<String> {
        written::lines(&self.path[from..], self.value, indent, self.lines.step())
    }

    /// The same on one line.
    fn written_in_braces(&self, from: usize) -> String {
        written::entry(&self.path[from..], self.value)
    }

    fn refused(&self, line: usize, reason: &'static str) -> EditError {
        EditError::Unsafe {
            line,
            reason,
            by_hand: self.written(0, 0).join("\n"),
        }
    }
}

fn item<'n>(items: &'n [Node], part: &str) -> Option<&'n Node> {
    items.get(part.parse::<usize>().ok()?)
}

/// Whether two documents say the same, in the same order and with numbers written alike.
fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (NodeValue::Null, NodeValue::Null) => true,
        (NodeValue::Bool(a), NodeValue::Bool(b)) => a == b,
        (NodeValue::Number(a, _), NodeValue::Number(b, _)) => a == b,
        (NodeValue::Text(a), NodeValue::Text(b)) => a == b,
        (NodeValue::Sequence(a), NodeValue::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (NodeValue::Mapping(a), NodeValue::Mapping(b)) => {
            let alike = |(a, b): (&Entry, &Entry)| a.key == b.key && same(&a.value, &b.value);
            a.entries.len() == b.entries.len() && a.entries.iter().zip(&b.entries).all(alike)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
