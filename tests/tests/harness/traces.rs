//! Runs as traces, of tests.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::{
    Finished,
    collector::{Collector, attribute},
    has_cargo,
};

use super::Suite;

/// `cargo <command>` with fluxloop's feature `otlp`, and what came of it at a collector.
fn traced(suite: &Suite, command: &str, variables: &str) -> (Finished, Collector) {
    let collector = Collector::start(true);
    let mut all = variables.to_owned();
    for (name, value) in collector.variables() {
        all.extend([" ", name, "=", &value]);
    }
    (suite.cargo(command, &all, ""), collector)
}

/// What spans say, each value once.
fn said(collector: &Collector, name: &str) -> BTreeSet<String> {
    let values = collector.spans().into_iter().map(|span| {
        let value = attribute(&span, name).unwrap_or(Value::Null);
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    });
    values.collect()
}

#[test]
fn the_runs_of_a_suite_arrive_as_traces() {
    let suite = Suite::new(
        "name: shop\nparallel_runs: 2",
        "- { id: hi, input: hello }\n- { id: no, input: fail }\n- { id: key, input: key }",
    );
    let command = "test --quiet --features traces --test cases --";
    let header = "OTEL_EXPORTER_OTLP_HEADERS=api-key=e2e-suite-key-4711";
    let (finished, collector) = traced(&suite, command, header);
    let finished = finished.exits(101);
    assert!(!finished.stderr.contains("warning"), "{finished}");
    let cases = [
        "run::any::hi::iter_0",
        "run::any::key::iter_0",
        "run::any::no::iter_0",
    ];
    assert_eq!(
        said(&collector, "test.case.name"),
        cases.map(str::to_owned).into()
    );
    assert_eq!(collector.spans().len(), 3);
    assert_eq!(
        said(&collector, "test.suite.name"),
        ["shop".to_owned()].into()
    );
    let experiment = suite.project.latest();
    for span in collector.spans() {
        assert_eq!(span["name"], "invoke_agent run");
        let case = attribute(&span, "test.case.name").unwrap_or_default();
        let run = &experiment.runs()[case.as_str().unwrap_or_default()];
        assert_eq!(
            attribute(&span, "fluxloop.trace_id").as_ref(),
            Some(&run["trace_id"])
        );
        let status = if run["success"] == true {
            "pass"
        } else {
            "fail"
        };
        assert_eq!(
            attribute(&span, "test.case.result.status"),
            Some(status.into())
        );
    }
    let (head, sent) = &collector.received()[0];
    assert!(head.contains("\r\napi-key: e2e-suite-key-4711"), "{head}");
    assert!(!sent.to_string().contains("e2e-suite-key-4711"), "{sent}");
    assert_eq!(
        experiment.runs()["run::any::key::iter_0"]["output"],
        "api-key=***"
    );
    assert!(
        !finished.to_string().contains("e2e-suite-key-4711"),
        "{finished}"
    );
    // Listed is not run, and a collector that does not answer fails nothing.
    let (_, collector) = traced(&suite, &format!("{command} --list"), "");
    assert!(collector.received().is_empty());
    let wrong = "OTEL_EXPORTER_OTLP_COMPRESSION=gzip OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:9/";
    let (finished, _) = traced(&suite, &format!("{command} ::hi::"), wrong);
    let _ = finished
        .exits(0)
        .says("warning: `OTEL_EXPORTER_OTLP_COMPRESSION` is not supported: requests are not compressed")
        .says("warning: 1 of 1 spans were not exported to http://127.0.0.1:9/");
}

#[test]
fn all_processes_of_nextest_tell_of_one_experiment() {
    if !has_cargo("nextest") {
        return;
    }
    let suite = Suite::new(
        "iterations: 2",
        "- { id: a, input: hello }\n- { id: b, input: hello }",
    );
    let command = "nextest run --features traces --test cases";
    let (finished, collector) = traced(&suite, command, "");
    let _ = finished.exits(0);
    assert_eq!(collector.spans().len(), 4);
    assert_eq!(said(&collector, "test.case.name").len(), 4);
    let traces = ["trace_001", "trace_002", "trace_003", "trace_004"].map(str::to_owned);
    assert_eq!(said(&collector, "fluxloop.trace_id"), traces.into());
    let directory = suite
        .project
        .path("experiments/latest")
        .canonicalize()
        .expect("there is one");
    let name = directory
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    assert_eq!(said(&collector, "fluxloop.experiment"), [name].into());
}

#[test]
fn experiments_within_tests_are_exported() {
    let suite = Suite::new("", "- { id: hi, input: hello }");
    let command = "test --quiet --features traces --test ordinary";
    let (finished, collector) = traced(&suite, command, "");
    let finished = finished.exits(0);
    assert!(!finished.stderr.contains("warning"), "{finished}");
    assert_eq!(collector.spans().len(), 2);
    assert_eq!(
        said(&collector, "fluxloop.experiment").len(),
        2,
        "each its own"
    );
    let nowhere = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:9/";
    let (finished, _) = traced(&suite, &format!("{command} -- --nocapture first"), nowhere);
    let finished = finished.exits(0);
    let loss = "warning: 1 of 1 spans were not exported to http://127.0.0.1:9/";
    assert!(
        finished
            .stdout
            .contains(&format!("the result says: {loss}")),
        "{finished}"
    );
}

/// Whoever asks for what is not built in is told.
#[test]
fn without_the_feature_there_is_a_warning() {
    let suite = Suite::new("", "- { id: hi, input: hello }");
    for target in ["cases", "ordinary"] {
        let (finished, collector) = traced(&suite, &format!("test --quiet --test {target}"), "");
        let finished = finished.exits(0).says(
            "warning: runs are not exported as traces: `OTEL_EXPORTER_OTLP_ENDPOINT` is set, and fluxloop's feature `otlp` is off; \
             turn it on in [dev-dependencies], `fluxloop = { version = \"…\", features = [\"harness\", \"otlp\"] }`, or set \
             `OTEL_TRACES_EXPORTER=none`",
        );
        assert_eq!(
            finished.stderr.matches("not exported").count(),
            1,
            "{finished}"
        );
        assert!(collector.received().is_empty());
        let (finished, _) = traced(
            &suite,
            &format!("test --quiet --test {target}"),
            "OTEL_TRACES_EXPORTER=none",
        );
        assert!(!finished.exits(0).stderr.contains("not exported"));
    }
}
