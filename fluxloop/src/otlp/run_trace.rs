use std::collections::HashMap;

use jiff::Timestamp;
use opentelemetry_proto::tonic::trace::v1::{
    Span, Status, span::Event as SpanEvent, status::StatusCode,
};
use serde_json::value::RawValue;

use super::{
    attributes::Attributes,
    content,
    ids::TraceIds,
    semantics::{self, Said},
    traces::Experiment,
};
use crate::event::{Observation, ObservationKind, Run, SpanEnded, SpanId, What};

/// Sampled, and its parent is of the same process.
const FLAGS: u32 = 0x101;

/// How much is kept of spans.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Whether what was said is sent.
    pub(super) content: bool,
    /// The most events a span, an exception not counted.
    pub(super) events: usize,
}

/// The trace of a run under way.
#[derive(Debug)]
pub(super) struct RunTrace {
    ids: TraceIds,
    limits: Limits,
    open: HashMap<SpanId, Open>,
    /// The span around all else, once it has ended: more is known of it when the run ends.
    around: Option<(Span, Attributes)>,
}

/// A span that has begun.
#[derive(Debug, Default)]
struct Open {
    attributes: Attributes,
    input: Option<Box<RawValue>>,
    events: Vec<SpanEvent>,
    dropped_events: u32,
}

impl RunTrace {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            ids: TraceIds::random(),
            limits,
            open: HashMap::new(),
            around: None,
        }
    }

    /// Takes an observation in. The span that it ends.
    pub(super) fn observed(&mut self, observation: &Observation<'_>) -> Option<Span> {
        match (&observation.what, observation.id) {
            (What::Start { input }, Some(id)) => {
                self.began(id, observation, input.as_deref());
                None
            }
            (What::End(ended), Some(id)) => self.ended(id, observation, ended),
            (What::Moment { input, output }, _) => {
                let said = Said {
                    input: input.as_deref(),
                    output: output.as_deref(),
                };
                self.moment(observation, &said);
                None
            }
            // Spans have ids.
            (What::Start { .. } | What::End(_), None) => None,
        }
    }

    /// The run has ended: its span, with all that is known of it.
    pub(super) fn finish(self, run: &Run, experiment: &Experiment) -> Option<Span> {
        let (mut span, mut attributes) = self.around?;
        span.name = semantics::run(run, experiment, &mut attributes);
        span.attributes = attributes.into();
        Some(span)
    }

    fn began(&mut self, id: SpanId, observation: &Observation<'_>, input: Option<&RawValue>) {
        let mut open = Open {
            input: input.filter(|_| self.limits.content).map(ToOwned::to_owned),
            ..Open::default()
        };
        self.attributes(observation, &mut open.attributes);
        self.open.insert(id, open);
    }

    fn ended(
        &mut self,
        id: SpanId,
        observation: &Observation<'_>,
        ended: &SpanEnded<'_>,
    ) -> Option<Span> {
        let open = self.open.remove(&id)?;
        let mut attributes = open.attributes;
        self.attributes(observation, &mut attributes);
        let later = ended.input.as_deref().filter(|_| self.limits.content);
        let said = Said {
            input: later.or(open.input.as_deref()),
            output: ended.output.as_deref().filter(|_| self.limits.content),
        };
        let (name, kind) = semantics::describe(observation, ended, &said, &mut attributes);
        let mut span = Span {
            trace_id: self.ids.trace(),
            span_id: self.ids.span(id),
            parent_span_id: observation
                .parent
                .map(|parent| self.ids.span(parent))
                .unwrap_or_default(),
            flags: FLAGS,
            name,
            kind: kind.into(),
            start_time_unix_nano: nanoseconds(ended.started_at),
            // A clock that was put back makes no negative time.
            end_time_unix_nano: nanoseconds(observation.at.max(ended.started_at)),
            events: open.events,
            dropped_events_count: open.dropped_events,
            ..Span::default()
        };
        if let Some(error) = &ended.error {
            let (message, kind, exception) = semantics::error(error);
            attributes.set("error.type", kind);
            span.status = Some(Status {
                message,
                code: StatusCode::Error.into(),
            });
            span.events
                .push(event("exception", observation.at, exception));
        }
        if id == SpanId::Run {
            self.around = Some((span, attributes));
            return None;
        }
        span.attributes = attributes.into();
        Some(span)
    }

    fn moment(&mut self, observation: &Observation<'_>, said: &Said<'_>) {
        let mut attributes = Attributes::default();
        if self.limits.content {
            semantics::what_was_said(said, &mut attributes);
        }
        if self.limits.content || !content::is_message(&observation.name) {
            self.attributes(observation, &mut attributes);
        }
        let level = observation.level.map(|level| serde_json::json!(level));
        attributes.set_some("fluxloop.level", level);
        let parent = observation.parent.unwrap_or(SpanId::Run);
        // A span that has ended takes nothing more; the one around all else is there to the end.
        let id = if self.open.contains_key(&parent) {
            parent
        } else {
            SpanId::Run
        };
        let Some(open) = self.open.get_mut(&id) else {
            return;
        };
        if open.events.len() < self.limits.events {
            open.events
                .push(event(&observation.name, observation.at, attributes));
        } else {
            open.dropped_events = open.dropped_events.saturating_add(1);
        }
    }

    /// Adds what an observation says. Names that the agent chose stay as they are; ours get our prefix.
    fn attributes(&self, observation: &Observation<'_>, attributes: &mut Attributes) {
        let Some(object) = observation.attributes.as_deref() else {
            return;
        };
        let is_ours = matches!(
            observation.kind,
            ObservationKind::Agent | ObservationKind::Turn | ObservationKind::Supervisor
        );
        attributes.take_in(object, |key| {
            let name = if is_ours {
                format!("fluxloop.{key}")
            } else {
                key.to_owned()
            };
            (self.limits.content || !content::is_content(&name)).then_some(name)
        });
    }
}

fn event(name: &str, at: Timestamp, attributes: Attributes) -> SpanEvent {
    SpanEvent {
        time_unix_nano: nanoseconds(at),
        name: name.to_owned(),
        attributes: attributes.into(),
        ..SpanEvent::default()
    }
}

/// Since the Unix epoch; what was before it never was.
fn nanoseconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_nanosecond()).unwrap_or_default()
}
