use std::{cmp::Ordering, sync::Arc};

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::{Value, value::RawValue};

use super::ExperimentResult;
use crate::artifact::read::{ReadError, RecordedRun};

/// What an experiment came to, without what differs from one to the next: see [`ExperimentResult::snapshot`].
///
/// It is written as the list of its cases. Where the files of the experiment cannot be read, writing it fails.
#[derive(Clone, Debug)]
pub struct Snapshot {
    cases: Result<Vec<CaseSnapshot>, Arc<ReadError>>,
}

/// What a run came to, without ids, times and paths.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CaseSnapshot {
    /// The case's name.
    pub case: String,
    /// What the agent was asked.
    pub input: Value,
    /// What it answered, in a conversation last; null when it did not.
    pub output: Value,
    /// Whether the run succeeded.
    pub success: bool,
    /// Why it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorSnapshot>,
    /// What was said, where it was a conversation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conversation: Vec<SaidSnapshot>,
    /// Why it ended, where it was a conversation: `supervisor_stop`, `max_turns` or `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub termination_reason: Option<String>,
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ErrorSnapshot {
    /// `agent_error`, `panic`, `timeout` …
    pub kind: String,
    /// As the agent gave it.
    pub message: String,
}

/// A message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SaidSnapshot {
    /// `user` or `assistant`.
    pub role: String,
    /// What was said.
    pub content: String,
    /// What was done for it, such as `tool:lookup_order`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
}

impl Snapshot {
    pub(super) fn of(result: &ExperimentResult) -> Self {
        let cases = result.runs().and_then(|runs| {
            let cases = runs.map(|run| Ok(CaseSnapshot::of(&run?)));
            let mut cases = cases.collect::<Result<Vec<_>, ReadError>>()?;
            cases.sort_by(CaseSnapshot::order);
            Ok(cases)
        });
        Self {
            cases: cases.map_err(Arc::new),
        }
    }

    /// The cases, by name, each with its iterations in their order.
    ///
    /// # Errors
    ///
    /// When the files of the experiment could not be read.
    pub fn cases(&self) -> Result<&[CaseSnapshot], &ReadError> {
        match &self.cases {
            Ok(cases) => Ok(cases),
            Err(error) => Err(error),
        }
    }
}

impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.cases()
            .map_err(S::Error::custom)?
            .serialize(serializer)
    }
}

impl CaseSnapshot {
    /// The view of a run.
    #[must_use]
    pub fn of(run: &RecordedRun) -> Self {
        let said = run.conversation_history.iter().map(|said| SaidSnapshot {
            role: said.role.clone(),
            content: said.content.clone(),
            actions: said.actions.clone(),
        });
        Self {
            case: run.case.clone(),
            input: value(run.input.as_deref()),
            output: value(run.output.as_deref()),
            success: run.success,
            error: run.error.as_ref().map(|error| ErrorSnapshot {
                kind: error.kind.clone().unwrap_or_default(),
                message: error.message.clone(),
            }),
            conversation: said.collect(),
            termination_reason: run.termination_reason.clone(),
        }
    }

    /// `iter_10` comes after `iter_2`.
    fn order(one: &Self, other: &Self) -> Ordering {
        fn parts(case: &str) -> (&str, Option<u32>) {
            match case.rsplit_once("::iter_") {
                Some((name, iteration)) => (name, iteration.parse().ok()),
                None => (case, None),
            }
        }
        parts(&one.case).cmp(&parts(&other.case))
    }
}

/// JSON that was read as such is a value, unless it is nested deeper than anybody reads.
fn value(json: Option<&RawValue>) -> Value {
    json.and_then(|json| serde_json::from_str(json.get()).ok())
        .unwrap_or_default()
}
