use std::sync::Arc;

use serde_json::value::RawValue;

use crate::Persona;

/// An input as runs use it, shared by all its cases.
#[derive(Debug)]
#[non_exhaustive]
pub struct PlannedInput {
    /// Unique in the plan.
    pub id: String,
    /// What the agent is called with, as JSON.
    pub arguments: Arc<crate::agent::Arguments>,
    /// What rows show as `input`: the same with secrets masked.
    pub recorded: Box<RawValue>,
    /// The entry's metadata as JSON, for the agent.
    pub metadata: Option<Box<RawValue>>,
    /// The entry's metadata for rows: secrets masked.
    pub recorded_metadata: Option<Box<RawValue>>,
    /// Where the entry was read, for messages.
    pub place: String,
}

/// One input × persona × iteration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Case {
    /// Position in the plan, from 0.
    pub index: u64,
    /// From 0.
    pub iteration: u32,
    /// `<agent>::<persona or any>::<input id>::iter_<i>`.
    pub name: String,
    /// What is asked.
    pub input: Arc<PlannedInput>,
    /// Who asks.
    pub persona: Option<Arc<Persona>>,
    /// Derived from the experiment's seed, the case and the iteration.
    pub seed: u64,
}

impl PlannedInput {
    /// An input without metadata, recorded as the agent gets it. Its fields are public.
    pub fn new(id: impl Into<String>, input: Box<RawValue>) -> Self {
        Self {
            id: id.into(),
            arguments: Arc::new(crate::agent::Arguments::Input(input.clone())),
            recorded: input,
            metadata: None,
            recorded_metadata: None,
            place: String::new(),
        }
    }
}

impl Case {
    /// The first case of a plan, without a persona. Its fields are public.
    pub fn new(name: impl Into<String>, input: Arc<PlannedInput>) -> Self {
        Self {
            index: 0,
            iteration: 0,
            name: name.into(),
            input,
            persona: None,
            seed: 0,
        }
    }
}
