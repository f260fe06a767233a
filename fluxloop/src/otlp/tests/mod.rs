//! What arrives at a collector: a real server on this machine, that decodes what it is sent.

mod arrivals;
mod options;
mod said;
mod sample;
mod server;
mod troubles;

use super::{ExportOptions, Exporter, Loss};
use crate::{
    engine::{Stop, Stopper},
    event::{Consumer as _, Event},
};
use sample::Sample;
use server::{Answer, Server};

/// Options as variables say, with pauses that a test can wait for. What is exported goes in one batch, at the end.
fn options(server: &Server, variables: &[(&str, &str)]) -> ExportOptions {
    let variable = |name: &str| match name {
        "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(server.address.clone()),
        "OTEL_BSP_SCHEDULE_DELAY" => Some("3600000".to_owned()),
        _ => {
            let given = variables.iter().find(|(given, _)| *given == name);
            given.map(|(_, value)| (*value).to_owned())
        }
    };
    let mut options = ExportOptions::from_variables(variable).unwrap().unwrap();
    assert_eq!(options.warnings(), [] as [&str; 0]);
    options.retry_pause = std::time::Duration::from_millis(1);
    options
}

/// Nobody stops.
fn no_stop() -> (Stopper, Stop) {
    Stopper::new()
}

/// Exports a sample to its end.
async fn export(options: ExportOptions, sample: &Sample) -> Option<Loss> {
    let mut exporter = Exporter::start(options).unwrap();
    sample.play(&mut |event: &Event<'_>| exporter.event(event).unwrap());
    exporter.finish(no_stop().1).await
}
