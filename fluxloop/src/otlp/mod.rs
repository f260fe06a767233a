//! Runs as OpenTelemetry traces, sent to a collector by OTLP over HTTP.
//!
//! Each run is a trace of its own: a span `invoke_agent` around what happened in it, named after the semantic
//! conventions for generative AI. [`ExportOptions`] are the standard `OTEL_…` variables; [`Exporter`] is a best-effort
//! consumer of events. It never holds the engine up: spans wait in a bounded queue for a thread of their own, and what
//! does not reach the collector is counted and said once, by [`Exporter::finish`].

mod attributes;
mod batch;
mod collector;
mod content;
mod delivery;
mod exporter;
mod ids;
mod options;
mod pairs;
mod run_trace;
mod semantics;
mod traces;
mod variables;

pub use exporter::{Exporter, Loss, StartExportError};
pub use options::{ExportOptions, ExportOptionsError};

#[cfg(test)]
mod tests;
