//! Runs as OpenTelemetry traces, where the environment asks for them: for whoever runs an experiment.
//!
//! [`TraceExport`] is there with and without the feature `otlp`. Without it, whoever asks for traces is told that there are
//! none.

use std::io;

use crate::{engine::Stop, event::Consumer};

/// What sends traces, where there is something to send and somewhere to send it.
///
/// # Examples
///
/// ```no_run
/// use fluxloop::{engine::Stop, export::TraceExport};
///
/// # async fn example(stop: Stop) {
/// let variable = |name: &str| std::env::var(name).ok();
/// let mut traces = TraceExport::start(variable, "this program cannot send them", &mut |warning| eprintln!("{warning}"));
/// // … `traces.consumer()` among the consumers of an experiment …
/// if let Some(loss) = traces.finish(&stop).await {
///     eprintln!("{loss}");
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct TraceExport {
    #[cfg(feature = "otlp")]
    exporter: Option<crate::otlp::Exporter>,
}

#[cfg(feature = "otlp")]
impl TraceExport {
    /// Starts to send where `OTEL_…` variables say so; `variable` gives the value of one. An experiment does not fail by it:
    /// `warn` hears what is wrong. `without` is said of a program that cannot send.
    pub fn start(
        variable: impl Fn(&str) -> Option<String>,
        _without: &str,
        warn: &mut dyn FnMut(String),
    ) -> Self {
        let exporter = match crate::otlp::ExportOptions::from_variables(variable) {
            Ok(options) => options.and_then(|options| {
                options.warnings().iter().cloned().for_each(&mut *warn);
                crate::otlp::Exporter::start(options)
                    .map_err(|error| warn(not_exported(&error)))
                    .ok()
            }),
            Err(error) => {
                warn(format!("{}; {}", not_exported(&error), error.hint()));
                None
            }
        };
        Self { exporter }
    }

    /// Where traces go, without credentials, if they go anywhere.
    #[must_use]
    pub fn endpoint(&self) -> Option<String> {
        self.exporter.as_ref().map(crate::otlp::Exporter::endpoint)
    }

    /// What hears of events.
    pub fn consumer(&mut self) -> Option<&mut dyn Consumer<Error = io::Error>> {
        let exporter = self.exporter.as_mut()?;
        Some(exporter)
    }

    /// Waits for what is still to be sent. What could not be, in a sentence.
    pub async fn finish(&mut self, stop: &Stop) -> Option<String> {
        let loss = self.exporter.take()?.finish(stop.clone()).await?;
        Some(loss.to_string())
    }
}

#[cfg(feature = "otlp")]
fn not_exported(why: &dyn std::fmt::Display) -> String {
    format!("runs are not exported as traces: {why}")
}

/// Nothing is sent: that is not built in.
#[cfg(not(feature = "otlp"))]
impl TraceExport {
    /// Starts to send where `OTEL_…` variables say so; `variable` gives the value of one. An experiment does not fail by it:
    /// `warn` hears what is wrong. `without` is said of a program that cannot send.
    pub fn start(
        variable: impl Fn(&str) -> Option<String>,
        without: &str,
        warn: &mut dyn FnMut(String),
    ) -> Self {
        if let Some(missing) = missing(variable, without) {
            warn(missing);
        }
        Self {}
    }

    /// Where traces go, without credentials, if they go anywhere.
    #[must_use]
    pub fn endpoint(&self) -> Option<String> {
        None
    }

    /// What hears of events.
    pub fn consumer(&mut self) -> Option<&mut dyn Consumer<Error = io::Error>> {
        None
    }

    /// Waits for what is still to be sent. What could not be, in a sentence.
    #[expect(clippy::unused_async, reason = "alike with the feature")]
    pub async fn finish(&mut self, _: &Stop) -> Option<String> {
        None
    }
}

/// What is said to whoever wants traces of a program that cannot send them.
#[cfg(any(test, not(feature = "otlp")))]
fn missing(variable: impl Fn(&str) -> Option<String>, without: &str) -> Option<String> {
    let value = |name: &str| variable(name).filter(|value| !value.is_empty());
    let is = |name: &str, word: &str| {
        value(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(word))
    };
    let endpoint = [
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ]
    .into_iter()
    .find(|name| value(name).is_some())?;
    if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
        return None;
    }
    Some(format!(
        "runs are not exported as traces: `{endpoint}` is set, and {without}, or set `OTEL_TRACES_EXPORTER=none`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing_with(variables: &[(&str, &str)]) -> Option<String> {
        let variable = |name: &str| {
            let given = variables.iter().find(|(given, _)| *given == name);
            given.map(|(_, value)| (*value).to_owned())
        };
        missing(variable, "this fluxloop cannot; have one that can")
    }

    #[test]
    fn without_the_feature_whoever_asks_for_traces_is_told() {
        const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
        insta::assert_snapshot!(
            missing_with(&[ENDPOINT]).unwrap_or_default(),
            @"runs are not exported as traces: `OTEL_EXPORTER_OTLP_ENDPOINT` is set, and this fluxloop cannot; have one that can, or set `OTEL_TRACES_EXPORTER=none`"
        );
        assert!(missing_with(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://x")]).is_some());
        for quiet in [
            ("OTEL_SDK_DISABLED", "TRUE"),
            ("OTEL_TRACES_EXPORTER", "none"),
        ] {
            assert_eq!(missing_with(&[ENDPOINT, quiet]), None);
        }
        assert_eq!(missing_with(&[(ENDPOINT.0, "")]), None);
        assert_eq!(missing_with(&[]), None);
    }
}
