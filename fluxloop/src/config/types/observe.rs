use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::worker::protocol::{Level, ObserveOptions};

/// What is recorded of what happens in runs: the spans and events that agents and their libraries emit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObserveSettings {
    /// How important something has to be; by default that differs between the agents' own crate and all others.
    pub level: Observed,
    /// More directives, in the syntax of `tracing_subscriber::filter::Targets`.
    pub filter: Option<String>,
    /// Who installs what takes spans and events down.
    pub subscriber: Subscriber,
    /// The most observations that are kept of a run; the others are counted.
    pub max_per_run: u64,
    /// The longest value that is kept whole, in bytes of JSON.
    pub max_value_bytes: u64,
}

/// How important something has to be in order to be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observed {
    /// `debug` in the agents' own crate, `info` anywhere else.
    Usual,
    /// At least this, wherever it happens.
    From(Level),
    /// Nothing is recorded, whatever else is configured.
    Nothing,
}

/// Who installs the subscriber of the agents' process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscriber {
    /// The worker, before it calls an agent.
    Fluxloop,
    /// An agent, with [`fluxloop::layer()`](crate::layer) in it.
    Own,
}

impl ObserveSettings {
    /// Whether the filter leaves out spans that are recorded without it.
    pub(crate) fn leaves_spans_out(&self) -> bool {
        // It was read before: what cannot be is an error of the configuration.
        let targets = self.filter.as_deref().map(str::parse::<Targets>);
        let Some(Ok(targets)) = targets else {
            return false;
        };
        targets.iter().any(|(_, level)| level < LevelFilter::INFO)
            || targets
                .default_level()
                .is_some_and(|level| level < LevelFilter::INFO)
    }

    /// What a worker is told to record, given the names of the crates that are the agents' own; absent where it is to
    /// record nothing.
    #[must_use]
    pub fn options(&self, own_crates: &[String]) -> Option<ObserveOptions> {
        let mut directives = match self.level {
            Observed::Nothing => return None,
            Observed::From(level) => vec![word(level).to_owned()],
            Observed::Usual => {
                let own = own_crates.iter().map(|name| format!("{name}=debug"));
                std::iter::once("info".to_owned()).chain(own).collect()
            }
        };
        // A later directive of the same target wins.
        directives.extend(self.filter.clone());
        Some(ObserveOptions {
            filter: directives.join(","),
            max_value_bytes: self.max_value_bytes,
            own_subscriber: self.subscriber == Subscriber::Own,
        })
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Trace => "trace",
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    }
}
