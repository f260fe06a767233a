//! Runs for tests, as the engine would hand them on.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, value::to_raw_value};

use crate::{
    Persona,
    agent::Arguments,
    event::{Outcome, Run},
    expect::Criteria,
    plan::{Case, PlannedInput},
};

/// A run that is like any other but for the fields that a test sets.
#[derive(Clone, Debug)]
pub(crate) struct SampleRun {
    pub index: u64,
    pub persona: Option<&'static str>,
    pub input: Value,
    pub metadata: Option<Value>,
    pub duration: Duration,
    pub attempts: u32,
    pub started_at: Timestamp,
}

impl Default for SampleRun {
    fn default() -> Self {
        Self {
            index: 0,
            persona: Some("novice_user"),
            input: Value::from("How do I start?"),
            metadata: None,
            duration: Duration::from_micros(245_125),
            attempts: 1,
            started_at: "2024-11-01T14:30:22.5Z".parse().unwrap(),
        }
    }
}

impl SampleRun {
    /// It took 5 ms more than its agent.
    pub(crate) fn ends(self, outcome: Outcome) -> Run {
        let wall = self.duration + Duration::from_millis(5);
        let persona = self.persona.unwrap_or("any");
        let recorded = to_raw_value(&self.input).unwrap();
        let case = Case {
            index: self.index,
            iteration: 0,
            pair: self.index,
            name: format!("run::{persona}::input_{}::iter_0", self.index),
            input: Arc::new(PlannedInput {
                id: format!("input_{}", self.index),
                arguments: Arguments::Input(recorded.clone()),
                call: None,
                recorded,
                metadata: None,
                recorded_metadata: self.metadata.map(|m| to_raw_value(&m).unwrap()),
                criteria: Criteria::default(),
                place: "inputs/generated.yaml:2".to_owned(),
            }),
            persona: self.persona.map(|name| Arc::new(Persona::named(name))),
            persona_json: None,
            seed: 7,
        };
        Run {
            completed_at: self.started_at + wall,
            duration: self.duration,
            wall,
            attempts: self.attempts,
            ..Run::new(case, outcome, self.started_at)
        }
    }

    /// The agent answers.
    pub(crate) fn returns(self, output: impl Into<Value>) -> Run {
        self.ends(Outcome::Returned(to_raw_value(&output.into()).unwrap()))
    }
}
