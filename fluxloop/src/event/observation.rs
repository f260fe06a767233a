use std::{borrow::Cow, fmt, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Failure;
use crate::worker::protocol::{Level, SpanKind, Usage};

/// Something that happened within a run. Secrets are masked in all of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Observation<'a> {
    /// Unique in the run; absent where it is a moment rather than a span.
    pub id: Option<SpanId>,
    /// The span that it is part of; absent on the one around all else.
    pub parent: Option<SpanId>,
    /// What it is called.
    pub name: Cow<'a, str>,
    /// What it is about.
    pub kind: ObservationKind,
    /// How important it is, where that was said or something went wrong.
    pub level: Option<Level>,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub what: What<'a>,
    /// What else is known of it, a JSON object.
    pub attributes: Option<Cow<'a, RawValue>>,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What<'a> {
    /// A span began.
    Start {
        /// What went in.
        input: Option<Cow<'a, RawValue>>,
    },
    /// A span ended.
    End(Box<SpanEnded<'a>>),
    /// A moment.
    Moment {
        /// What went in.
        input: Option<Cow<'a, RawValue>>,
        /// What came out.
        output: Option<Cow<'a, RawValue>>,
    },
}

/// How a span ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SpanEnded<'a> {
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took; of an agent's run and turn, the agent's own time.
    pub duration: Duration,
    /// What went in, where that was told after its start.
    pub input: Option<Cow<'a, RawValue>>,
    /// What came out.
    pub output: Option<Cow<'a, RawValue>>,
    /// What went wrong.
    pub error: Option<ObservedError<'a>>,
    /// The model that a generation was made by.
    pub model: Option<Cow<'a, str>>,
    /// The tokens that it used.
    pub usage: Option<Usage>,
}

impl SpanEnded<'_> {
    /// An end of which no more is known than its times.
    pub(crate) fn new(started_at: Timestamp, duration: Duration) -> Self {
        Self {
            started_at,
            duration,
            input: None,
            output: None,
            error: None,
            model: None,
            usage: None,
        }
    }
}

/// What went wrong in a span.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum ObservedError<'a> {
    /// The run failed with it.
    Failure(Cow<'a, Failure>),
    /// The agent, or a library of its, said so.
    Told {
        /// In words.
        message: Cow<'a, str>,
        /// It was a panic.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        panic: bool,
    },
}

/// What an observation is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ObservationKind {
    /// The whole run.
    Agent,
    /// A turn of a conversation.
    Turn,
    /// A call of a tool.
    Tool,
    /// A question to a model.
    Generation,
    /// A decision of the supervisor.
    Supervisor,
    /// Anything else.
    #[default]
    Span,
}

impl ObservationKind {
    /// As rows write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Turn => "turn",
            Self::Tool => "tool",
            Self::Generation => "generation",
            Self::Supervisor => "supervisor",
            Self::Span => "span",
        }
    }
}

impl From<SpanKind> for ObservationKind {
    fn from(kind: SpanKind) -> Self {
        match kind {
            SpanKind::Tool => Self::Tool,
            SpanKind::Generation => Self::Generation,
            SpanKind::Span => Self::Span,
        }
    }
}

/// A span within its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SpanId {
    /// The one around all else.
    Run,
    /// A turn, from 1.
    Turn(u32),
    /// The supervisor's decision after a turn, from 1.
    Decision(u32),
    /// One that the agent's process told of.
    Told {
        /// The call of the agent, from 1.
        call: u32,
        /// The span in it, from 1.
        span: u64,
    },
}

impl fmt::Display for SpanId {
    /// What follows the trace's id in rows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run => f.write_str("0"),
            Self::Turn(turn) => write!(f, "turn_{turn}"),
            Self::Decision(turn) => write!(f, "decision_{turn}"),
            Self::Told { call, span } => write!(f, "{call}.{span}"),
        }
    }
}
