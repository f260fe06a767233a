//! Checks of runs that returned.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Panic;

/// Have a check look at a run that returned.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Check<'a> {
    /// Chosen by the engine: unique for the worker, also among calls of agents.
    pub run: u64,
    /// The check's name, as `hello` listed it.
    pub check: Cow<'a, str>,
    /// The run, as a [`RunView`](crate::RunView).
    pub view: Cow<'a, RawValue>,
}

/// A registered check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInfo {
    /// What configurations choose it by, and `check` names it by; unique in the worker.
    pub name: String,
    /// Source file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
}

/// A check has looked at a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Checked {
    /// Which `check`, by its `run`.
    pub run: u64,
    /// What came of it.
    pub result: WireCheckResult,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WireCheckResult {
    /// The run is right.
    Passed,
    /// It is not, and why.
    Failed(String),
    /// What the check needs is not known, and why.
    NotJudged(String),
    /// The check panicked.
    Panic(Panic),
    /// It was stopped on request.
    Cancelled,
}
