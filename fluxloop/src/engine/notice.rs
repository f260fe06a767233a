use std::time::Duration;

use jiff::Timestamp;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use crate::{
    event::Failure,
    expect::RunFacts,
    plan::Case,
    supervisor::{Decision, Said, SupervisorFailure},
    worker::protocol::Happening,
};

/// What a run has to tell before its end.
#[derive(Debug)]
pub(super) struct Notice {
    /// Of which case.
    pub(super) case: u64,
    pub(super) what: Told,
}

/// What it tells.
#[derive(Debug)]
pub(super) enum Told {
    /// An attempt failed and is followed by another.
    Retry {
        case: Box<Case>,
        attempt: u32,
        failure: Box<Failure>,
        delay: Duration,
    },
    /// A turn of a conversation begins.
    TurnBegan(Box<TurnBegan>),
    /// A turn of a conversation ended.
    TurnEnded(Box<TurnEnd>),
    /// Something happened in a call of the agent.
    Happened {
        /// Which call of the run, from 1.
        call: u32,
        /// Nanoseconds since the Unix epoch.
        at_ns: u64,
        what: Box<Happening<'static>>,
    },
    /// The supervisor has decided, or has not.
    Decided(Box<Decided>),
    /// The agent has returned for the last time, and what happened until then is asked for.
    Returned {
        /// The calls of the agent that its answers came of, from 1.
        calls: Vec<u32>,
        facts: oneshot::Sender<RunFacts>,
    },
}

/// A turn begins.
#[derive(Debug)]
pub(super) struct TurnBegan {
    pub(super) case: Case,
    pub(super) turn: u32,
    pub(super) at: Timestamp,
    /// Everything said, what the user says in this turn last.
    pub(super) history: Vec<Said>,
}

/// How a turn ended.
#[derive(Debug)]
pub(super) struct TurnEnd {
    pub(super) turn: u32,
    pub(super) at: Timestamp,
    /// The agent's own time in it.
    pub(super) duration: Duration,
    pub(super) result: Result<Box<RawValue>, Failure>,
}

/// A decision in its place.
#[derive(Debug)]
pub(super) struct Decided {
    /// After which turn, from 1.
    pub(super) turn: u32,
    pub(super) asked_at: Timestamp,
    pub(super) at: Timestamp,
    /// Secrets are masked.
    pub(super) result: Result<Decision, SupervisorFailure>,
}
