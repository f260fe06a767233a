use tracing::{Metadata, Subscriber, level_filters::LevelFilter, subscriber::Interest};
use tracing_subscriber::{
    filter::Targets,
    layer::{Context, Filter},
};

use super::{run::RUN_TARGET, tool::KIND_FIELD};

/// Which spans and events are recorded: what the configuration says, and always what was written for it: the span of a
/// run, tools and observed values.
#[derive(Clone, Debug, Default)]
pub(super) struct ObserveFilter(Option<Targets>);

impl ObserveFilter {
    /// Of a process that records nothing, it is `default()`.
    pub(super) fn new(targets: Targets) -> Self {
        Self(Some(targets))
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let Self(Some(targets)) = self else {
            return false;
        };
        metadata.target() == RUN_TARGET
            || metadata.fields().field(KIND_FIELD).is_some()
            || targets.would_enable(metadata.target(), metadata.level())
    }
}

impl<S: Subscriber> Filter<S> for ObserveFilter {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    /// It never changes: a callsite that is not wanted costs nothing.
    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.wants(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let Self(Some(targets)) = self else {
            return Some(LevelFilter::OFF);
        };
        let most = Filter::<S>::max_level_hint(targets);
        Some(most.unwrap_or(LevelFilter::TRACE).max(LevelFilter::INFO))
    }
}
