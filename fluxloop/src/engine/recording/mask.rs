//! Masks the secrets that the engine knows of: the worker masks what it knows of itself.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::{
    secret::Secrets,
    supervisor::{Decision, Step, SupervisorFailure},
    worker::protocol::{Happening, PointInTime, SpanEnd, SpanError, SpanStart},
};

pub(super) fn happening(what: Happening<'static>, secrets: &Secrets) -> Happening<'static> {
    match what {
        Happening::SpanStart(start) => Happening::SpanStart(SpanStart {
            name: text(start.name, secrets),
            input: start.input.map(|input| json(input, secrets)),
            attributes: start.attributes.map(|all| json(all, secrets)),
            ..start
        }),
        Happening::SpanEnd(end) => Happening::SpanEnd(SpanEnd {
            input: end.input.map(|input| json(input, secrets)),
            output: end.output.map(|output| json(output, secrets)),
            error: end.error.map(|error| SpanError {
                message: text(error.message, secrets),
                panic: error.panic,
            }),
            attributes: end.attributes.map(|all| json(all, secrets)),
            model: end.model.map(|model| text(model, secrets)),
            ..end
        }),
        Happening::Event(event) => Happening::Event(PointInTime {
            name: text(event.name, secrets),
            input: event.input.map(|input| json(input, secrets)),
            output: event.output.map(|output| json(output, secrets)),
            attributes: event.attributes.map(|all| json(all, secrets)),
            ..event
        }),
    }
}

/// Masks what a supervisor said, and what it was asked.
pub(in crate::engine) fn decision(
    result: Result<Decision, SupervisorFailure>,
    secrets: &Secrets,
) -> Result<Decision, SupervisorFailure> {
    let masked = |text: String| match secrets.redact(&text) {
        Cow::Owned(masked) => masked,
        Cow::Borrowed(_) => text,
    };
    match result {
        Ok(decision) => Ok(Decision {
            step: match decision.step {
                Step::Continue(message) => Step::Continue(masked(message)),
                Step::Stop { reason, closing } => Step::Stop {
                    reason: reason.map(masked),
                    closing: closing.map(masked),
                },
            },
            prompt: decision.prompt.map(masked),
            reply: decision.reply.map(masked),
            ..decision
        }),
        Err(failure) => Err(SupervisorFailure {
            message: masked(failure.message),
            prompt: failure.prompt.map(|prompt| masked(prompt.into()).into()),
            reply: failure.reply.map(|reply| masked(reply.into()).into()),
            ..failure
        }),
    }
}

fn text(text: Cow<'static, str>, secrets: &Secrets) -> Cow<'static, str> {
    match secrets.redact(&text) {
        Cow::Owned(masked) => Cow::Owned(masked),
        Cow::Borrowed(_) => text,
    }
}

fn json(json: Cow<'static, RawValue>, secrets: &Secrets) -> Cow<'static, RawValue> {
    match secrets.redact_json(&json) {
        Cow::Owned(masked) => Cow::Owned(masked),
        Cow::Borrowed(_) => json,
    }
}
