//! The rows of the `.jsonl` files, borrowed from the run that they tell of.

use jiff::{Timestamp, fmt::temporal::DateTimePrinter};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{
    event::{Failure, Outcome, Run},
    summary::milliseconds,
};

/// Microseconds, always: rows of equal length sort as text.
const RFC_3339: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// A moment as all files show it: `2024-11-01T14:30:22.000000Z`.
pub(super) fn rfc_3339(moment: Timestamp) -> String {
    RFC_3339.timestamp_to_string(&moment)
}

/// A run's two moments as text. Both stand in several rows: they are formatted once, into reused memory.
#[derive(Debug, Default)]
pub(super) struct Times {
    started_at: String,
    completed_at: String,
}

impl Times {
    pub(super) fn set(&mut self, run: &Run) {
        for (text, moment) in [
            (&mut self.started_at, run.started_at),
            (&mut self.completed_at, run.completed_at),
        ] {
            text.clear();
            RFC_3339
                .print_timestamp(&moment, text)
                .expect("a string takes every text");
        }
    }
}

/// A line of `trace_summary.jsonl`.
#[derive(Debug, Serialize)]
pub(super) struct SummaryRow<'a> {
    trace_id: &'a str,
    case: &'a str,
    iteration: u32,
    persona: Option<&'a str>,
    input: &'a RawValue,
    output: Option<&'a RawValue>,
    duration_ms: f64,
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
}

impl<'a> SummaryRow<'a> {
    pub(super) fn new(run: &'a Run) -> Self {
        let (output, error) = parts(&run.outcome);
        Self {
            trace_id: &run.trace_id,
            case: &run.case.name,
            iteration: run.case.iteration,
            persona: run
                .case
                .persona
                .as_deref()
                .map(|persona| persona.name.as_str()),
            input: &run.case.input.recorded,
            output,
            duration_ms: milliseconds(run.duration),
            success: run.outcome.is_success(),
            error,
            attempts: (run.attempts > 1).then_some(run.attempts),
        }
    }
}

/// A line of `traces.jsonl`.
#[derive(Debug, Serialize)]
pub(super) struct TraceRow<'a> {
    #[serde(flatten)]
    summary: &'a SummaryRow<'a>,
    wall_ms: f64,
    started_at: &'a str,
    completed_at: &'a str,
    metadata: Metadata<'a>,
    observation_count: usize,
}

/// Always an object, so that readers need no case for inputs without metadata.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Metadata<'a> {
    Recorded(&'a RawValue),
    None {},
}

impl<'a> TraceRow<'a> {
    /// `observation_count`: the lines that `observations.jsonl` has of this run.
    pub(super) fn new(
        run: &'a Run,
        summary: &'a SummaryRow<'a>,
        times: &'a Times,
        observation_count: usize,
    ) -> Self {
        Self {
            summary,
            wall_ms: milliseconds(run.wall),
            started_at: &times.started_at,
            completed_at: &times.completed_at,
            metadata: run
                .case
                .input
                .recorded_metadata
                .as_deref()
                .map_or(Metadata::None {}, Metadata::Recorded),
            observation_count,
        }
    }
}

/// A line of `observations.jsonl`.
#[derive(Debug, Serialize)]
pub(super) struct ObservationRow<'a> {
    trace_id: &'a str,
    r#type: ObservationType,
    timestamp: &'a str,
    name: &'static str,
    id: RootId<'a>,
    kind: ObservationKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<Level>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Failure>,
    start_time: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<f64>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum ObservationType {
    SpanStart,
    SpanEnd,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum ObservationKind {
    Agent,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Level {
    Error,
}

/// The id of the span around all else of a run: `trace_001.0`.
#[derive(Clone, Copy, Debug)]
struct RootId<'a>(&'a str);

impl Serialize for RootId<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}.0", self.0))
    }
}

impl<'a> ObservationRow<'a> {
    /// The span around all else of a run: its start and its end.
    pub(super) fn agent_run(run: &'a Run, times: &'a Times) -> [Self; 2] {
        let (output, error) = parts(&run.outcome);
        let start = Self {
            trace_id: &run.trace_id,
            r#type: ObservationType::SpanStart,
            timestamp: &times.started_at,
            name: "agent_run",
            id: RootId(&run.trace_id),
            kind: ObservationKind::Agent,
            level: None,
            input: Some(&run.case.input.recorded),
            output: None,
            error: None,
            start_time: &times.started_at,
            end_time: None,
            duration_ms: None,
        };
        let end = Self {
            r#type: ObservationType::SpanEnd,
            timestamp: &times.completed_at,
            level: error.map(|_| Level::Error),
            input: None,
            output,
            error,
            end_time: Some(&times.completed_at),
            duration_ms: Some(milliseconds(run.duration)),
            ..start
        };
        [start, end]
    }
}

fn parts(outcome: &Outcome) -> (Option<&RawValue>, Option<&Failure>) {
    match outcome {
        Outcome::Returned(output) => (Some(output), None),
        Outcome::Failed(failure) => (None, Some(failure)),
    }
}
