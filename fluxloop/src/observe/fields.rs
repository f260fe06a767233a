//! What the fields of a span or an event say, as JSON.

use std::{error::Error, fmt};

use serde_json::value::RawValue;
use tracing::field::{Field, Visit};

use super::{
    gen_ai::{Facts, LATE, Look, Names},
    recorder::{Recorder, quoted, raw},
    text::Held,
    tool::{KIND_FIELD, OUTCOME_FIELD},
};

/// The most causes of an error that are told: a chain may be endless.
const MOST_CAUSES: usize = 32;

/// Fields with their JSON, in the order they were told.
#[derive(Debug, Default)]
pub(super) struct Attributes(Vec<(&'static str, String)>);

impl Attributes {
    pub(super) fn set(&mut self, name: &'static str, json: String) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = json,
            None => self.0.push((name, json)),
        }
    }

    /// Takes what was told later.
    pub(super) fn add(&mut self, later: Self) {
        for (name, json) in later.0 {
            self.set(name, json);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// An object of all; absent where there is none.
    pub(super) fn object(&self) -> Option<Box<RawValue>> {
        if self.is_empty() {
            return None;
        }
        let length: usize = self
            .0
            .iter()
            .map(|(name, json)| name.len() + json.len() + 4)
            .sum();
        let mut object = String::with_capacity(length + 2);
        for (name, json) in &self.0 {
            object.push(if object.is_empty() { '{' } else { ',' });
            object.push_str(&quoted(name));
            object.push(':');
            object.push_str(json);
        }
        object.push('}');
        Some(raw(object))
    }
}

/// Takes the fields of a span or an event.
pub(super) struct Told<'r> {
    recorder: &'r Recorder,
    names: Names,
    pub(super) attributes: Attributes,
    /// Boxed and absent for most: they say nothing of models.
    pub(super) facts: Option<Box<Facts>>,
    pub(super) message: Option<Held>,
    /// The span or event is our own, and there is more to it than its fields.
    pub(super) is_ours: bool,
    /// One of the fields whose name is `error` was told.
    pub(super) has_error: bool,
    /// Of the fields that a tool's start waits for.
    pub(super) late: u32,
}

impl<'r> Told<'r> {
    pub(super) fn new(recorder: &'r Recorder, names: Names) -> Self {
        Self {
            recorder,
            names,
            attributes: Attributes::default(),
            facts: None,
            message: None,
            is_ours: false,
            has_error: false,
            late: 0,
        }
    }

    /// What went in, where a field says so.
    pub(super) fn input(&mut self) -> Option<Box<RawValue>> {
        let input = self.facts.as_mut()?.input.take()?;
        Some(self.recorder.json_or_text(&input))
    }

    /// What came out, where a field says so.
    pub(super) fn output(&mut self) -> Option<Box<RawValue>> {
        let output = self.facts.as_mut()?.output.take()?;
        Some(self.recorder.json_or_text(&output))
    }

    fn text(&mut self, field: &Field, mut held: Held) {
        let name = plain(field.name());
        match name {
            "message" => self.message = Some(held),
            KIND_FIELD | OUTCOME_FIELD => self.is_ours = true,
            _ => {
                if self.look(name, &mut held) == Look::Attribute {
                    let json = self.recorder.text_of(name, &held);
                    self.attributes.set(name, json);
                }
            }
        }
    }

    fn literal(&mut self, field: &Field, literal: String) {
        let name = plain(field.name());
        if self.names.fact(name).is_some() {
            let mut held = Held::of_json(literal.clone(), literal.len());
            if self.look(name, &mut held) == Look::Moved {
                return;
            }
        }
        let json = self.recorder.literal_of(name, literal);
        self.attributes.set(name, json);
    }

    fn look(&mut self, name: &str, held: &mut Held) -> Look {
        let Some(fact) = self.names.fact(name) else {
            return Look::Attribute;
        };
        self.has_error |= name == "error";
        self.late += u32::from(LATE.contains(&name));
        self.facts.get_or_insert_default().look(fact, held)
    }
}

/// A field that is named by a keyword is written `r#type`.
fn plain(name: &'static str) -> &'static str {
    name.strip_prefix("r#").unwrap_or(name)
}

impl Visit for Told<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, Held::text(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, Held::formatted(format_args!("{value:?}")));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.text(field, Held::formatted(format_args!("{}", Chain(value))));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.literal(field, value.to_string());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.literal(field, value.to_string());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.literal(field, value.to_string());
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.literal(field, value.to_string());
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.literal(field, value.to_string());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no form for infinities and for what is no number.
        match serde_json::Number::from_f64(value) {
            Some(number) => self.literal(field, number.to_string()),
            None => self.text(field, Held::text(&value.to_string())),
        }
    }
}

/// An error and what caused it.
pub(super) struct Chain<'e>(pub(super) &'e (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        for _ in 0..MOST_CAUSES {
            let Some(error) = cause else { break };
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
