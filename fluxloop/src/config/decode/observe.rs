//! `observe`: what is recorded of what happens in runs.

use tracing_subscriber::filter::Targets;

use super::Section;
use crate::{
    config::{ObserveSettings, Observed, Subscriber},
    observe::MOST_BYTES,
    worker::protocol::Level,
};

const LEVELS: [(&str, Observed); 6] = [
    ("off", Observed::Nothing),
    ("error", Observed::From(Level::Error)),
    ("warn", Observed::From(Level::Warn)),
    ("info", Observed::From(Level::Info)),
    ("debug", Observed::From(Level::Debug)),
    ("trace", Observed::From(Level::Trace)),
];
const SUBSCRIBERS: [(&str, Subscriber); 2] =
    [("fluxloop", Subscriber::Fluxloop), ("own", Subscriber::Own)];
/// A run of more holds more memory than any experiment has use for.
const MOST_PER_RUN: u64 = 1_000_000;
/// The least that a value keeps: enough to know it by.
const LEAST_BYTES: u64 = 64;

pub(super) fn settings(section: &Section<'_>) -> ObserveSettings {
    let max_per_run = section.whole("max_per_run", 1, MOST_PER_RUN);
    let max_value_bytes = section.whole("max_value_bytes", LEAST_BYTES, MOST_BYTES);
    ObserveSettings {
        level: section.one_of("level", &LEVELS).unwrap_or(Observed::Usual),
        filter: filter(section),
        subscriber: section
            .one_of("subscriber", &SUBSCRIBERS)
            .unwrap_or(Subscriber::Fluxloop),
        max_per_run: max_per_run.unwrap_or(10_000),
        max_value_bytes: max_value_bytes.unwrap_or(64 * 1024),
    }
}

fn filter(section: &Section<'_>) -> Option<String> {
    let filter = section.name("filter")?;
    let node = section.node("filter")?;
    match filter.parse::<Targets>() {
        Ok(_) => Some(filter),
        Err(error) => section.invalid(
            "filter",
            node,
            &format!("the filter cannot be read: {error}"),
            "write `target=level` with commas between, as in `my_crate::search=trace,hyper=off`",
        ),
    }
}
