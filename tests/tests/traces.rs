//! Runs as traces, at a collector on this machine.

use std::net::TcpListener;

use serde_json::Value;
use tests::{
    Project,
    collector::{Collector, attribute},
    obedient,
};

fn run(project: &Project, collector: &Collector, variables: &[(&str, &str)]) -> tests::Finished {
    let mut command = project.command("run experiment --yes --no-fail");
    command
        .envs(collector.variables())
        .envs(variables.iter().copied());
    command.output().expect("the command starts").into()
}

#[test]
fn runs_arrive_as_traces() {
    let collector = Collector::start(true);
    // The first words of an input stand in the name of its case: the last is to be looked for.
    let greeting = format!("say {} hello", "again and ".repeat(10));
    let project = obedient("name: shop", &[&greeting, "fail softly"]);
    let finished = run(&project, &collector, &[]).exits(0);
    assert!(!finished.stderr.contains("[WARN]"), "{finished}");
    let spans = collector.spans();
    assert_eq!(spans.len(), 2, "{spans:#?}");
    for (span, row) in spans
        .iter()
        .zip(project.latest().rows("trace_summary.jsonl"))
    {
        assert_eq!(span["name"], "invoke_agent run");
        assert_eq!(attribute(span, "test.suite.name"), Some("shop".into()));
        assert_eq!(
            attribute(span, "test.case.name").as_ref(),
            Some(&row["case"])
        );
        assert_eq!(
            attribute(span, "fluxloop.trace_id").as_ref(),
            Some(&row["trace_id"])
        );
        let (status, code, message) = match row["success"].as_bool() {
            Some(true) => ("pass", Value::Null, Value::Null),
            _ => ("fail", 2.into(), "softly".into()),
        };
        assert_eq!(
            attribute(span, "test.case.result.status"),
            Some(status.into())
        );
        assert_eq!(span["status"]["code"], code);
        assert_eq!(span["status"]["message"], message);
    }
    let sent = collector.received()[0].1.to_string();
    assert!(!sent.contains("hello"), "what was said is not sent: {sent}");
}

#[test]
fn what_was_said_is_sent_when_that_is_asked_for() {
    let collector = Collector::start(true);
    let project = obedient("", &["say hello"]);
    let capture = ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true");
    let _ = run(&project, &collector, &[capture]).exits(0);
    let said = attribute(&collector.spans()[0], "gen_ai.output.messages").expect("it is sent");
    assert!(
        said.as_str().is_some_and(|said| said.contains("hello")),
        "{said}"
    );
}

#[test]
fn headers_are_sent_and_shown_nowhere() {
    let collector = Collector::start(true);
    let project = obedient("", &["env OTEL_EXPORTER_OTLP_HEADERS", "say fine"]);
    let headers = ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=e2e-collector-key-77");
    let finished = run(&project, &collector, &[headers]).exits(0);
    assert!(
        collector.received()[0]
            .0
            .contains("\r\napi-key: e2e-collector-key-77")
    );
    let mut shown = vec![finished.to_string(), collector.received()[0].1.to_string()];
    let latest = project.latest();
    shown.extend(
        [
            "summary.json",
            "trace_summary.jsonl",
            "traces.jsonl",
            "observations.jsonl",
        ]
        .map(|file| latest.text(file)),
    );
    for text in shown {
        assert!(!text.contains("e2e-collector-key-77"), "{text}");
    }
    assert_eq!(
        latest.rows("trace_summary.jsonl")[0]["output"],
        "api-key=***"
    );
}

#[test]
fn no_collector_makes_an_experiment_fail() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("there are ports");
    let address = format!("http://{}", nobody.local_addr().expect("it is bound"));
    drop(nobody);
    let project = obedient("", &["say hello"]);
    for (variable, value, warning) in [
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            address.as_str(),
            "[WARN] 1 of 1 spans were not exported to http://127.0.0.1:",
        ),
        (
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "grpc",
            "[WARN] runs are not exported as traces: expected `http/protobuf` or `http/json` in \
             `OTEL_EXPORTER_OTLP_PROTOCOL`, found `grpc`",
        ),
        (
            "OTEL_EXPORTER_OTLP_COMPRESSION",
            "gzip",
            "[WARN] `OTEL_EXPORTER_OTLP_COMPRESSION` is not supported: requests are not compressed",
        ),
    ] {
        let collector = Collector::start(true);
        let finished = run(&project, &collector, &[(variable, value)]);
        let _ = finished.exits(0).says(warning);
    }
}

#[cfg(unix)]
#[test]
fn an_interruption_ends_the_wait_for_a_collector() {
    let collector = Collector::start(false);
    let project = obedient("", &["say hello"]);
    let mut command = project.command("run experiment --yes");
    // Longer than any test may take.
    command
        .envs(collector.variables())
        .env("OTEL_EXPORTER_OTLP_TIMEOUT", "3600000")
        .env("OTEL_BSP_EXPORT_TIMEOUT", "3600000");
    let running = tests::Running::start(command);
    tests::wait_until("the spans", || !collector.received().is_empty());
    running.signal(rustix::process::Signal::INT);
    let _ = running
        .finish()
        .exits(0)
        .says("[WARN] 1 of 1 spans were not exported")
        .says("the experiment was interrupted");
}
