//! A decision of the supervisor, as rows tell of it.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::Tell;
use crate::{
    engine::notice::Decided,
    event::{Observation, ObservationKind, ObservedError, SpanEnded, SpanId, What},
    supervisor::{Decision, Step, TokenUsage},
    worker::protocol::{Level, Usage},
};

/// What is known of a decision besides what it was.
#[derive(Serialize)]
struct Attributes<'a> {
    turn: u32,
    attempts: u32,
    /// The reply as it came, where it led to no decision: else the output has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<&'a str>,
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

impl<'a> StepText<'a> {
    fn new(decision: &'a Decision) -> Self {
        let text = Self {
            decision: "continue",
            next_user_message: None,
            termination_reason: None,
            closing_user_message: None,
            raw: decision.reply.as_deref(),
        };
        match &decision.step {
            Step::Continue(message) => Self {
                next_user_message: Some(message),
                ..text
            },
            Step::Stop { reason, closing } => Self {
                decision: "terminate",
                termination_reason: reason.as_deref(),
                closing_user_message: closing.as_deref(),
                ..text
            },
        }
    }
}

/// Tells of a decision: its start and its end. Supervisors are slow: what is made anew for each costs nothing
/// beside them.
pub(super) fn tell(decided: &Decided, tell: Tell<'_>) {
    let (prompt, output, error, attributes, ended) = match &decided.result {
        Ok(decision) => {
            let mut ended = SpanEnded::new(decided.asked_at, decision.latency);
            ended.usage = decision.usage.map(usage);
            (
                decision.prompt.as_deref(),
                json(&StepText::new(decision)),
                None,
                attributes(decided.turn, decision.attempts, None),
                ended,
            )
        }
        Err(failure) => {
            let mut ended = SpanEnded::new(decided.asked_at, failure.latency);
            ended.usage = failure.usage.map(usage);
            let error = ObservedError::Told {
                message: Cow::Borrowed(&failure.message),
                panic: false,
            };
            (
                failure.prompt.as_deref(),
                None,
                Some(error),
                attributes(decided.turn, failure.attempts, failure.reply.as_deref()),
                ended,
            )
        }
    };
    let about = Observation {
        id: Some(SpanId::Decision(decided.turn)),
        parent: Some(SpanId::Run),
        name: Cow::Borrowed("supervisor_decision"),
        kind: ObservationKind::Supervisor,
        level: None,
        at: decided.asked_at,
        what: What::Start { input: None },
        attributes: None,
    };
    let prompt = prompt.and_then(|prompt| json(&prompt));
    tell(&Observation {
        what: What::Start {
            input: prompt.map(Cow::Owned),
        },
        ..about.clone()
    });
    tell(&Observation {
        at: decided.at,
        level: error.as_ref().map(|_| Level::Error),
        what: What::End(Box::new(SpanEnded {
            output: output.map(Cow::Owned),
            error,
            ..ended
        })),
        attributes: attributes.map(Cow::Owned),
        ..about
    });
}

fn attributes(turn: u32, attempts: u32, reply: Option<&str>) -> Option<Box<RawValue>> {
    json(&Attributes {
        turn,
        attempts,
        reply,
    })
}

fn usage(usage: TokenUsage) -> Usage {
    Usage {
        input_tokens: Some(usage.input_tokens),
        output_tokens: Some(usage.output_tokens),
        ..Usage::default()
    }
}

/// Text and numbers throughout: it can be written.
fn json(value: &impl Serialize) -> Option<Box<RawValue>> {
    to_raw_value(value).ok()
}
