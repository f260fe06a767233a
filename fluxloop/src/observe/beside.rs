//! Recording in a process that is not ours: that of a test.

use std::{mem, sync::Arc};

use tracing::{Dispatch, dispatcher, subscriber::NoSubscriber};
use tracing_subscriber::{Layer as _, Registry, layer::SubscriberExt as _};

use super::{
    Mask, ObserveError, Recorder, Sink,
    filter::{ObserveFilter, want},
    layer::ObserveLayer,
    recorder::Missing,
    targets,
};
use crate::worker::protocol::ObserveOptions;

/// Records what happens on some threads, and leaves the subscriber of the process alone: tests that install one of their
/// own find its place free, whichever comes first.
///
/// Where there is one already, these threads keep it: what an agent logs goes where the test wants it. It is recorded then
/// as far as [`layer()`](crate::layer) is part of that subscriber.
#[derive(Debug)]
pub(crate) struct Beside {
    recorder: Arc<Recorder>,
    subscriber: Option<Dispatch>,
}

impl Beside {
    pub(crate) fn start(
        options: &ObserveOptions,
        secrets: impl IntoIterator<Item = String>,
        sink: Box<dyn Sink>,
    ) -> Result<Self, ObserveError> {
        let targets = targets(options)?;
        want(&targets);
        let is_free = dispatcher::get_default(Dispatch::is::<NoSubscriber>);
        let subscriber = (is_free && !options.own_subscriber).then(|| {
            Registry::default()
                .with(ObserveLayer.with_filter(ObserveFilter))
                .into()
        });
        let missing = if options.own_subscriber {
            Missing::Agents
        } else {
            Missing::Tests
        };
        let recorder = Recorder::new(options.max_value_bytes, Mask::new(secrets), sink);
        Ok(Self {
            recorder: Arc::new(recorder.only(targets, missing)),
            subscriber,
        })
    }

    pub(crate) fn recorder(&self) -> &Arc<Recorder> {
        &self.recorder
    }

    /// Makes the current thread one of those that are recorded, until it ends.
    pub(crate) fn enter_thread(&self) {
        if let Some(subscriber) = &self.subscriber {
            // It ends with the thread.
            mem::forget(dispatcher::set_default(subscriber));
        }
    }
}
