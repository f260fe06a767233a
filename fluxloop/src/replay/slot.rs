//! A place in a JSON text, found by a dotted path: what stands before it and what behind. The rest of the text stays as it
//! was written.

use serde_json::{Value, value::RawValue};

use crate::json_members::Members;

/// Where a value goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) before: String,
    pub(super) after: String,
}

/// A path that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Astray {
    /// How many parts of the path are there.
    pub(super) depth: usize,
    /// What is there instead of the next.
    pub(super) found: Found,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A mapping with these keys.
    Keys(Vec<String>),
    /// A list of so many.
    Items(usize),
    /// Nothing that could be stepped into.
    Scalar(&'static str),
}

impl Slot {
    /// The place that a path leads to. With `create`, keys that are absent are made, and so is what is in them; a list
    /// gets at most one more item.
    pub(super) fn find(json: &RawValue, path: &[String], create: bool) -> Result<Self, Astray> {
        let mut slot = Self {
            before: String::new(),
            after: String::new(),
        };
        slot.step(json.get(), path, 0, create)?;
        Ok(slot)
    }

    /// The text with a value in this place.
    pub(super) fn filled(&self, value: &RawValue) -> String {
        [&self.before, value.get(), &self.after].concat()
    }

    fn step(
        &mut self,
        json: &str,
        path: &[String],
        depth: usize,
        create: bool,
    ) -> Result<(), Astray> {
        let Some(part) = path.get(depth) else {
            return Ok(());
        };
        let astray = |found| Err(Astray { depth, found });
        match json.as_bytes().first() {
            Some(b'{') => self.step_into_mapping(json, (path, part), depth, create),
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
                let index = part.parse::<usize>().ok();
                let is_next = create && index == Some(items.len());
                match index {
                    Some(index) if index < items.len() || is_next => {
                        self.step_into_list(&items, (path, index), depth, create)
                    }
                    _ => astray(Found::Items(items.len())),
                }
            }
            Some(b'n') if create => {
                self.make(path, depth);
                Ok(())
            }
            Some(b'"') => astray(Found::Scalar("text")),
            Some(b'n') => astray(Found::Scalar("null")),
            Some(b't' | b'f') => astray(Found::Scalar("true or false")),
            _ => astray(Found::Scalar("a number")),
        }
    }

    fn step_into_mapping(
        &mut self,
        json: &str,
        (path, part): (&[String], &String),
        depth: usize,
        create: bool,
    ) -> Result<(), Astray> {
        let members = serde_json::from_str(json).map_or_else(|_| Vec::new(), |Members(all)| all);
        let name = |key: &RawValue| {
            serde_json::from_str::<String>(key.get()).unwrap_or_else(|_| key.get().to_owned())
        };
        // Of two alike, the last one counts.
        let at = members.iter().rposition(|(key, _)| name(key) == *part);
        if at.is_none() && !create {
            let keys = members.iter().map(|(key, _)| name(key)).collect();
            return Err(Astray {
                depth,
                found: Found::Keys(keys),
            });
        }
        let pairs = members.iter().map(|(key, value)| (Some(*key), *value));
        self.walk(pairs, at, ('{', '}'), |slot, value| {
            let Some(value) = value else {
                slot.push_key(part);
                slot.make(path, depth + 1);
                return Ok(());
            };
            slot.step(value, path, depth + 1, create)
        })
    }

    fn step_into_list(
        &mut self,
        items: &[&RawValue],
        (path, index): (&[String], usize),
        depth: usize,
        create: bool,
    ) -> Result<(), Astray> {
        let items_and_no_keys = items.iter().map(|item| (None, *item));
        let at = (index < items.len()).then_some(index);
        self.walk(items_and_no_keys, at, ('[', ']'), |slot, value| {
            if let Some(value) = value {
                return slot.step(value, path, depth + 1, create);
            }
            slot.make(path, depth + 1);
            Ok(())
        })
    }

    /// Writes members around the one that `inside` steps into; a new one stands last.
    fn walk<'m>(
        &mut self,
        members: impl Iterator<Item = (Option<&'m RawValue>, &'m RawValue)>,
        at: Option<usize>,
        (open, close): (char, char),
        inside: impl FnOnce(&mut Self, Option<&str>) -> Result<(), Astray>,
    ) -> Result<(), Astray> {
        let mut outer = std::mem::take(&mut self.after);
        let mut inside = Some(inside);
        self.before.push(open);
        let mut after = String::new();
        for (index, (key, value)) in members.enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let key = key.map_or_else(String::new, |key| format!("{}:", key.get()));
            if Some(index) == at {
                self.before.extend([comma, &key]);
                if let Some(inside) = inside.take() {
                    inside(self, Some(value.get()))?;
                }
            } else if inside.is_none() {
                after.extend([comma, &key, value.get()]);
            } else {
                self.before.extend([comma, &key, value.get()]);
            }
        }
        if let Some(inside) = inside.take() {
            if !self.before.ends_with(open) {
                self.before.push(',');
            }
            inside(self, None)?;
        }
        after.push(close);
        self.after.push_str(&after);
        self.after.push_str(&std::mem::take(&mut outer));
        Ok(())
    }

    fn push_key(&mut self, key: &str) {
        self.before.push_str(&Value::from(key).to_string());
        self.before.push(':');
    }

    /// Makes mappings down to the end of the path.
    fn make(&mut self, path: &[String], depth: usize) {
        let mut after = String::new();
        for part in &path[depth..] {
            self.before.push('{');
            self.push_key(part);
            after.push('}');
        }
        self.after.insert_str(0, &after);
    }
}
