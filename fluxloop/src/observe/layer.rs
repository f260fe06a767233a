use std::{borrow::Cow, sync::Arc, thread};

use tracing::{
    Event, Subscriber,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    layer::Context,
    registry::{LookupSpan, SpanRef},
};

use super::{
    fields::Told,
    gen_ai::Names,
    recorder::now,
    run::{self, ObservedRun, RUN_TARGET},
    span::{ObservedSpan, level},
    text::Held,
    tool::{self, HandedOver},
};
use crate::worker::protocol::{Happening, PointInTime, SpanKind};

/// Tells the engine of spans and events, each as part of the run that it happens in.
///
/// It keeps what it knows of a span in the span itself. Which run a span is part of it knows from the span around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ObserveLayer;

/// Where something happens: in a run, and in a span of it unless in the run's own.
struct Place {
    run: Arc<ObservedRun>,
    span: Option<u64>,
}

/// The span around a whole run, in the extensions of its span.
struct RunSpan(Arc<ObservedRun>);

impl Place {
    /// Within the innermost of these spans that is recorded. One that is not, since another recording of this process
    /// wanted it, is passed over.
    fn around<'s, S: LookupSpan<'s>>(innermost: SpanRef<'s, S>) -> Option<Self> {
        let outwards = std::iter::successors(Some(innermost), SpanRef::parent);
        outwards.into_iter().find_map(|span| Self::within(&span))
    }

    /// Whether what happens here is recorded.
    fn records(&self, metadata: &tracing::Metadata<'_>) -> bool {
        !self.run.is_over() && self.run.recorder.wants(metadata)
    }

    /// The run that the thread is in, for what has no span around it that is known.
    fn of_thread() -> Option<Self> {
        let run = run::current()?;
        run.see();
        Some(Self { run, span: None })
    }

    /// Within a span, whose start is told first where it still waits.
    fn within<'s, S: LookupSpan<'s>>(span: &SpanRef<'s, S>) -> Option<Self> {
        let extensions = span.extensions();
        if let Some(RunSpan(run)) = extensions.get() {
            return Some(Self {
                run: Arc::clone(run),
                span: None,
            });
        }
        let observed = extensions.get::<ObservedSpan>()?;
        let place = Self {
            run: Arc::clone(&observed.run),
            span: Some(observed.id),
        };
        let waits = observed.waits();
        drop(extensions);
        if waits {
            tell_start(span);
        }
        Some(place)
    }
}

/// Tells the start of a span, and those of the spans around it before, where they still wait for their names.
fn tell_start<'s, S: LookupSpan<'s>>(span: &SpanRef<'s, S>) {
    if let Some(parent) = span.parent() {
        Place::within(&parent);
    }
    // Told under the lock: nobody may tell of what is within it before.
    if let Some(observed) = span.extensions_mut().get_mut::<ObservedSpan>() {
        observed.tell_start();
    }
}

impl<S> Layer<S> for ObserveLayer
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else {
            return;
        };
        if attributes.metadata().target() == RUN_TARGET {
            if let Some(run) = run::current() {
                run.see();
                span.extensions_mut().insert(RunSpan(run));
            }
            return;
        }
        let place = match span.parent() {
            Some(parent) => Place::around(parent),
            None if attributes.is_contextual() => Place::of_thread(),
            None => None,
        };
        let place = place.filter(|place| place.records(attributes.metadata()));
        let Some(Place { run, span: parent }) = place else {
            return;
        };
        let recorder = Arc::clone(&run.recorder);
        let names = Names::of(attributes.metadata());
        let mut told = Told::new(&recorder, names);
        if let Some(kind) = names.kind() {
            told.facts.get_or_insert_default().suppose(kind);
        }
        attributes.record(&mut told);
        let arguments = match told.is_ours.then(tool::taken).flatten() {
            Some(HandedOver::Arguments(arguments)) => Some(arguments),
            _ => None,
        };
        let observed = ObservedSpan::begin(run, parent, attributes.metadata(), told, arguments);
        span.extensions_mut().insert(observed);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else {
            return;
        };
        let Some(run) = span
            .extensions()
            .get::<ObservedSpan>()
            .map(|observed| Arc::clone(&observed.run))
        else {
            return;
        };
        // Formatting calls the user's code, which may call us: no lock is held meanwhile.
        let mut told = Told::new(&run.recorder, Names::of(span.metadata()));
        values.record(&mut told);
        let outcome = match told.is_ours.then(tool::taken).flatten() {
            Some(HandedOver::Outcome(outcome)) => Some(outcome),
            _ => None,
        };
        let is_known = {
            let mut extensions = span.extensions_mut();
            let Some(observed) = extensions.get_mut::<ObservedSpan>() else {
                return;
            };
            observed.add(told, outcome);
            observed.waits() && observed.is_known()
        };
        if is_known {
            tell_start(&span);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let around = context.event_span(event);
        let place = match &around {
            Some(_) => context.event_span(event).and_then(Place::around),
            None if event.is_contextual() => Place::of_thread(),
            None => None,
        };
        let Some(Place { run, span: parent }) =
            place.filter(|place| place.records(event.metadata()))
        else {
            return;
        };
        let at_ns = now();
        let mut told = Told::new(&run.recorder, Names::Conventional);
        event.record(&mut told);
        if let Some(span) = &around
            && *event.metadata().level() == tracing::Level::ERROR
            && told.message.is_none()
            && told.has_error
            && let Some(observed) = span.extensions_mut().get_mut::<ObservedSpan>()
        {
            // An error without a word is what `#[instrument(err)]` says of its function's result.
            observed.fail_by(&told);
        }
        send_event(&run, at_ns, parent, event, told);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        if thread::panicking()
            && let Some(span) = context.span(id)
            && let Some(observed) = span.extensions_mut().get_mut::<ObservedSpan>()
        {
            observed.panic();
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        if span
            .extensions()
            .get::<ObservedSpan>()
            .is_some_and(ObservedSpan::waits)
        {
            tell_start(&span);
        }
        let Some(mut observed) = span.extensions_mut().remove::<ObservedSpan>() else {
            return;
        };
        if thread::panicking() {
            observed.panic();
        }
        if observed.uses_tokens() {
            let mut around = span.parent();
            while let Some(outer) = around {
                if let Some(outer) = outer.extensions_mut().get_mut::<ObservedSpan>() {
                    outer.is_counted_within = true;
                }
                around = outer.parent();
            }
        }
        observed.end();
    }
}

fn send_event(
    run: &ObservedRun,
    at_ns: u64,
    parent: Option<u64>,
    event: &Event<'_>,
    mut told: Told<'_>,
) {
    let recorder = &run.recorder;
    let metadata = event.metadata();
    let mut output = None;
    let message = told.message.take();
    let mut name = message.as_ref().map(|message| recorder.name(message));
    if told.is_ours
        && let Some(HandedOver::Value { name: own, value }) = tool::taken()
    {
        output = Some(recorder.json(&value));
        name = Some(recorder.name(&Held::text(&own)));
    }
    let (name, is_cut) = name.unwrap_or_else(|| (metadata.name().to_owned(), false));
    if let Some(message) = message.filter(|_| is_cut) {
        told.attributes.set("message", recorder.text(&message));
    }
    run.send(
        at_ns,
        Happening::Event(PointInTime {
            parent,
            name: name.into(),
            kind: SpanKind::Span,
            level: level(*metadata.level()),
            input: told.input().map(Cow::Owned),
            output: output.or_else(|| told.output()).map(Cow::Owned),
            attributes: told.attributes.object().map(Cow::Owned),
        }),
    );
}
