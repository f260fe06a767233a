//! The headers that OpenTelemetry's exporters send: `api-key=abc,x-tenant=a%20b`. Most hold a key.

use percent_encoding::percent_decode_str;

/// The variables that hold such lists.
pub(crate) const HEADER_VARIABLES: [&str; 4] = [
    "OTEL_EXPORTER_OTLP_HEADERS",
    "OTEL_EXPORTER_OTLP_LOGS_HEADERS",
    "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
];

/// The values in a list, as they are written and as they are sent; of `Bearer abc` also `abc`.
pub(crate) fn header_values(list: &str) -> Vec<String> {
    let written = list.split(',').filter_map(|entry| entry.split_once('='));
    written
        .map(|(_, value)| value.trim())
        .flat_map(|value| {
            let sent = percent_decode_str(value).decode_utf8_lossy().into_owned();
            let credentials = sent.split_once(' ').map(|(_, key)| key.trim().to_owned());
            [Some(value.to_owned()), credentials, Some(sent)]
        })
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_known_in_each_form_that_they_have() {
        assert_eq!(
            header_values("authorization=Bearer%20abc, x-key = k=v ,nothing"),
            ["Bearer%20abc", "abc", "Bearer abc", "k=v", "k=v"]
        );
    }
}
