//! Durations written down: each that was recorded, and how often.

use hdrhistogram::Histogram;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::statistics::durations;

pub(super) fn serialize<S: Serializer>(
    histogram: &Histogram<u64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let recorded = histogram.iter_recorded();
    let recorded: Vec<(u64, u64)> = recorded
        .map(|at| (at.value_iterated_to(), at.count_at_value()))
        .collect();
    recorded.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Histogram<u64>, D::Error> {
    let mut histogram = durations();
    for (value, count) in Vec::<(u64, u64)>::deserialize(deserializer)? {
        histogram.saturating_record_n(value, count);
    }
    Ok(histogram)
}
