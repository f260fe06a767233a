//! What a worker tells of a call while it runs.

use std::{borrow::Cow, ops::AddAssign};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The environment variable with [`ObserveOptions`], as JSON.
pub const OBSERVE_VARIABLE: &str = "FLUXLOOP_WORKER_OBSERVE";

/// What a worker records of its calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObserveOptions {
    /// Which spans and events, in the syntax of `tracing_subscriber::filter::Targets`: `info,shop=debug`.
    pub filter: String,
    /// The longest value that is sent whole, in bytes of JSON.
    pub max_value_bytes: u64,
    /// The agents install a subscriber of their own, which has `fluxloop::layer()` in it: the worker installs none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_subscriber: bool,
}

/// Something that happened within a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Observation<'a> {
    /// In which run.
    pub run: u64,
    /// When: nanoseconds since the Unix epoch.
    pub at_ns: u64,
    /// What.
    pub what: Happening<'a>,
}

/// What happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening<'a> {
    /// A span began.
    SpanStart(SpanStart<'a>),
    /// A span ended. One that has not when its run ends needs no word: the engine closes it, and marks it.
    SpanEnd(SpanEnd<'a>),
    /// A moment within the call.
    Event(PointInTime<'a>),
}

/// A span began.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SpanStart<'a> {
    /// Unique in the call, from 1.
    pub id: u64,
    /// The span that it is part of; absent where that is the call itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u64>,
    /// What rows call `name`.
    pub name: Cow<'a, str>,
    /// What it is a span of.
    #[serde(default, skip_serializing_if = "SpanKind::is_plain")]
    pub kind: SpanKind,
    /// How important it is.
    pub level: Level,
    /// What went in, any JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Cow<'a, RawValue>>,
    /// What is known of it so far, a JSON object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Cow<'a, RawValue>>,
}

/// A span ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SpanEnd<'a> {
    /// Which.
    pub id: u64,
    /// What it turned out to be a span of, where that was not known at its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SpanKind>,
    /// What went in, any JSON, where that was not known at its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Cow<'a, RawValue>>,
    /// What came out, any JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Cow<'a, RawValue>>,
    /// What went wrong: an error or a panic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<SpanError<'a>>,
    /// All that is known of it, a JSON object; absent where nothing was added since its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Cow<'a, RawValue>>,
    /// The model that a generation was made by, as the provider names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Cow<'a, str>>,
    /// The tokens that a generation used. Left out where another span of the call counts them already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// What went wrong in a span.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SpanError<'a> {
    /// In words.
    pub message: Cow<'a, str>,
    /// It panicked rather than returned an error.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub panic: bool,
}

/// A moment within a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PointInTime<'a> {
    /// The span that it happened in; absent where that is the call itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u64>,
    /// What rows call `name`.
    pub name: Cow<'a, str>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "SpanKind::is_plain")]
    pub kind: SpanKind,
    /// How important it is.
    pub level: Level,
    /// What went in, any JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Cow<'a, RawValue>>,
    /// What came out, any JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Cow<'a, RawValue>>,
    /// What is known of it, a JSON object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Cow<'a, RawValue>>,
}

/// What a span is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SpanKind {
    /// Anything.
    #[default]
    Span,
    /// A call of a tool.
    Tool,
    /// A question to a model.
    Generation,
}

impl SpanKind {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it so")]
    fn is_plain(&self) -> bool {
        *self == Self::Span
    }
}

/// How important something is, as `tracing` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// For whoever looks for a mistake in a detail.
    Trace,
    /// For whoever looks for a mistake.
    Debug,
    /// What happens.
    Info,
    /// What should not happen.
    Warn,
    /// What must not happen.
    Error,
}

impl Level {
    /// As rows write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

/// Tokens of a generation. What its client does not say is absent, never 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Read by the model, those from a cache included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Written by the model, its reasoning included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// Of the input: read from a cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_tokens: Option<u64>,
    /// Of the input: written to a cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_creation_tokens: Option<u64>,
    /// Of the output: reasoning that is not part of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<u64>,
}

impl Usage {
    /// Whether anything is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        *self != Self::default()
    }

    /// Read and written; unknown where one of them is.
    #[must_use]
    pub fn total_tokens(&self) -> Option<u64> {
        Some(self.input_tokens?.saturating_add(self.output_tokens?))
    }
}

impl AddAssign for Usage {
    /// What neither side knows stays unknown.
    fn add_assign(&mut self, other: Self) {
        let add = |sum: &mut Option<u64>, more: Option<u64>| {
            *sum = match (*sum, more) {
                (Some(sum), Some(more)) => Some(sum.saturating_add(more)),
                (sum, more) => sum.or(more),
            };
        };
        add(&mut self.input_tokens, other.input_tokens);
        add(&mut self.output_tokens, other.output_tokens);
        add(&mut self.cached_tokens, other.cached_tokens);
        add(&mut self.cache_creation_tokens, other.cache_creation_tokens);
        add(&mut self.reasoning_tokens, other.reasoning_tokens);
    }
}

impl Happening<'_> {
    /// The same, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Happening<'static> {
        match self {
            Self::SpanStart(start) => Happening::SpanStart(SpanStart {
                id: start.id,
                parent: start.parent,
                name: owned(start.name),
                kind: start.kind,
                level: start.level,
                input: start.input.map(owned),
                attributes: start.attributes.map(owned),
            }),
            Self::SpanEnd(end) => Happening::SpanEnd(SpanEnd {
                id: end.id,
                kind: end.kind,
                input: end.input.map(owned),
                output: end.output.map(owned),
                error: end.error.map(|error| SpanError {
                    message: owned(error.message),
                    panic: error.panic,
                }),
                attributes: end.attributes.map(owned),
                model: end.model.map(owned),
                usage: end.usage,
            }),
            Self::Event(event) => Happening::Event(PointInTime {
                parent: event.parent,
                name: owned(event.name),
                kind: event.kind,
                level: event.level,
                input: event.input.map(owned),
                output: event.output.map(owned),
                attributes: event.attributes.map(owned),
            }),
        }
    }
}

fn owned<T: ToOwned + ?Sized + 'static>(part: Cow<'_, T>) -> Cow<'static, T> {
    Cow::Owned(part.into_owned())
}
