//! Typed access to a mapping, which remembers what was asked for: what nothing asked for is unknown.

use std::cell::RefCell;

use serde_json::{Map, Value};

use super::{
    error::{ConfigError, ErrorKind, Warning},
    nearest::nearest,
    node::{Entry, Mapping, Node, NodeValue, Origin},
    problems::{Problems, Unknown},
};

/// A mapping being decoded. Each method takes a key, reports a value that does not fit, and returns `None` for one that
/// is absent, null or wrong: decoding goes on, so that all mistakes are found at once.
pub(crate) struct Section<'a> {
    /// The dotted key of the mapping itself; empty at the top.
    path: String,
    mapping: Option<&'a Mapping>,
    asked: RefCell<Vec<&'static str>>,
    /// Keys that begin with one of these are read, too.
    prefixes: RefCell<Vec<&'static str>>,
    problems: &'a Problems,
}

impl<'a> Section<'a> {
    /// Decodes a mapping; what the decoder does not ask for is reported.
    pub(crate) fn decode<T>(
        node: Option<&'a Node>,
        path: String,
        problems: &'a Problems,
        decoder: impl FnOnce(&Section<'a>) -> T,
    ) -> T {
        let mapping = node.and_then(|node| match &node.value {
            NodeValue::Mapping(mapping) => Some(mapping),
            _ => None,
        });
        let (asked, prefixes) = (RefCell::default(), RefCell::default());
        let section = Self {
            path,
            mapping,
            asked,
            prefixes,
            problems,
        };
        let result = decoder(&section);
        section.finish();
        result
    }

    /// Decodes some keys of a mapping that may hold any.
    pub(crate) fn quiet<T>(
        node: Option<&'a Node>,
        path: String,
        problems: &'a Problems,
        decoder: impl FnOnce(&Section<'a>) -> T,
    ) -> T {
        Self::decode(node, path, problems, |section| {
            section.prefixed("");
            decoder(section)
        })
    }

    /// Whether a key is there, with or without a value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.mapping
            .is_some_and(|mapping| mapping.get(key).is_some())
    }

    /// Decodes the mapping below a key. One that is absent is decoded as an empty one.
    pub(crate) fn section<T>(
        &self,
        key: &'static str,
        decoder: impl FnOnce(&Section<'a>) -> T,
    ) -> T {
        let node = self.node(key);
        if let Some(node) = node.filter(|node| !matches!(node.value, NodeValue::Mapping(_))) {
            self.wrong::<()>(key, node, "a mapping of keys to values");
        }
        Self::decode(node, self.path_of(key), self.problems, decoder)
    }

    pub(crate) fn problems(&self) -> &'a Problems {
        self.problems
    }

    /// The dotted key.
    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The value of a key, if it is there and not null.
    pub(crate) fn node(&self, key: &'static str) -> Option<&'a Node> {
        self.asked.borrow_mut().push(key);
        self.mapping?.get(key).filter(|node| !node.is_null())
    }

    /// The entries whose keys begin with a prefix and that nothing has asked for yet. With an empty one: all the rest,
    /// for mappings with keys of the user's own.
    pub(crate) fn prefixed(&self, prefix: &'static str) -> Vec<&'a Entry> {
        let others = self.others().into_iter();
        let entries = others
            .filter(|entry| entry.key.starts_with(prefix))
            .collect();
        self.prefixes.borrow_mut().push(prefix);
        entries
    }

    fn others(&self) -> Vec<&'a Entry> {
        let (asked, prefixes) = (self.asked.borrow(), self.prefixes.borrow());
        let is_read = |key: &str| {
            asked.contains(&key) || prefixes.iter().any(|prefix| key.starts_with(prefix))
        };
        let entries = self.mapping.map_or(&[][..], |mapping| &mapping.entries);
        entries
            .iter()
            .filter(|entry| !is_read(&entry.key))
            .collect()
    }

    /// The key that nothing has asked for yet and that was probably meant as this one.
    pub(crate) fn misspelt(&self, key: &str) -> Option<&'a Entry> {
        let mut others = self.others().into_iter();
        others.find(|entry| nearest(&entry.key, [key]).is_some())
    }

    /// Accepts a key without reading it.
    pub(crate) fn ignore(&self, keys: &[&'static str]) {
        self.asked.borrow_mut().extend(keys);
    }

    /// Refuses every key but these: for what must not be passed over with a warning.
    pub(crate) fn refuse_others(&self, known: &[&'static str]) {
        self.ignore(known);
        for entry in self.prefixed("") {
            let kind = ErrorKind::Invalid {
                subject: self.path_of(&entry.key),
                reason: "nothing reads this key".to_owned(),
            };
            let hint = nearest(&entry.key, known.iter().copied()).map_or_else(
                || format!("the keys are {}", known.join(", ")),
                |known| format!("did you mean `{known}`?"),
            );
            let error = ConfigError::new(kind).at(entry.origin.place());
            self.problems.error(error.with_hint(hint));
        }
    }

    /// Text. A number is taken as it was written: `version: 1.10` is `1.10`.
    pub(crate) fn text(&self, key: &'static str) -> Option<String> {
        let node = self.node(key)?;
        match &node.value {
            NodeValue::Text(text) => Some(text.clone()),
            NodeValue::Number(_, written) => Some(written.to_string()),
            _ => self.wrong(key, node, "text"),
        }
    }

    /// Text with something in it and without control characters: a name.
    pub(crate) fn name(&self, key: &'static str) -> Option<String> {
        let text = self.text(key)?;
        let node = self.node(key)?;
        if text.trim().is_empty() {
            return self.wrong(key, node, "text that is not empty");
        }
        if text.chars().any(char::is_control) {
            return self.wrong(key, node, "text without line breaks and control characters");
        }
        Some(text)
    }

    pub(crate) fn switch(&self, key: &'static str) -> Option<bool> {
        let node = self.node(key)?;
        match node.value {
            NodeValue::Bool(value) => Some(value),
            _ if matches!(node.origin, Origin::File { .. }) => {
                self.wrong(key, node, "true or false")
            }
            _ => self.wrong(key, node, "true, false, 1 or 0"),
        }
    }

    /// A whole number from `least` to `most`. A `most` beyond 32 bits is not mentioned.
    pub(crate) fn whole(&self, key: &'static str, least: u64, most: u64) -> Option<u64> {
        let node = self.node(key)?;
        match &node.value {
            NodeValue::Number(number, _) => number
                .as_u64()
                .filter(|value| (least..=most).contains(value)),
            _ => None,
        }
        .or_else(|| {
            if most >= u64::from(u32::MAX) {
                self.wrong(key, node, &format!("a whole number of at least {least}"))
            } else {
                self.wrong(key, node, &format!("a whole number from {least} to {most}"))
            }
        })
    }

    /// A number that `is_valid`; `expected` says which those are.
    pub(crate) fn number(
        &self,
        key: &'static str,
        expected: &str,
        is_valid: impl Fn(f64) -> bool,
    ) -> Option<f64> {
        let node = self.node(key)?;
        match &node.value {
            NodeValue::Number(number, _) => number.as_f64().filter(|value| is_valid(*value)),
            _ => None,
        }
        .or_else(|| self.wrong(key, node, expected))
    }

    /// One of a few words.
    pub(crate) fn one_of<T: Copy>(
        &self,
        key: &'static str,
        known: &[(&'static str, T)],
    ) -> Option<T> {
        let node = self.node(key)?;
        let NodeValue::Text(text) = &node.value else {
            return self.wrong(key, node, &listed(known));
        };
        if let Some((_, value)) = known.iter().find(|(word, _)| word == text) {
            return Some(*value);
        }
        let error = self.value_error(key, node, &listed(known));
        let error = match nearest(text, known.iter().map(|(word, _)| *word)) {
            Some(word) => error.with_hint(format!("did you mean `{word}`?")),
            None => error,
        };
        self.problems.error(error);
        None
    }

    /// The items of a list; none if it is absent.
    pub(crate) fn list(&self, key: &'static str) -> &'a [Node] {
        match self.node(key) {
            None => &[],
            Some(Node {
                value: NodeValue::Sequence(items),
                ..
            }) => items,
            Some(node) => {
                self.wrong::<()>(key, node, "a list");
                &[]
            }
        }
    }

    /// A list of texts; empty if it is absent.
    pub(crate) fn texts(&self, key: &'static str) -> Vec<String> {
        let text = |item: &'a Node| match &item.value {
            NodeValue::Text(text) => Some(text.clone()),
            NodeValue::Number(_, written) => Some(written.to_string()),
            _ => self.wrong(key, item, "text in the list"),
        };
        self.list(key).iter().filter_map(text).collect()
    }

    /// A mapping whose keys are the user's own; empty if it is absent.
    pub(crate) fn map(&self, key: &'static str) -> Map<String, Value> {
        match self.node(key) {
            None => Map::new(),
            Some(Node {
                value: NodeValue::Mapping(mapping),
                ..
            }) => mapping.to_json(),
            Some(node) => self
                .wrong(key, node, "a mapping of keys to values")
                .unwrap_or_default(),
        }
    }

    /// Reports a value that does not fit.
    pub(crate) fn wrong<T>(&self, key: &str, node: &Node, expected: &str) -> Option<T> {
        self.problems.error(self.value_error(key, node, expected));
        None
    }

    /// Reports a key that is needed and not there.
    pub(crate) fn absent(&self, key: &str, reason: &str, hint: &str) {
        let kind = ErrorKind::Invalid {
            subject: self.path_of(key),
            reason: reason.to_owned(),
        };
        self.problems.error(ConfigError::new(kind).with_hint(hint));
    }

    /// Reports a value that fits its type and still cannot be used.
    pub(crate) fn invalid<T>(&self, key: &str, node: &Node, reason: &str, hint: &str) -> Option<T> {
        let subject = node.origin.subject(&self.path_of(key));
        let kind = ErrorKind::Invalid {
            subject,
            reason: reason.to_owned(),
        };
        self.problems.error(
            ConfigError::new(kind)
                .at(node.origin.place())
                .with_hint(hint),
        );
        None
    }

    /// Reports an item of a list that cannot be used as a whole.
    pub(crate) fn item_error<T>(&self, item: &Node, reason: &str, hint: &str) -> Option<T> {
        let kind = ErrorKind::Invalid {
            subject: self.path.clone(),
            reason: reason.to_owned(),
        };
        self.problems.error(
            ConfigError::new(kind)
                .at(item.origin.place())
                .with_hint(hint),
        );
        None
    }

    /// Warns of a key that says something else than another.
    pub(crate) fn contradiction(&self, key: &'static str, message: &str) {
        let place = self.node(key).and_then(|node| node.origin.place());
        self.problems
            .warning(Warning::new(message, place).with_hint("keep one of them"));
    }

    fn value_error(&self, key: &str, node: &Node, expected: &str) -> ConfigError {
        let error = ConfigError::new(ErrorKind::Value {
            subject: node.origin.subject(&self.path_of(key)),
            expected: expected.to_owned(),
            found: node.described(),
        })
        .at(node.origin.place());
        match hint_for(node, expected) {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }

    fn finish(self) {
        for entry in self.others() {
            let key = self.path_of(&entry.key);
            if self.problems.is_repeated(&key) {
                continue;
            }
            self.problems.unknown(Unknown {
                name: entry.key.clone(),
                siblings: self.asked.borrow().clone(),
                place: entry.origin.place(),
                subject: entry.value.origin.subject(&key),
                is_code: matches!(entry.value.origin, Origin::Code(_)),
                key,
                more: 0,
            });
        }
        // Keys of list items have no place of their own that a hint could point at.
        if !self.path.contains('[') {
            let asked = self.asked.borrow();
            self.problems
                .known(asked.iter().map(|key| self.path_of(key)));
        }
    }
}

fn listed<T>(known: &[(&'static str, T)]) -> String {
    let words: Vec<String> = known.iter().map(|(word, _)| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// The usual ways to miss a type.
fn hint_for(node: &Node, expected: &str) -> Option<&'static str> {
    let NodeValue::Text(text) = &node.value else {
        return None;
    };
    if !matches!(node.origin, Origin::File { .. }) {
        return None;
    }
    if expected.contains("number") && text.parse::<f64>().is_ok() {
        return Some("remove the quotes");
    }
    let is_yes_or_no = ["yes", "no", "on", "off"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    (expected.starts_with("true") && is_yes_or_no).then_some("write `true` or `false`")
}
