//! What an agent does while it runs, besides what it answers: from the `tracing` that it and its libraries emit.
//!
//! In a worker, every span and event that happens in a run is told to the engine, which writes it into the run's
//! `observations.jsonl`. Nothing has to be set up: spans of any crate are recorded, `#[fluxloop::tool]` records a function
//! with its arguments and result, and [`observe!`](crate::observe!) a value. Anywhere else all of this does nothing.
//!
//! # Which run
//!
//! A span or event belongs to the run of the span around it. Tasks and threads that an agent starts are part of its run
//! when they are given a span, as `tracing` has it:
//!
//! ```
//! use tracing::Instrument as _;
//!
//! # async fn agent() {
//! tokio::spawn(async { /* … */ }.in_current_span());
//! let here = tracing::Span::current();
//! tokio::task::spawn_blocking(move || here.in_scope(|| { /* … */ }));
//! # }
//! ```
//!
//! What has no span around it, such as a span made with `parent: None`, belongs to no run and is not recorded.

#[cfg(feature = "harness")]
mod beside;
mod fields;
mod filter;
mod gen_ai;
mod layer;
mod mask;
mod recorder;
mod run;
mod span;
mod text;
pub(crate) mod tool;

#[cfg(test)]
mod tests;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tracing::{Subscriber, subscriber::SetGlobalDefaultError};
use tracing_subscriber::{
    Layer, Registry,
    filter::{ParseError, Targets},
    layer::SubscriberExt as _,
    registry::LookupSpan,
};

#[cfg(feature = "harness")]
pub(crate) use self::beside::Beside;
use self::{filter::ObserveFilter, layer::ObserveLayer};
pub(crate) use self::{
    mask::Mask,
    recorder::{Recorder, Sink},
    run::{ObservedRun, Scope},
};
use crate::worker::protocol::ObserveOptions;
#[cfg(feature = "engine")]
pub(crate) use text::MOST_BYTES;

/// Whether the subscriber of this process is ours.
static IS_OURS: AtomicBool = AtomicBool::new(false);

/// The layer by which a run is recorded, for a subscriber of your own.
///
/// Only an agent that installs its own subscriber needs it, and a test that does: a worker has one already. Set
/// `observe.subscriber: own` in the configuration then, and add the layer to yours:
///
/// ```
/// use tracing_subscriber::{layer::SubscriberExt as _, util::SubscriberInitExt as _};
///
/// #[fluxloop::agent]
/// fn answer(input: String) -> String {
///     static ONCE: std::sync::Once = std::sync::Once::new();
///     ONCE.call_once(|| {
///         tracing_subscriber::registry()
///             // … your own layers …
///             .with(fluxloop::layer())
///             .init();
///     });
///     tracing::info!("asked");
///     input
/// }
/// # answer("x".to_owned());
/// ```
///
/// It has a filter of its own, that of the configuration. A filter for all layers stands before it: give those that you
/// use to your own layers. In a process that runs no agents, the layer does nothing.
#[must_use]
pub fn layer<S>() -> impl Layer<S> + Send + Sync + 'static
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    run::note_layer();
    ObserveLayer.with_filter(ObserveFilter)
}

/// Records a value as part of a run: an event of this name, with the value as its output.
///
/// The value is anything that implements `serde::Serialize`. It is computed only where a run is recorded; anywhere else
/// the macro does nothing.
///
/// ```
/// # fn rank(_: &str) -> Vec<(String, f64)> { vec![] }
/// fn search(query: &str) -> Vec<(String, f64)> {
///     let found = rank(query);
///     fluxloop::observe!("found", &found);
///     fluxloop::observe!("best score", found.first().map(|(_, score)| score));
///     found
/// }
/// # search("x");
/// ```
#[macro_export]
macro_rules! observe {
    ($name:expr, $value:expr $(,)?) => {
        $crate::__private::observe(|| ::std::string::String::from($name), || $value)
    };
}

/// Why nothing can be recorded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ObserveError {
    #[error("the filter `{filter}` cannot be read: {source}")]
    Filter { filter: String, source: ParseError },
    #[error("another subscriber is installed already: {0}")]
    Installed(SetGlobalDefaultError),
}

/// Begins to record what happens in this process.
pub(crate) fn start(
    options: &ObserveOptions,
    secrets: impl IntoIterator<Item = String>,
    sink: Box<dyn Sink>,
) -> Result<Arc<Recorder>, ObserveError> {
    filter::want(&targets(options)?);
    if !options.own_subscriber {
        let subscriber = Registry::default().with(layer());
        tracing::subscriber::set_global_default(subscriber).map_err(ObserveError::Installed)?;
        IS_OURS.store(true, Ordering::Relaxed);
    }
    let recorder = Recorder::new(options.max_value_bytes, Mask::new(secrets), sink);
    Ok(Arc::new(recorder))
}

/// What the options ask to record.
fn targets(options: &ObserveOptions) -> Result<Targets, ObserveError> {
    let targets = options.filter.parse::<Targets>();
    targets.map_err(|source| ObserveError::Filter {
        filter: options.filter.clone(),
        source,
    })
}

/// What helps against a failure that comes of our own subscriber.
pub(crate) fn hint_for(message: &str) -> Option<&'static str> {
    // Said by `tracing`, whatever stands around it.
    let is_refused = message.contains("a global default trace dispatcher has already been set");
    (is_refused && IS_OURS.load(Ordering::Relaxed)).then_some(
        "hint: fluxloop has installed a subscriber to record what agents do; with `observe.subscriber: own` it leaves \
         that to the agent, which adds `fluxloop::layer()` to its own",
    )
}
