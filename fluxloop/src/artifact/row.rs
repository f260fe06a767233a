//! The rows of the `.jsonl` files, borrowed from the run that they tell of.

use jiff::{Timestamp, fmt::temporal::DateTimePrinter};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    event::{ConversationRecord, ConversationState, Failure, Run},
    expect::JudgedCheck,
    summary::milliseconds,
    supervisor::{Speaker, TokenUsage},
    worker::protocol::Usage,
};

/// Microseconds, always: rows of equal length sort as text.
const RFC_3339: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// A moment as all files show it: `2024-11-01T14:30:22.000000Z`.
pub(super) fn rfc_3339(moment: Timestamp) -> String {
    RFC_3339.timestamp_to_string(&moment)
}

/// [`rfc_3339`] into memory that is used again.
pub(super) fn set_rfc_3339(text: &mut String, moment: Timestamp) {
    text.clear();
    RFC_3339
        .print_timestamp(&moment, text)
        .expect("a string takes every text");
}

/// A run's two moments as text. Both stand in several rows: they are formatted once, into reused memory.
#[derive(Debug, Default)]
pub(super) struct Times {
    pub(super) started_at: String,
    pub(super) completed_at: String,
}

impl Times {
    pub(super) fn set(&mut self, run: &Run) {
        for (text, moment) in [
            (&mut self.started_at, run.started_at),
            (&mut self.completed_at, run.completed_at),
        ] {
            set_rfc_3339(text, moment);
        }
    }
}

/// A run as programs read it: a line of `trace_summary.jsonl`.
#[derive(Debug, Serialize)]
pub struct SummaryRow<'a> {
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
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    checks: &'a [JudgedCheck],
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_usage: Option<UsageRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<f64>,
    #[serde(flatten)]
    conversation: Option<ConversationFields>,
}

/// What a line of `trace_summary.jsonl` says of a conversation.
#[derive(Clone, Copy, Debug, Serialize)]
struct ConversationFields {
    conversation_state: ConversationState,
    termination_reason: &'static str,
    turn_count: u32,
}

impl<'a> SummaryRow<'a> {
    /// The run's line.
    #[must_use]
    pub fn new(run: &'a Run) -> Self {
        let turns = run
            .conversation
            .as_ref()
            .map_or(1, |conversation| conversation.turn_count);
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
            output: run.outcome.output(),
            duration_ms: milliseconds(run.duration),
            success: run.outcome.is_success(),
            error: run.outcome.failure(),
            checks: &run.checks,
            attempts: (run.attempts > turns).then_some(run.attempts),
            token_usage: UsageRow::of(run.usage),
            cost: run.cost,
            conversation: run
                .conversation
                .as_ref()
                .map(|conversation| ConversationFields {
                    conversation_state: conversation.end.state(),
                    termination_reason: conversation.end.reason(),
                    turn_count: conversation.turn_count,
                }),
        }
    }
}

/// The agent's tokens: what no client of a model told is absent.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct UsageRow {
    #[serde(flatten)]
    usage: Usage,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_tokens: Option<u64>,
}

impl UsageRow {
    /// Absent where nothing is known.
    pub(super) fn of(usage: Option<Usage>) -> Option<Self> {
        let usage = usage.filter(Usage::is_known)?;
        Some(Self {
            usage,
            total_tokens: usage.total_tokens(),
        })
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
    #[serde(skip_serializing_if = "is_zero")]
    observations_dropped: u64,
    #[serde(flatten)]
    conversation: Option<ConversationDetails<'a>>,
}

/// What a line of `traces.jsonl` says of a conversation besides.
#[derive(Debug, Serialize)]
struct ConversationDetails<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    termination_detail: Option<&'a str>,
    conversation_history: Vec<SaidRow<'a>>,
    supervisor: SupervisorFields<'a>,
}

#[derive(Debug, Serialize)]
struct SaidRow<'a> {
    turn: u32,
    role: Speaker,
    content: &'a str,
    source: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    actions: &'a [String],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    closing: bool,
}

#[derive(Debug, Serialize)]
struct SupervisorFields<'a> {
    provider: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_usage: Option<TokenUsage>,
}

impl<'a> ConversationDetails<'a> {
    fn new(record: &'a ConversationRecord) -> Self {
        let said = record.history.iter().map(|said| SaidRow {
            turn: said.turn,
            role: said.speaker,
            content: &said.content,
            source: match said.speaker {
                Speaker::Assistant => "agent",
                Speaker::User if said.turn == 1 && !said.closing => "input",
                Speaker::User => "supervisor",
            },
            actions: match said.speaker {
                Speaker::Assistant => record.actions_of(said.turn),
                Speaker::User => &[],
            },
            closing: said.closing,
        });
        Self {
            termination_detail: record.end.detail(),
            conversation_history: said.collect(),
            supervisor: SupervisorFields {
                provider: record.provider,
                model: record.model.as_deref(),
                token_usage: record.usage,
            },
        }
    }
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
            observations_dropped: run.observations_dropped,
            conversation: run.conversation.as_ref().map(ConversationDetails::new),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
