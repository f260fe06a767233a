use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    RecordedFailure, RecordedUsage,
    lenient::{lenient, moment, text},
};
use crate::{event::ObservationKind, worker::protocol::Level};

/// What a line of `observations.jsonl` stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ObservationType {
    /// A span begins.
    SpanStart,
    /// A span ends.
    SpanEnd,
    /// Something happened within a span.
    Event,
    /// What this version does not know.
    #[default]
    Unknown,
}

/// A line of `observations.jsonl`. An [`ObservationTree`](super::ObservationTree) puts those of a run together.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct ObservationRow {
    /// The run.
    pub trace_id: String,
    /// What it stands for.
    #[serde(default, rename = "type", deserialize_with = "lenient")]
    pub observation_type: ObservationType,
    /// When it happened.
    #[serde(default, deserialize_with = "moment")]
    pub timestamp: Option<Timestamp>,
    /// Of the span or the event.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// Unique in the experiment; a span's start and end have the same.
    #[serde(default, deserialize_with = "lenient")]
    pub id: Option<String>,
    /// The span that it is part of.
    #[serde(default, deserialize_with = "lenient")]
    pub parent_id: Option<String>,
    /// What the span is; a [span](ObservationKind::Span) where this version does not know it.
    #[serde(default, deserialize_with = "lenient")]
    pub kind: ObservationKind,
    /// How much it matters, where that is said.
    #[serde(default, deserialize_with = "lenient")]
    pub level: Option<Level>,
    /// What went in, as JSON.
    #[serde(default)]
    pub input: Option<Box<RawValue>>,
    /// What came out, as JSON.
    #[serde(default)]
    pub output: Option<Box<RawValue>>,
    /// Why it failed.
    #[serde(default, deserialize_with = "lenient")]
    pub error: Option<RecordedFailure>,
    /// What else is known, as JSON by name.
    #[serde(default, deserialize_with = "lenient")]
    pub attributes: BTreeMap<String, Box<RawValue>>,
    /// When the span began.
    #[serde(default, deserialize_with = "moment")]
    pub start_time: Option<Timestamp>,
    /// When it ended.
    #[serde(default, deserialize_with = "moment")]
    pub end_time: Option<Timestamp>,
    /// How long it took, in milliseconds.
    #[serde(default, deserialize_with = "lenient")]
    pub duration_ms: Option<f64>,
    /// Of a generation, where it is not among the attributes.
    #[serde(default, deserialize_with = "lenient")]
    pub model: Option<String>,
    /// Of a generation, where it is not among the attributes.
    #[serde(default, deserialize_with = "lenient")]
    pub token_usage: Option<RecordedUsage>,
}
