//! What spans are called and say, after OpenTelemetry's semantic conventions for generative AI (version 0.1).

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use serde_json::{json, value::RawValue};

use super::{attributes::Attributes, content, traces::Experiment};
use crate::{
    event::{ConversationRecord, Observation, ObservationKind, ObservedError, Run, SpanEnded},
    summary::milliseconds,
    worker::protocol::Usage,
};

const OPERATION: &str = "gen_ai.operation.name";
const TOOL: &str = "gen_ai.tool.name";
const REQUEST_MODEL: &str = "gen_ai.request.model";
const RESPONSE_MODEL: &str = "gen_ai.response.model";

/// What went into a span and what came out of it, where that is sent.
#[derive(Default)]
pub(super) struct Said<'a> {
    pub(super) input: Option<&'a RawValue>,
    pub(super) output: Option<&'a RawValue>,
}

/// What a span is called by the collector, and what kind it is of. Adds what the conventions ask for.
pub(super) fn describe(
    observation: &Observation<'_>,
    ended: &SpanEnded<'_>,
    said: &Said<'_>,
    attributes: &mut Attributes,
) -> (String, SpanKind) {
    let name = observation.name.as_ref();
    attributes.set_some(
        "fluxloop.level",
        observation.level.map(|level| json!(level)),
    );
    match observation.kind {
        ObservationKind::Generation => {
            let named = generation(ended, attributes);
            messages(said, content::messages, attributes);
            (named, SpanKind::Client)
        }
        ObservationKind::Tool => {
            attributes.set(OPERATION, "execute_tool");
            attributes.set_default(TOOL, Some(name));
            attributes.set_some("gen_ai.tool.call.arguments", said.input.map(RawValue::get));
            attributes.set_some("gen_ai.tool.call.result", said.output.map(RawValue::get));
            let tool = attributes.text(TOOL).unwrap_or(name);
            (format!("execute_tool {tool}"), SpanKind::Internal)
        }
        ObservationKind::Agent | ObservationKind::Turn => {
            messages(said, content::message, attributes);
            attributes.set("fluxloop.duration_ms", milliseconds(ended.duration));
            (name.to_owned(), SpanKind::Internal)
        }
        _ => {
            usage(ended.usage, attributes);
            what_was_said(said, attributes);
            (name.to_owned(), SpanKind::Internal)
        }
    }
}

fn generation(ended: &SpanEnded<'_>, attributes: &mut Attributes) -> String {
    attributes.set_default(OPERATION, Some("chat"));
    attributes.set_default(RESPONSE_MODEL, ended.model.as_deref());
    usage(ended.usage, attributes);
    let operation = attributes.text(OPERATION).unwrap_or("chat");
    let asked = attributes.text(REQUEST_MODEL);
    match asked.or(attributes.text(RESPONSE_MODEL)) {
        Some(model) => format!("{operation} {model}"),
        None => operation.to_owned(),
    }
}

/// Unknown usage stays absent.
fn usage(usage: Option<Usage>, attributes: &mut Attributes) {
    let Some(usage) = usage else { return };
    for (name, tokens) in [
        ("gen_ai.usage.input_tokens", usage.input_tokens),
        ("gen_ai.usage.output_tokens", usage.output_tokens),
        ("gen_ai.usage.cache_read.input_tokens", usage.cached_tokens),
        (
            "gen_ai.usage.cache_creation.input_tokens",
            usage.cache_creation_tokens,
        ),
        (
            "gen_ai.usage.reasoning.output_tokens",
            usage.reasoning_tokens,
        ),
    ] {
        attributes.set_default(name, tokens);
    }
}

/// What the user says, and what the agent or its model answers.
fn messages(said: &Said<'_>, written: fn(&str, &RawValue) -> String, attributes: &mut Attributes) {
    let input = said.input.map(|said| written("user", said));
    attributes.set_some("gen_ai.input.messages", input);
    let output = said.output.map(|said| written("assistant", said));
    attributes.set_some("gen_ai.output.messages", output);
}

pub(super) fn what_was_said(said: &Said<'_>, attributes: &mut Attributes) {
    attributes.set_some("fluxloop.input", said.input.map(content::text));
    attributes.set_some("fluxloop.output", said.output.map(content::text));
}

/// What is known of a run at its end. The name of its span.
pub(super) fn run(run: &Run, experiment: &Experiment, attributes: &mut Attributes) -> String {
    let case = &run.case;
    let agent = experiment.agent();
    attributes.set(OPERATION, "invoke_agent");
    attributes.set("gen_ai.agent.name", agent);
    attributes.set("test.suite.name", experiment.name.as_str());
    attributes.set("test.case.name", case.name.as_str());
    let status = if run.outcome.is_success() {
        "pass"
    } else {
        "fail"
    };
    attributes.set("test.case.result.status", status);
    attributes.set("fluxloop.experiment", experiment.directory.as_str());
    attributes.set("fluxloop.target", experiment.target.as_str());
    attributes.set("fluxloop.trace_id", run.trace_id.as_str());
    attributes.set("fluxloop.input_id", case.input.id.as_str());
    attributes.set("fluxloop.iteration", case.iteration);
    attributes.set("fluxloop.attempts", run.attempts);
    let persona = case.persona.as_deref();
    attributes.set_some(
        "fluxloop.persona",
        persona.map(|persona| persona.name.as_str()),
    );
    attributes.set_some("fluxloop.cost", run.cost);
    let dropped = Some(run.observations_dropped).filter(|dropped| *dropped > 0);
    attributes.set_some("fluxloop.observations_dropped", dropped);
    usage(run.usage, attributes);
    if let Some(record) = &run.conversation {
        conversation(record, attributes);
        let id = format!("{}/{}", experiment.directory, run.trace_id);
        attributes.set("gen_ai.conversation.id", id);
    }
    format!("invoke_agent {agent}")
}

fn conversation(record: &ConversationRecord, attributes: &mut Attributes) {
    attributes.set("fluxloop.turn_count", record.turn_count);
    attributes.set("fluxloop.termination_reason", record.end.reason());
    attributes.set("fluxloop.supervisor.provider", record.provider);
    attributes.set_some("fluxloop.supervisor.model", record.model.as_deref());
}

/// What went wrong: the message, what `error.type` says, and what is told of the exception.
pub(super) fn error(error: &ObservedError<'_>) -> (String, &'static str, Attributes) {
    let mut exception = Attributes::default();
    let (message, kind) = match error {
        ObservedError::Failure(failure) => {
            if !failure.causes.is_empty() {
                exception.set("fluxloop.causes", failure.causes.clone());
            }
            exception.set_some("code.file.path", failure.file.as_deref());
            exception.set_some("code.line.number", failure.line);
            exception.set_some("fluxloop.signal", failure.signal);
            exception.set_some("fluxloop.exit_code", failure.exit_code);
            (failure.message.as_str(), failure.kind.as_str())
        }
        // `_OTHER` is the conventions' word for an error whose type nobody knows.
        ObservedError::Told { message, panic } => {
            (message.as_ref(), if *panic { "panic" } else { "_OTHER" })
        }
    };
    exception.set("exception.type", kind);
    exception.set("exception.message", message);
    (message.to_owned(), kind, exception)
}
