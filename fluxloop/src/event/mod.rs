//! What happens in an experiment, as one ordered stream.

mod construct;
mod conversation;
mod failure;
mod observation;

use std::{path::PathBuf, time::Duration};

use jiff::Timestamp;
use serde_json::value::RawValue;

pub use conversation::{ConversationEnd, ConversationRecord, ConversationState, TurnActions};
pub use failure::{Failure, FailureKind};
pub use observation::{Observation, ObservationKind, ObservedError, SpanEnded, SpanId, What};

use crate::{
    expect::JudgedCheck,
    plan::Case,
    summary::{Statistics, Verdict},
    worker::protocol::Usage,
};

/// One thing that happened. Consumers see them in one order, one at a time.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Before the first run.
    ExperimentStarted(&'a Started),
    /// A run was handed to the agent.
    RunStarted(&'a Case),
    /// The simulated user says something, and the agent's turn begins.
    TurnStarted {
        /// Of which conversation.
        case: &'a Case,
        /// Which turn, from 1.
        turn: u32,
        /// The last turn that there can be.
        max_turns: u32,
        /// What the user says.
        says: &'a str,
    },
    /// Something happened within a run: before its end, in the order in which it was told.
    Observed {
        /// The position of its case in the plan, from 0.
        run: u64,
        /// What.
        observation: &'a Observation<'a>,
    },
    /// A run failed in a way worth another attempt, which follows after `delay`.
    RunRetried {
        /// Which run.
        case: &'a Case,
        /// The attempt that failed, from 1.
        attempt: u32,
        /// What it failed with.
        failure: &'a Failure,
        /// The pause before the next attempt.
        delay: Duration,
    },
    /// A run ended.
    RunFinished {
        /// Which run, and how.
        run: &'a Run,
        /// All finished runs, this one included.
        so_far: &'a Statistics,
    },
    /// Something that the user should know and that fails no run by itself.
    Warning(&'a str),
    /// The experiment is asked to end early.
    Interrupted {
        /// Runs still in flight.
        in_flight: usize,
    },
    /// After the last run.
    ExperimentFinished(&'a Finished),
}

/// What is known when an experiment begins.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Started {
    /// The experiment's name.
    pub experiment_name: String,
    /// Its directory, absolute.
    pub directory: PathBuf,
    /// How many inputs there are.
    pub inputs: u64,
    /// Runs per input and persona.
    pub iterations: u32,
    /// How many runs are planned.
    pub planned: u64,
    /// How many cases of the plan are left out.
    pub left_out: u64,
    /// The agent, as `module.path:function`.
    pub target: String,
    /// The experiment's seed.
    pub seed: u64,
    /// When it began.
    pub at: Timestamp,
}

/// One finished run.
#[derive(Debug)]
#[non_exhaustive]
pub struct Run {
    /// Which case.
    pub case: Case,
    /// `trace_001`: the case's position in the whole plan, from 1.
    pub trace_id: String,
    /// When the first attempt began.
    pub started_at: Timestamp,
    /// When the run ended.
    pub completed_at: Timestamp,
    /// The agent's own time, all attempts.
    pub duration: Duration,
    /// From start to end, waiting included.
    pub wall: Duration,
    /// How often the agent was called.
    pub attempts: u32,
    /// How it ended: in a conversation, what its last turn came to. Secrets are masked already.
    pub outcome: Outcome,
    /// What it was judged by, and what became of that; nothing where nothing was expected, or it did not return.
    pub checks: Vec<JudgedCheck>,
    /// The tokens that the agent's generations used; absent where there were none. What none of them told is unknown.
    pub usage: Option<Usage>,
    /// What they cost, in the currency of the configured prices; absent where a model has no price.
    pub cost: Option<f64>,
    /// Observations beyond the most that a run may have.
    pub observations_dropped: u64,
    /// The conversation, where there was one.
    pub conversation: Option<ConversationRecord>,
}

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    /// The agent returned; its output as JSON. Nothing that was expected is known to be missed.
    Returned(Box<RawValue>),
    /// The agent returned, and a check of the run failed.
    Rejected {
        /// What it returned, as JSON.
        output: Box<RawValue>,
        /// Of kind [`ExpectationFailed`](FailureKind::ExpectationFailed).
        failure: Failure,
    },
    /// It did not return.
    Failed(Failure),
}

impl Outcome {
    /// What rows call `success`.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Returned(_))
    }

    /// What the agent returned, right or not.
    #[must_use]
    pub fn output(&self) -> Option<&RawValue> {
        match self {
            Self::Returned(output) | Self::Rejected { output, .. } => Some(output),
            Self::Failed(_) => None,
        }
    }

    /// Why the run failed.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Returned(_) => None,
            Self::Rejected { failure, .. } | Self::Failed(failure) => Some(failure),
        }
    }

    /// The same for an agent that returned, rejected with a failure.
    pub(crate) fn rejected(self, failure: Failure) -> Self {
        match self {
            Self::Returned(output) | Self::Rejected { output, .. } => {
                Self::Rejected { output, failure }
            }
            Self::Failed(_) => self,
        }
    }
}

/// Takes the stream of events in.
pub trait Consumer {
    /// Why it could not.
    type Error;

    /// Called for each event, in order.
    ///
    /// # Errors
    ///
    /// When the consumer cannot do its work; what follows is the caller's to decide.
    fn event(&mut self, event: &Event<'_>) -> Result<(), Self::Error>;

    /// Called a few times a second, for what changes while nothing happens.
    ///
    /// # Errors
    ///
    /// As [`event`](Self::event).
    fn tick(&mut self, _now: Timestamp) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// How an experiment ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finished {
    /// All its runs.
    pub statistics: Statistics,
    /// What the gate says of them.
    pub verdict: Verdict,
    /// When.
    pub at: Timestamp,
    /// Whether it was cut short by the user (a signal) rather than run to its end.
    pub interrupted: bool,
}
