//! Runs as OpenTelemetry traces, where the environment says where to.

use std::io;

use fluxloop::{engine::Stop, event::Consumer};

use crate::{cli::Environment, terminal::Shell};

/// What sends traces, where there is something to send and somewhere to send it.
#[cfg(feature = "otlp")]
pub(super) struct Traces<'a> {
    shell: &'a Shell,
    exporter: Option<fluxloop::otlp::Exporter>,
}

#[cfg(feature = "otlp")]
impl<'a> Traces<'a> {
    /// Starts to send where `OTEL_…` variables say so. An experiment does not fail by it: what is wrong is said.
    pub(super) fn start(shell: &'a Shell, variables: &Environment) -> Self {
        Self {
            shell,
            exporter: exporter(shell, variables),
        }
    }

    /// What hears of events.
    pub(super) fn consumer(&mut self) -> Option<&mut dyn Consumer<Error = io::Error>> {
        let exporter = self.exporter.as_mut()?;
        Some(exporter)
    }

    /// Waits for what is still to be sent, and says what could not be.
    pub(super) async fn finish(&mut self, stop: &Stop) {
        if let Some(exporter) = self.exporter.take()
            && let Some(loss) = exporter.finish(stop.clone()).await
        {
            self.shell.warn(loss);
        }
    }
}

#[cfg(feature = "otlp")]
fn exporter(shell: &Shell, variables: &Environment) -> Option<fluxloop::otlp::Exporter> {
    use fluxloop::otlp::{ExportOptions, Exporter};

    let read = ExportOptions::from_variables(|name| variables.get(name).map(str::to_owned));
    let options = match read {
        Ok(options) => options?,
        Err(error) => {
            let hint = error.hint();
            shell.warn(format_args!(
                "runs are not exported as traces: {error}; {hint}"
            ));
            return None;
        }
    };
    for warning in options.warnings() {
        shell.warn(warning);
    }
    shell.verbose(format_args!("Exporting traces to {}", options.endpoint()));
    match Exporter::start(options) {
        Ok(exporter) => Some(exporter),
        Err(error) => {
            shell.warn(format_args!("runs are not exported as traces: {error}"));
            None
        }
    }
}

/// Nothing is sent: that is not built in.
#[cfg(not(feature = "otlp"))]
pub(super) struct Traces;

#[cfg(not(feature = "otlp"))]
impl Traces {
    /// Says so to whoever asks for it.
    pub(super) fn start(shell: &Shell, variables: &Environment) -> Self {
        if let Some(missing) = missing(variables) {
            shell.warn(missing);
        }
        Self
    }

    #[expect(clippy::unused_self, reason = "alike with the feature")]
    pub(super) fn consumer(&mut self) -> Option<&mut dyn Consumer<Error = io::Error>> {
        None
    }

    #[expect(clippy::unused_async, reason = "alike with the feature")]
    pub(super) async fn finish(&mut self, _: &Stop) {}
}

/// What is said to whoever wants traces of a command that cannot send them.
#[cfg(any(test, not(feature = "otlp")))]
fn missing(variables: &Environment) -> Option<String> {
    let value = |name: &str| variables.get(name).filter(|value| !value.is_empty());
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
        "runs are not exported as traces: `{endpoint}` is set, and this cargo-fluxloop was built without its feature \
         `otlp`; install it with that feature, or set `OTEL_TRACES_EXPORTER=none`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing_with(variables: &[(&str, &str)]) -> Option<String> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        missing(&variables.collect())
    }

    #[test]
    fn without_the_feature_whoever_asks_for_traces_is_told() {
        const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
        insta::assert_snapshot!(
            missing_with(&[ENDPOINT]).unwrap_or_default(),
            @"runs are not exported as traces: `OTEL_EXPORTER_OTLP_ENDPOINT` is set, and this cargo-fluxloop was built without its feature `otlp`; install it with that feature, or set `OTEL_TRACES_EXPORTER=none`"
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
