use std::sync::Arc;

use serde::Serialize;
use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};

use crate::{
    Persona, agent::Arguments, expect::Criteria, input::RawInput, replay::RecordedCall,
    secret::Secrets,
};

/// An input as runs use it, shared by all its cases.
#[derive(Debug)]
#[non_exhaustive]
pub struct PlannedInput {
    /// Unique in the plan.
    pub id: String,
    /// What the agent is called with.
    pub arguments: Arguments,
    /// The recorded call that it goes into, if it goes into one.
    pub call: Option<Arc<RecordedCall>>,
    /// What rows show as `input`: the same with secrets masked.
    pub recorded: Box<RawValue>,
    /// The entry's metadata as JSON, for the agent.
    pub metadata: Option<Box<RawValue>>,
    /// The entry's metadata for rows: secrets masked.
    pub recorded_metadata: Option<Box<RawValue>>,
    /// What its runs are judged by.
    pub criteria: Criteria,
    /// Where the entry was read, for messages.
    pub place: String,
}

impl PlannedInput {
    /// `template`: who asks, and the template that text is put into. `call`: the recorded call that it goes into.
    pub(super) fn of(
        (id, raw): (&str, &RawInput),
        template: Option<(&Persona, &str)>,
        call: Option<&Arc<RecordedCall>>,
        (secrets, criteria): (&Secrets, Criteria),
    ) -> Self {
        let input = match (template, &raw.input) {
            (Some((persona, template)), Value::String(text)) => {
                json(&filled(template, &persona.name, text))
            }
            _ => json(&raw.input),
        };
        let metadata = (!raw.metadata.is_empty()).then(|| json(&raw.metadata));
        Self {
            id: id.to_owned(),
            recorded: secrets.redact_json(&input).into_owned(),
            recorded_metadata: metadata
                .as_ref()
                .map(|metadata| secrets.redact_json(metadata).into_owned()),
            arguments: match call {
                Some(call) => call.arguments(&input),
                None => Arguments::Input(input),
            },
            call: call.cloned(),
            metadata,
            criteria,
            place: raw.place.clone(),
        }
    }

    /// What the agent is called with when the user goes on with this message.
    pub(crate) fn follow_up(&self, message: &str) -> Option<Arguments> {
        match &self.call {
            Some(call) => call.arguments_saying(message),
            None => to_raw_value(message).ok().map(Arguments::Input),
        }
    }

    /// An input without metadata, recorded as the agent gets it. Its fields are public.
    pub fn new(id: impl Into<String>, input: Box<RawValue>) -> Self {
        Self {
            id: id.into(),
            arguments: Arguments::Input(input.clone()),
            call: None,
            recorded: input,
            metadata: None,
            recorded_metadata: None,
            criteria: Criteria::default(),
            place: String::new(),
        }
    }
}

/// One pass, so that braces in an input are the input's own.
fn filled(template: &str, persona: &str, input: &str) -> String {
    let mut text = String::with_capacity(template.len() + input.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        rest = &rest[open..];
        let (value, length) = if rest.starts_with("{input}") {
            (input, "{input}".len())
        } else if rest.starts_with("{persona}") {
            (persona, "{persona}".len())
        } else {
            ("{", 1)
        };
        text.push_str(value);
        rest = &rest[length..];
    }
    text.push_str(rest);
    text
}

/// Values that were read from JSON or YAML are JSON.
pub(super) fn json(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// One input × persona × iteration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Case {
    /// Position in the whole plan, from 0: cases that are left out are counted.
    pub index: u64,
    /// From 0.
    pub iteration: u32,
    /// Position within its iteration, from 0: the same for all tries of one input by one persona.
    pub pair: u64,
    /// `<agent>::<persona or any>::<input id>::iter_<i>`.
    pub name: String,
    /// What is asked.
    pub input: Arc<PlannedInput>,
    /// Who asks.
    pub persona: Option<Arc<Persona>>,
    /// Who asks, as JSON for the agent.
    pub persona_json: Option<Arc<RawValue>>,
    /// Derived from the experiment's seed, the case and the iteration.
    pub seed: u64,
}

impl Case {
    /// The first case of a plan, without a persona. Its fields are public.
    pub fn new(name: impl Into<String>, input: Arc<PlannedInput>) -> Self {
        Self {
            index: 0,
            iteration: 0,
            pair: 0,
            name: name.into(),
            input,
            persona: None,
            persona_json: None,
            seed: 0,
        }
    }

    /// `trace_001`: the position in the whole plan, from 1.
    #[must_use]
    pub fn trace_id(&self) -> String {
        trace_id(self.index)
    }
}

/// `trace_001`: the position in the plan, from 1. `index` counts from 0.
pub(crate) fn trace_id(index: u64) -> String {
    format!("trace_{:03}", index + 1)
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn a_template_is_filled_once() {
        assert_eq!(
            filled("As {persona}: {input}!", "expert", "why {persona}?"),
            "As expert: why {persona}?!"
        );
        assert_eq!(filled("{ {x} {input", "p", "i"), "{ {x} {input");
    }
}
