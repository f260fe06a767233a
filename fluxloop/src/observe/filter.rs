use std::sync::{PoisonError, RwLock};

use tracing::{Metadata, Subscriber, level_filters::LevelFilter, subscriber::Interest};
use tracing_subscriber::{
    filter::Targets,
    layer::{Context, Filter},
};

use super::{run::RUN_TARGET, tool::KIND_FIELD};

/// What this process records, by any of its recordings. A worker has one; a test may have several, one after the other
/// and at once. None is taken back: what a recording does not want, it leaves out by itself.
static WANTED: RwLock<Vec<Targets>> = RwLock::new(Vec::new());

/// From now on, this is recorded too.
pub(super) fn want(targets: &Targets) {
    let mut wanted = WANTED.write().unwrap_or_else(PoisonError::into_inner);
    if wanted.contains(targets) {
        return;
    }
    wanted.push(targets.clone());
    drop(wanted);
    // What was of no interest may be of some now.
    tracing::callsite::rebuild_interest_cache();
}

/// Whether a recording with these targets wants a span or event: what they say, and always what was written for it: the
/// span of a run, tools and observed values.
pub(super) fn wants(targets: &Targets, metadata: &Metadata<'_>) -> bool {
    metadata.target() == RUN_TARGET
        || metadata.fields().field(KIND_FIELD).is_some()
        || targets.would_enable(metadata.target(), metadata.level())
}

/// Lets through what any recording of this process wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct ObserveFilter;

impl ObserveFilter {
    fn with<T>(of: impl FnOnce(&[Targets]) -> T) -> T {
        of(&WANTED.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S: Subscriber> Filter<S> for ObserveFilter {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        Self::with(|wanted| wanted.iter().any(|targets| wants(targets, metadata)))
    }

    /// It changes only with a recording that wants more: a callsite that is not wanted costs nothing.
    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if Self::with(|wanted| wanted.iter().any(|targets| wants(targets, metadata))) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let most = |targets: &Targets| {
            let most = Filter::<S>::max_level_hint(targets).unwrap_or(LevelFilter::TRACE);
            most.max(LevelFilter::INFO)
        };
        let most = Self::with(|wanted| wanted.iter().map(most).max());
        Some(most.unwrap_or(LevelFilter::OFF))
    }
}
