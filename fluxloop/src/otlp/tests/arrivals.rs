use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind, status::StatusCode};
use serde_json::{Value, json};

use super::{
    Answer, Sample, Server, export, options,
    sample::{end, moment, nanoseconds, panic, start, told},
    server::{attributes, events},
};
use crate::{
    event::{ConversationEnd, ConversationRecord, ObservationKind, ObservedError, SpanId},
    supervisor::{MockSupervisor, Supervisor},
    worker::protocol::Usage,
};

/// A tool, a generation within another span, and a decision: each says something.
pub(super) fn desk() -> Sample {
    use ObservationKind::{Generation, Span, Supervisor, Tool, Turn};
    let turn = SpanId::Turn(1);
    let decision = SpanId::Decision(1);
    let used = Usage {
        input_tokens: Some(100),
        output_tokens: Some(20),
        cached_tokens: Some(60),
        cache_creation_tokens: Some(5),
        reasoning_tokens: Some(7),
    };
    let asked = json!({"gen_ai.request.model": "gpt-4o-mini", "gen_ai.request.temperature": 0.5});
    Sample::of([
        start(turn, Some(SpanId::Run), "turn", Turn, 1)
            .with(&json!({"turn": 1}))
            .saying(&json!("the question")),
        start(told(1), Some(turn), "lookup_order", Tool, 2)
            .with(&json!({"fresh": true, "order": 12, "share": 0.25, "tags": ["a", null], "of": {"x": 1}, "none": null,
                          "big": u64::MAX}))
            .saying(&json!({"order": 12})),
        moment(1, "found it").with(&json!({"rows": 1})).saying(&json!("a note")),
        end(told(1), Some(turn), "lookup_order", Tool, (2, 4))
            .with(&json!({"order": 13}))
            .saying(&json!({"status": "shipped"})),
        start(told(2), Some(turn), "thinking", Span, 4).saying(&json!("a thought")),
        start(told(3), Some(told(2)), "chat", Generation, 5)
            .with(&asked)
            .saying(&json!("the prompt")),
        moment(3, "gen_ai.user.message").with(&json!({"content": "the question"})),
        end(told(2), Some(turn), "thinking", Span, (4, 5)),
        end(told(3), Some(told(2)), "chat", Generation, (5, 6))
            .by("gpt-4o-mini-2024", used)
            .saying(&json!("the completion")),
        end(turn, Some(SpanId::Run), "turn", Turn, (1, 6)).saying(&json!("the answer")),
        start(decision, Some(SpanId::Run), "supervisor_decision", Supervisor, 6)
            .saying(&json!("the supervisor's prompt")),
        end(decision, Some(SpanId::Run), "supervisor_decision", Supervisor, (6, 7))
            .with(&json!({"turn": 1, "attempts": 2}))
            .saying(&json!({"decision": "continue"})),
    ])
}

pub(super) async fn exported(sample: &Sample, variables: &[(&str, &str)]) -> Server {
    let server = Server::answering([Answer::ok()]).await;
    assert_eq!(export(options(&server, variables), sample).await, None);
    server
}

fn times(span: &Span) -> (u64, u64) {
    (span.start_time_unix_nano, span.end_time_unix_nano)
}

#[tokio::test]
async fn a_run_is_a_trace_of_its_own() {
    let mut sample = desk();
    sample.runs = 2;
    let server = exported(&sample, &[]).await;
    let spans = server.spans();
    let root = server.span("invoke_agent answer");
    assert_eq!((root.trace_id.len(), root.span_id.len()), (16, 8));
    assert_eq!(root.parent_span_id, [] as [u8; 0]);
    let (own, other): (Vec<_>, Vec<_>) = spans
        .iter()
        .partition(|span| span.trace_id == root.trace_id);
    assert_eq!((own.len(), other.len()), (6, 6));
    let mut ids: Vec<_> = spans.iter().map(|span| &span.span_id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 12, "every span has an id of its own");
}

#[tokio::test]
async fn spans_have_their_names_kinds_times_and_parents() {
    let server = exported(&desk(), &[]).await;
    let id = |name: &str| server.span(name).span_id;
    let (run, turn) = (id("invoke_agent answer"), id("turn"));
    for (name, kind, seconds, parent) in [
        ("invoke_agent answer", SpanKind::Internal, (1, 8), vec![]),
        ("turn", SpanKind::Internal, (1, 6), run.clone()),
        (
            "execute_tool lookup_order",
            SpanKind::Internal,
            (2, 4),
            turn.clone(),
        ),
        ("thinking", SpanKind::Internal, (4, 5), turn),
        ("chat gpt-4o-mini", SpanKind::Client, (5, 6), id("thinking")),
        ("supervisor_decision", SpanKind::Internal, (6, 7), run),
    ] {
        let span = server.span(name);
        assert_eq!(span.kind(), kind, "{name}");
        assert_eq!(
            times(&span),
            (nanoseconds(seconds.0), nanoseconds(seconds.1)),
            "{name}"
        );
        assert_eq!(span.parent_span_id, parent, "{name}");
        assert_eq!(span.status, None, "{name}");
        assert_eq!(span.flags, 0x101, "{name}");
    }
}

#[tokio::test]
async fn attributes_keep_their_types_and_say_what_the_conventions_ask_for() {
    let server = exported(&desk(), &[]).await;
    let of = |name: &str| attributes(&server.span(name).attributes);
    assert_eq!(
        of("execute_tool lookup_order"),
        json!({
            "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "lookup_order",
            "fresh": true, "order": 13, "share": 0.25, "tags": ["a", null], "of": {"x": 1}, "big": u64::MAX.to_string(),
        })
    );
    assert_eq!(
        of("chat gpt-4o-mini"),
        json!({
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "gpt-4o-mini",
            "gen_ai.request.temperature": 0.5,
            "gen_ai.response.model": "gpt-4o-mini-2024",
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.output_tokens": 20,
            "gen_ai.usage.cache_read.input_tokens": 60,
            "gen_ai.usage.cache_creation.input_tokens": 5,
            "gen_ai.usage.reasoning.output_tokens": 7,
        })
    );
    assert_eq!(
        of("turn"),
        json!({"fluxloop.turn": 1, "fluxloop.duration_ms": 1500.0})
    );
    assert_eq!(of("thinking"), json!({}));
    assert_eq!(
        of("supervisor_decision"),
        json!({"fluxloop.turn": 1, "fluxloop.attempts": 2})
    );
}

#[tokio::test]
async fn a_run_says_which_case_it_was_and_how_it_went() {
    let server = exported(&desk(), &[]).await;
    assert_eq!(
        attributes(&server.span("invoke_agent answer").attributes),
        json!({
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": "answer",
            "test.suite.name": "shop",
            "test.case.name": "answer::novice::where-is-it-1a2b3c::iter_2",
            "test.case.result.status": "pass",
            "fluxloop.attempts": 1,
            "fluxloop.duration_ms": 1500.0,
            "fluxloop.experiment": "exp_20261101_143022",
            "fluxloop.input_id": "where-is-it-1a2b3c",
            "fluxloop.iteration": 2,
            "fluxloop.persona": "novice",
            "fluxloop.target": "shop.desk:answer",
            "fluxloop.trace_id": "trace_001",
        })
    );
}

#[tokio::test]
async fn a_run_says_what_it_used_and_how_its_conversation_ended() {
    let mut sample = Sample::of([]);
    sample.finishing = |run| {
        let supervisor = Supervisor::Mock(MockSupervisor::default());
        run.attempts = 3;
        run.cost = Some(0.25);
        run.observations_dropped = 4;
        run.usage = Some(Usage {
            input_tokens: Some(11),
            ..Usage::default()
        });
        run.conversation = Some(ConversationRecord::new(
            ConversationEnd::MaxTurns,
            (2, Vec::new()),
            &supervisor,
        ));
    };
    let server = exported(&sample, &[]).await;
    let said = attributes(&server.span("invoke_agent answer").attributes);
    for (name, value) in [
        ("fluxloop.attempts", json!(3)),
        ("fluxloop.cost", json!(0.25)),
        ("fluxloop.observations_dropped", json!(4)),
        ("fluxloop.supervisor.provider", json!("mock")),
        ("fluxloop.termination_reason", json!("max_turns")),
        ("fluxloop.turn_count", json!(2)),
        (
            "gen_ai.conversation.id",
            json!("exp_20261101_143022/trace_001"),
        ),
        ("gen_ai.usage.input_tokens", json!(11)),
        ("gen_ai.usage.output_tokens", Value::Null),
    ] {
        assert_eq!(said[name], value, "{name}");
    }
}

#[tokio::test]
async fn events_stand_in_their_span_or_in_the_run_when_it_has_ended() {
    let late = moment(2, "too late");
    let mut sample = desk();
    sample.happened.push(late);
    let server = exported(&sample, &[]).await;
    let of = |name: &str| events(&server.span(name).events);
    assert_eq!(
        of("execute_tool lookup_order"),
        json!([["found it", {"rows": 1, "fluxloop.level": "WARN"}]])
    );
    assert_eq!(
        of("invoke_agent answer"),
        json!([["too late", {"fluxloop.level": "WARN"}]])
    );
    assert_eq!(
        server.span("execute_tool lookup_order").events[0].time_unix_nano,
        nanoseconds(3)
    );
}

#[tokio::test]
async fn a_span_has_so_many_events_and_counts_the_others() {
    let many = (0..5).map(|_| moment(9, "again"));
    let mut sample = Sample::of(many);
    sample.failure = Some(panic());
    let server = exported(&sample, &[("OTEL_SPAN_EVENT_COUNT_LIMIT", "2")]).await;
    let run = server.span("invoke_agent answer");
    let names: Vec<_> = run.events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["again", "again", "exception"]);
    assert_eq!(run.dropped_events_count, 3);
}

#[tokio::test]
async fn failures_are_errors_with_their_exception() {
    use ObservationKind::Tool;
    let told_error = |panic| ObservedError::Told {
        message: "it is out".into(),
        panic,
    };
    let mut sample = Sample::of([
        start(told(1), Some(SpanId::Run), "one", Tool, 2),
        end(told(1), Some(SpanId::Run), "one", Tool, (2, 3)).failing(told_error(false)),
        start(told(2), Some(SpanId::Run), "two", Tool, 3),
        end(told(2), Some(SpanId::Run), "two", Tool, (3, 4)).failing(told_error(true)),
    ]);
    sample.failure = Some(panic());
    let server = exported(&sample, &[]).await;
    for (name, message, kind) in [
        ("invoke_agent answer", "no order 12", "panic"),
        ("execute_tool one", "it is out", "_OTHER"),
        ("execute_tool two", "it is out", "panic"),
    ] {
        let span = server.span(name);
        let status = span.status.clone().unwrap();
        assert_eq!(
            (status.code(), status.message.as_str()),
            (StatusCode::Error, message)
        );
        let said = attributes(&span.attributes);
        assert_eq!(said["error.type"], kind);
        assert_eq!(said["fluxloop.level"], "ERROR");
        let exception = &events(&span.events)[0];
        assert_eq!(exception[0], "exception");
        assert_eq!(exception[1]["exception.type"], kind);
        assert_eq!(exception[1]["exception.message"], message);
    }
    let run = server.span("invoke_agent answer");
    assert_eq!(
        attributes(&run.attributes)["test.case.result.status"],
        "fail"
    );
    let exception = &events(&run.events)[0][1];
    assert_eq!(exception["code.file.path"], "src/desk.rs");
    assert_eq!(exception["code.line.number"], 30);
    assert_eq!(exception["fluxloop.causes"], json!(["the desk is closed"]));
}

#[tokio::test]
async fn the_request_is_addressed_and_signed_as_the_variables_say() {
    let variables = [
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "x-tenant=a%20b,api-key=k-12345",
        ),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "service.name=ignored,deployment.environment.name=ci%2Fnightly",
        ),
        ("OTEL_SERVICE_NAME", "desk"),
    ];
    let server = exported(&desk(), &variables).await;
    let received = &server.received()[0];
    assert!(
        received.head.starts_with("POST /v1/traces HTTP/1.1"),
        "{}",
        received.head
    );
    assert_eq!(received.header("x-tenant"), Some("a b"));
    assert_eq!(received.header("api-key"), Some("k-12345"));
    assert_eq!(
        received.header("content-type"),
        Some("application/x-protobuf")
    );
    let resource = received.request().resource_spans[0]
        .resource
        .clone()
        .unwrap();
    assert_eq!(
        attributes(&resource.attributes),
        json!({
            "service.name": "desk",
            "deployment.environment.name": "ci/nightly",
            "telemetry.sdk.name": "fluxloop",
            "telemetry.sdk.language": "rust",
            "telemetry.sdk.version": env!("CARGO_PKG_VERSION"),
        })
    );
    let scope = received.request().resource_spans[0].scope_spans[0]
        .scope
        .clone()
        .unwrap();
    assert_eq!(
        (scope.name.as_str(), scope.version.as_str()),
        ("fluxloop", env!("CARGO_PKG_VERSION"))
    );
}

#[tokio::test]
async fn json_says_the_same_as_protobuf() {
    let sample = desk();
    let binary = exported(&sample, &[]).await;
    let json = exported(&sample, &[("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]).await;
    let received = &json.received()[0];
    assert_eq!(received.header("content-type"), Some("application/json"));
    let sent: Value = serde_json::from_slice(&received.body).unwrap();
    let span = &sent["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    assert_eq!(
        span["traceId"].as_str().map(str::len),
        Some(32),
        "ids are hexadecimal"
    );
    assert_eq!(span["startTimeUnixNano"], nanoseconds(2).to_string());
    let plain = |server: &Server| -> Vec<(String, Value, Value)> {
        let plain = |span: Span| {
            (
                span.name.clone(),
                attributes(&span.attributes),
                events(&span.events),
            )
        };
        server.spans().into_iter().map(plain).collect()
    };
    assert_eq!(plain(&json), plain(&binary));
}

#[tokio::test]
async fn batches_are_as_large_as_they_may_be() {
    let variables = [("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2")];
    let server = exported(&Sample::runs(5), &variables).await;
    let sizes: Vec<_> = server
        .received()
        .iter()
        .map(|received| {
            received.request().resource_spans[0].scope_spans[0]
                .spans
                .len()
        })
        .collect();
    assert_eq!(sizes.iter().sum::<usize>(), 5);
    assert!(sizes.iter().all(|size| *size <= 2), "{sizes:?}");
}
