use std::{borrow::Cow, sync::Arc, thread};

use serde_json::value::RawValue;
use tracing::Metadata;

use super::{
    fields::{Attributes, Told},
    gen_ai::{Facts, LATE},
    recorder::now,
    run::ObservedRun,
    text::Held,
    tool::{KIND_FIELD, Outcome},
};
use crate::worker::{
    panic_message,
    protocol::{Happening, Level, SpanEnd, SpanError, SpanKind, SpanStart},
};

/// What is known of a span of a run, until it ends.
#[derive(Debug)]
pub(super) struct ObservedSpan {
    pub(super) run: Arc<ObservedRun>,
    pub(super) id: u64,
    /// Its start, as long as that waits to be told.
    waiting: Option<Waiting>,
    /// As the start said it.
    kind: SpanKind,
    attributes: Attributes,
    /// Attributes came after the start.
    is_changed: bool,
    facts: Option<Box<Facts>>,
    output: Option<Box<RawValue>>,
    error: Option<SpanError<'static>>,
    /// It began while its thread panicked: the panic is not its own.
    within_panic: bool,
    /// A span within it has told of tokens.
    pub(super) is_counted_within: bool,
}

/// The start of a span that is not told yet.
#[derive(Debug)]
struct Waiting {
    at_ns: u64,
    parent: Option<u64>,
    metadata: &'static Metadata<'static>,
    input: Option<Held>,
    /// How many more fields it waits for.
    fields: u32,
}

impl ObservedSpan {
    /// A span that begins now. Its start is told at once, unless it is that of a tool whose name and arguments are still
    /// to come.
    pub(super) fn begin(
        run: Arc<ObservedRun>,
        parent: Option<u64>,
        metadata: &'static Metadata<'static>,
        told: Told<'_>,
        arguments: Option<Held>,
    ) -> Self {
        let fields = metadata.fields();
        let declared = LATE
            .iter()
            .filter(|late| fields.field(**late).is_some())
            .count();
        let waiting = Waiting {
            at_ns: now(),
            parent,
            metadata,
            input: arguments,
            fields: u32::try_from(declared)
                .unwrap_or(0)
                .saturating_sub(told.late),
        };
        let waits = waiting.fields > 0;
        let mut span = Self {
            id: run.next_id(),
            run,
            waiting: Some(waiting),
            kind: if fields.field(KIND_FIELD).is_some() {
                SpanKind::Tool
            } else {
                SpanKind::Span
            },
            attributes: told.attributes,
            is_changed: false,
            facts: told.facts,
            output: None,
            error: None,
            within_panic: thread::panicking(),
            is_counted_within: false,
        };
        if let Some(message) = told.message {
            span.attributes
                .set("message", span.run.recorder.text(&message));
        }
        if !waits {
            span.tell_start();
        }
        span
    }

    /// Whether its start is not told yet.
    pub(super) fn waits(&self) -> bool {
        self.waiting.is_some()
    }

    /// Whether there is all that its start waits for.
    pub(super) fn is_known(&self) -> bool {
        self.waiting
            .as_ref()
            .is_none_or(|waiting| waiting.fields == 0)
    }

    /// Tells the start, once.
    pub(super) fn tell_start(&mut self) {
        let Some(waiting) = self.waiting.take() else {
            return;
        };
        let recorder = &self.run.recorder;
        let facts = self.facts.as_deref_mut();
        if self.kind == SpanKind::Span {
            self.kind = facts
                .as_ref()
                .and_then(|facts| facts.kind())
                .unwrap_or_default();
        }
        let name = facts.as_ref().and_then(|facts| facts.name());
        let name = name.map_or_else(
            || waiting.metadata.name().into(),
            |name| recorder.words(name).into(),
        );
        let arguments = waiting.input.map(|arguments| recorder.json(&arguments));
        let input = arguments.or_else(|| {
            let input = facts.and_then(|facts| facts.input.take());
            input.map(|input| recorder.json_or_text(&input))
        });
        self.run.send(
            waiting.at_ns,
            Happening::SpanStart(SpanStart {
                id: self.id,
                parent: waiting.parent,
                name,
                kind: self.kind,
                level: level(*waiting.metadata.level()),
                input: input.map(Cow::Owned),
                attributes: self.attributes.object().map(Cow::Owned),
            }),
        );
        self.is_changed = false;
    }

    /// Takes fields that are told after its start.
    pub(super) fn add(&mut self, told: Told<'_>, outcome: Option<Outcome>) {
        if let Some(waiting) = &mut self.waiting {
            waiting.fields = waiting.fields.saturating_sub(told.late);
        }
        self.is_changed |= !told.attributes.is_empty();
        self.attributes.add(told.attributes);
        if let Some(message) = told.message {
            self.attributes
                .set("message", self.run.recorder.text(&message));
            self.is_changed = true;
        }
        if let Some(later) = told.facts {
            self.facts.get_or_insert_default().add(*later);
        }
        match outcome {
            Some(Outcome(Ok(output))) => {
                self.output = output.map(|output| self.run.recorder.json(&output));
            }
            Some(Outcome(Err(message))) => self.fail(&message, false),
            None => {}
        }
    }

    /// It failed, as an event in it says.
    pub(super) fn fail_by(&mut self, told: &Told<'_>) {
        if let Some(error) = told.facts.as_deref().and_then(Facts::error) {
            self.fail(error, false);
        }
    }

    /// Its thread left it by a panic.
    pub(super) fn panic(&mut self) {
        let is_told = self.error.as_ref().is_some_and(|error| error.panic);
        if !self.within_panic && !is_told {
            let message = panic_message();
            self.fail(
                message
                    .as_deref()
                    .unwrap_or("a panic whose message is unknown"),
                true,
            );
        }
    }

    fn fail(&mut self, message: &str, panic: bool) {
        self.error = Some(SpanError {
            message: self.run.recorder.words(message).into(),
            panic,
        });
    }

    /// Whether it tells of tokens that no span within it has told of.
    pub(super) fn uses_tokens(&self) -> bool {
        !self.is_counted_within && self.facts.as_deref().and_then(Facts::usage).is_some()
    }

    /// Tells the end.
    pub(super) fn end(mut self) {
        let recorder = &self.run.recorder;
        let usage = self
            .facts
            .as_deref()
            .filter(|_| self.uses_tokens())
            .and_then(Facts::usage);
        let said = self.facts.as_deref().and_then(Facts::kind);
        let kind = match said {
            Some(kind) => kind,
            // What uses tokens and says no more of itself has asked a model.
            None if usage.is_some() && self.kind == SpanKind::Span => SpanKind::Generation,
            None => self.kind,
        };
        let mut facts = self.facts.take().unwrap_or_default();
        if self.error.is_none()
            && let Some(error) = facts.error()
        {
            self.error = Some(SpanError {
                message: recorder.words(error).into(),
                panic: false,
            });
        }
        let model = facts.model().filter(|_| kind == SpanKind::Generation);
        let model = model.map(|model| recorder.words(model).into());
        // Its start was told without, or it has changed since.
        let input = facts
            .input
            .take()
            .map(|input| recorder.json_or_text(&input));
        let output = facts
            .output
            .take()
            .map(|output| recorder.json_or_text(&output));
        self.run.send(
            now(),
            Happening::SpanEnd(SpanEnd {
                id: self.id,
                kind: (kind != self.kind).then_some(kind),
                input: input.map(Cow::Owned),
                output: self.output.take().or(output).map(Cow::Owned),
                error: self.error.take(),
                attributes: self
                    .attributes
                    .object()
                    .filter(|_| self.is_changed)
                    .map(Cow::Owned),
                model,
                usage,
            }),
        );
    }
}

pub(super) fn level(level: tracing::Level) -> Level {
    match level {
        tracing::Level::TRACE => Level::Trace,
        tracing::Level::DEBUG => Level::Debug,
        tracing::Level::INFO => Level::Info,
        tracing::Level::WARN => Level::Warn,
        tracing::Level::ERROR => Level::Error,
    }
}
