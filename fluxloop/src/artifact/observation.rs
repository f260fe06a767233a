//! The lines of `observations.jsonl`.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::row::{UsageRow, set_rfc_3339};
use crate::{
    event::{Observation, ObservationKind, ObservedError, SpanId, What},
    summary::milliseconds,
    worker::protocol::Level,
};

/// A line of `observations.jsonl`.
#[derive(Debug, Serialize)]
pub(super) struct ObservationRow<'a> {
    trace_id: &'a str,
    r#type: &'static str,
    timestamp: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<RowId<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<RowId<'a>>,
    kind: ObservationKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<Level>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a ObservedError<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_usage: Option<UsageRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<f64>,
}

/// The id of a span: `trace_001.0` is the one around all else.
#[derive(Clone, Copy, Debug)]
struct RowId<'a>(&'a str, SpanId);

impl Serialize for RowId<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}.{}", self.0, self.1))
    }
}

/// An observation's moments as text, in reused memory.
#[derive(Debug, Default)]
pub(super) struct Moments {
    at: String,
    started_at: String,
}

impl Moments {
    pub(super) fn set(&mut self, observation: &Observation<'_>) {
        set_rfc_3339(&mut self.at, observation.at);
        if let What::End(ended) = &observation.what {
            set_rfc_3339(&mut self.started_at, ended.started_at);
        }
    }
}

impl<'a> ObservationRow<'a> {
    pub(super) fn new(
        trace_id: &'a str,
        observation: &'a Observation<'_>,
        moments: &'a Moments,
    ) -> Self {
        let row = Self {
            trace_id,
            r#type: "event",
            timestamp: &moments.at,
            name: &observation.name,
            id: observation.id.map(|id| RowId(trace_id, id)),
            parent_id: observation.parent.map(|id| RowId(trace_id, id)),
            kind: observation.kind,
            level: observation.level,
            input: None,
            output: None,
            error: None,
            model: None,
            token_usage: None,
            attributes: observation.attributes.as_deref(),
            start_time: None,
            end_time: None,
            duration_ms: None,
        };
        match &observation.what {
            What::Moment { input, output } => Self {
                input: input.as_deref(),
                output: output.as_deref(),
                ..row
            },
            What::Start { input } => Self {
                r#type: "span_start",
                input: input.as_deref(),
                start_time: Some(&moments.at),
                ..row
            },
            What::End(ended) => Self {
                r#type: "span_end",
                input: ended.input.as_deref(),
                output: ended.output.as_deref(),
                error: ended.error.as_ref(),
                model: ended.model.as_deref(),
                token_usage: UsageRow::of(ended.usage),
                start_time: Some(&moments.started_at),
                end_time: Some(&moments.at),
                duration_ms: Some(milliseconds(ended.duration)),
                ..row
            },
        }
    }
}
