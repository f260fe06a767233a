//! The lines of `observations.jsonl`.

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::row::{Times, parts, rfc_3339};
use crate::{
    event::{Decided, Failure, Run},
    summary::milliseconds,
    supervisor::{Decision, Step, TokenUsage},
};

/// A line of `observations.jsonl`.
#[derive(Debug, Serialize)]
pub(super) struct ObservationRow<'a> {
    trace_id: &'a str,
    r#type: ObservationType,
    timestamp: &'a str,
    name: &'static str,
    id: SpanId<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<SpanId<'a>>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<DecisionAttributes>,
}

/// What is known of a supervisor's decision besides what it was.
#[derive(Clone, Copy, Debug, Serialize)]
struct DecisionAttributes {
    turn: u32,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_usage: Option<TokenUsage>,
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
    Supervisor,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Level {
    Error,
}

/// The id of a span of a run: `trace_001.0` is the one around all else.
#[derive(Clone, Copy, Debug)]
struct SpanId<'a>(&'a str, usize);

impl Serialize for SpanId<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}.{}", self.0, self.1))
    }
}

impl<'a> ObservationRow<'a> {
    /// The span around all else of a run: its start and its end.
    fn agent_run(run: &'a Run, times: &'a Times) -> [Self; 2] {
        let (output, error) = parts(&run.outcome);
        let start = Self {
            trace_id: &run.trace_id,
            r#type: ObservationType::SpanStart,
            timestamp: &times.started_at,
            name: "agent_run",
            id: SpanId(&run.trace_id, 0),
            parent_id: None,
            kind: ObservationKind::Agent,
            level: None,
            input: Some(&run.case.input.recorded),
            output: None,
            error: None,
            start_time: &times.started_at,
            end_time: None,
            duration_ms: None,
            attributes: None,
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

    /// The span of one decision: its start and its end.
    fn decision(run: &'a Run, number: usize, decided: &'a DecisionText) -> [Self; 2] {
        let start = Self {
            trace_id: &run.trace_id,
            r#type: ObservationType::SpanStart,
            timestamp: &decided.times.started_at,
            name: "supervisor_decision",
            id: SpanId(&run.trace_id, number),
            parent_id: Some(SpanId(&run.trace_id, 0)),
            kind: ObservationKind::Supervisor,
            level: None,
            input: decided.prompt.as_deref(),
            output: None,
            error: None,
            start_time: &decided.times.started_at,
            end_time: None,
            duration_ms: None,
            attributes: None,
        };
        let end = Self {
            r#type: ObservationType::SpanEnd,
            timestamp: &decided.times.completed_at,
            input: None,
            output: Some(&decided.reply),
            end_time: Some(&decided.times.completed_at),
            duration_ms: Some(decided.latency_ms),
            attributes: Some(decided.attributes),
            ..start
        };
        [start, end]
    }
}

/// A decision as its rows say it. Supervisors are slow: what is made anew for each costs nothing beside them.
#[derive(Debug)]
pub(super) struct DecisionText {
    times: Times,
    prompt: Option<Box<RawValue>>,
    reply: Box<RawValue>,
    latency_ms: f64,
    attributes: DecisionAttributes,
}

/// What the supervisor decided, in the words that supervisors answer with.
#[derive(Serialize)]
struct StepText<'a> {
    decision: &'static str,
    next_user_message: Option<&'a str>,
    termination_reason: Option<&'a str>,
    closing_user_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a str>,
}

impl DecisionText {
    /// Every decision of a run.
    pub(super) fn all(run: &Run) -> Vec<Self> {
        let decisions = run
            .conversation
            .iter()
            .flat_map(|conversation| &conversation.decisions);
        decisions.map(Self::new).collect()
    }

    fn new(decided: &Decided) -> Self {
        let Decision {
            step,
            usage,
            attempts,
            latency,
            prompt,
            reply,
        } = &decided.decision;
        let mut text = StepText {
            decision: "continue",
            next_user_message: None,
            termination_reason: None,
            closing_user_message: None,
            raw: reply.as_deref(),
        };
        match step {
            Step::Continue(message) => text.next_user_message = Some(message),
            Step::Stop { reason, closing } => {
                text.decision = "terminate";
                text.termination_reason = reason.as_deref();
                text.closing_user_message = closing.as_deref();
            }
        }
        Self {
            times: Times {
                started_at: rfc_3339(decided.asked_at),
                completed_at: rfc_3339(decided.decided_at),
            },
            prompt: prompt.as_ref().and_then(|prompt| to_raw_value(prompt).ok()),
            // Text throughout: it can be written.
            reply: to_raw_value(&text).unwrap_or_else(|_| RawValue::NULL.to_owned()),
            latency_ms: milliseconds(*latency),
            attributes: DecisionAttributes {
                turn: decided.turn,
                attempts: *attempts,
                token_usage: *usage,
            },
        }
    }
}

/// All observations of a run, in the order of their starts but for the end of the first.
pub(super) fn observations<'a>(
    run: &'a Run,
    times: &'a Times,
    decisions: &'a [DecisionText],
) -> Vec<ObservationRow<'a>> {
    let [start, end] = ObservationRow::agent_run(run, times);
    let mut rows = Vec::with_capacity(2 + 2 * decisions.len());
    rows.push(start);
    for (place, decision) in decisions.iter().enumerate() {
        rows.extend(ObservationRow::decision(run, place + 1, decision));
    }
    rows.push(end);
    rows
}
