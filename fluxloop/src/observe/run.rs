use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use super::recorder::{Missing, Recorder, now};
use crate::worker::protocol::{Happening, Level, PointInTime, SpanKind};

thread_local! {
    /// The run whose agent this thread runs right now.
    static CURRENT: RefCell<Option<Arc<ObservedRun>>> = const { RefCell::new(None) };
}

/// Somebody made a layer of ours.
static LAYER_EXISTS: AtomicBool = AtomicBool::new(false);

/// Notes that there is a layer which will see runs.
pub(super) fn note_layer() {
    LAYER_EXISTS.store(true, Ordering::Relaxed);
}

/// A run that is observed.
#[derive(Debug)]
pub(crate) struct ObservedRun {
    number: u64,
    last_id: AtomicU64,
    ended: AtomicBool,
    /// A layer of ours knows of it.
    seen: AtomicBool,
    pub(super) recorder: Arc<Recorder>,
}

impl ObservedRun {
    pub(crate) fn new(number: u64, recorder: Arc<Recorder>) -> Arc<Self> {
        Arc::new(Self {
            number,
            last_id: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            seen: AtomicBool::new(false),
            recorder,
        })
    }

    /// The id of its next span.
    pub(super) fn next_id(&self) -> u64 {
        self.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// What happens from now on is no part of the run.
    pub(crate) fn end(&self) {
        if !self.seen.load(Ordering::Relaxed) {
            self.say_if_nothing_is_recorded();
        }
        self.ended.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_over(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    pub(super) fn see(&self) {
        if !self.seen.load(Ordering::Relaxed) {
            self.seen.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn send(&self, at_ns: u64, what: Happening<'_>) {
        if !self.is_over() {
            self.recorder.send(self.number, at_ns, what);
        }
    }

    /// A record that is empty for want of a layer must not look as if nothing had happened.
    fn say_if_nothing_is_recorded(&self) {
        let name = match self.recorder.missing {
            // One that the agent has installed in this very run may not have seen its beginning.
            Missing::Agents if LAYER_EXISTS.load(Ordering::Relaxed) => return,
            Missing::Agents => {
                "nothing is recorded of this run: `observe.subscriber` is `own`, and the agent has installed no subscriber with `fluxloop::layer()` in it"
            }
            #[cfg(feature = "harness")]
            Missing::Tests => {
                "nothing is recorded of this run: the test has installed a subscriber without `fluxloop::layer()` in it"
            }
        };
        let missing = PointInTime {
            parent: None,
            name: name.into(),
            kind: SpanKind::Span,
            level: Level::Warn,
            input: None,
            output: None,
            attributes: None,
        };
        self.send(now(), Happening::Event(missing));
    }
}

/// The run whose agent this thread runs right now, if any.
pub(super) fn current() -> Option<Arc<ObservedRun>> {
    CURRENT.with_borrow(Clone::clone)
}

/// Where a call of an agent happens: everything that is told in it belongs to its run.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    run: Option<Arc<ObservedRun>>,
    span: Option<tracing::Span>,
}

/// The target of the span around a call.
pub(super) const RUN_TARGET: &str = "fluxloop::run";

impl Scope {
    /// Of a run; of none where nothing is observed.
    pub(crate) fn new(run: Option<Arc<ObservedRun>>) -> Self {
        let Some(run) = run else {
            return Self::default();
        };
        let within = Within::of(&run);
        // Of the highest level, so that few filters of the user's own stand in its way.
        let span = tracing::error_span!(target: RUN_TARGET, parent: None, "agent_run");
        drop(within);
        Self {
            run: Some(run),
            span: Some(span),
        }
    }

    /// Calls user code that belongs to the run.
    pub(crate) fn within<T>(&self, call: impl FnOnce() -> T) -> T {
        let _within = self.run.as_ref().map(Within::of);
        let _entered = self.span.as_ref().map(tracing::Span::enter);
        call()
    }

    /// Nothing that comes belongs to it any more.
    pub(crate) fn end(&self) {
        if let Some(run) = &self.run {
            run.end();
        }
    }
}

/// While it lives, its thread runs the agent of a run.
struct Within(Option<Arc<ObservedRun>>);

impl Within {
    fn of(run: &Arc<ObservedRun>) -> Self {
        Self(CURRENT.replace(Some(Arc::clone(run))))
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}
