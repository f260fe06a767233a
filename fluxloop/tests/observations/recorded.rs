//! What of a run is recorded, and how.

use std::time::Duration;

use fluxloop::{
    host::Ended,
    worker::protocol::{Level, SpanKind, Usage},
};
use serde_json::{Value, json, value::RawValue};

use super::host::{LONG, call, call_once, options, start};

fn value(json: Option<&impl std::ops::Deref<Target = RawValue>>) -> Value {
    json.map_or(Value::Null, |json| {
        serde_json::from_str(json.get()).expect("it is JSON")
    })
}

#[tokio::test]
async fn spans_and_events_have_parents_levels_and_fields() {
    let call = call_once("chatty", json!("word")).await.returned();
    let ids: Vec<u64> = call.starts().map(|start| start.id).collect();
    assert_eq!(ids, [1, 2, 3]);

    let outer = call.span("outer");
    assert_eq!(
        (outer.parent, outer.kind, outer.level),
        (None, SpanKind::Span, Level::Info)
    );
    assert_eq!(
        value(outer.attributes.as_ref()),
        json!({"order": 12, "type": "refund"})
    );
    let end = call.end_of("outer");
    assert_eq!(
        value(end.attributes.as_ref()),
        json!({"order": 12, "type": "refund", "late": "told later"})
    );

    let inside = call.span("span_inside");
    assert_eq!(
        (inside.parent, inside.level),
        (Some(outer.id), Level::Debug)
    );
    assert!(call.end_of("span_inside").attributes.is_none());

    let said = call.event("a word…");
    assert_eq!((said.parent, said.level), (None, Level::Debug));
    assert_eq!(
        value(said.attributes.as_ref()),
        json!({"length": 4, "ratio": 0.5, "known": true, "missing": "NaN", "message": "a word\nand another"})
    );
    let warned = call
        .events()
        .find(|event| event.level == Level::Warn)
        .expect("a warning");
    assert_eq!(warned.parent, Some(inside.id));
    assert_eq!(
        value(warned.attributes.as_ref()),
        json!({"word": "\"word\""})
    );

    let renamed = call.end_of("by its real name");
    assert_eq!(
        renamed
            .error
            .as_ref()
            .map(|error| (&*error.message, error.panic)),
        Some(("no route", false))
    );
    for absent in ["too quiet", "lost", "nobody's", "agent_run"] {
        assert!(!call.text().contains(absent), "{absent}");
    }
    call.event("from elsewhere");
}

#[tokio::test]
async fn the_filter_decides_and_without_options_nothing_is_told() {
    let quiet = start(Some(fluxloop::worker::protocol::ObserveOptions {
        filter: "error,observations::agents=warn,elsewhere=debug".to_owned(),
        ..options()
    }))
    .await;
    let told = call(&quiet, "chatty", json!("word"), LONG).await;
    let names: Vec<_> = told.events().map(|event| &*event.name).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(names[..2], ["from elsewhere", "too quiet"]);
    assert_eq!(told.starts().count(), 0);
    quiet.shut_down().await;
    let silent = start(None).await;
    assert!(
        call(&silent, "chatty", json!("word"), LONG)
            .await
            .told
            .is_empty()
    );
    silent.shut_down().await;
}

#[tokio::test]
async fn work_on_other_tasks_and_threads_belongs_to_the_run() {
    let call = call_once("spread", json!("x")).await.returned();
    let outer = call.span("outer").id;
    assert_eq!(call.event("on a bare task").parent, Some(outer));
    for (span, event) in [("task", "on a task"), ("blocking", "on a thread")] {
        assert_eq!(call.span(span).parent, Some(outer));
        assert_eq!(call.event(event).parent, Some(call.span(span).id));
        call.end_of(span);
    }
    let plain = call_once("blocking", json!("x")).await.returned();
    assert_eq!(plain.event("said").parent, Some(plain.span("inside").id));
}

#[tokio::test]
async fn a_span_that_outlives_its_run_has_no_end_and_one_that_is_cancelled_has() {
    let host = start(Some(options())).await;
    let outlived = call(&host, "outlived", json!("x"), LONG).await.returned();
    assert_eq!((outlived.span("endless").id, outlived.told.len()), (1, 1));
    let cancelled = call(&host, "waits", json!("x"), Duration::from_millis(50)).await;
    assert!(matches!(cancelled.answer.ended, Ended::TimedOut));
    cancelled.span("waiting");
    host.shut_down().await;
}

#[tokio::test]
async fn errors_and_panics_mark_the_spans_they_leave() {
    let host = start(Some(options())).await;
    let failed = async |how: &str| call(&host, "fails", json!(how), LONG).await;
    let error = |end: &fluxloop::worker::protocol::SpanEnd<'_>| {
        end.error
            .as_ref()
            .map(|error| (error.message.to_string(), error.panic))
    };
    let broken = failed("error").await;
    assert_eq!(
        error(broken.end_of("fallible")),
        Some(("it broke".to_owned(), false))
    );
    let panicked = failed("panic").await;
    let seen = Some(("seen by a span".to_owned(), true));
    assert_eq!(error(panicked.end_of("inner")), seen);
    assert_eq!(error(panicked.end_of("around")), seen);
    assert_eq!(
        error(panicked.end_of("guilty")),
        Some(("caught".to_owned(), true))
    );
    let task = failed("task").await.returned();
    assert_eq!(
        error(task.end_of("task")),
        Some(("on a task".to_owned(), true))
    );
    let tried = failed("again").await.returned();
    assert_eq!(error(tried.end_of("held")), None);
    assert_eq!(tried.event("trying again").level, Level::Error);
    let causes = value(tried.event("with causes").attributes.as_ref());
    assert_eq!(causes["error"], "wrapped: entity not found");
    host.shut_down().await;
}

#[tokio::test]
async fn secrets_do_not_leave_the_worker() {
    let call = call_once("secretive", json!("opaque")).await.returned();
    for secret in ["sk-of-the-shop", "abcdef123456", "opaque"] {
        assert!(!call.text().contains(secret), "{}", call.text());
    }
    let event = value(call.event("the key is ***").attributes.as_ref());
    assert_eq!(
        event,
        json!({"api_key": "***", "gen_ai.usage.input_tokens": 5})
    );
    let span = value(call.end_of("with ***").attributes.as_ref());
    assert_eq!(span, json!({"header": "Bearer ***", "late": "***"}));
    let told = value(call.event("credentials").output.as_ref());
    assert_eq!(
        told,
        json!({"password": "***", "max_tokens": 7, "of": "***"})
    );
}

#[tokio::test]
async fn long_values_are_cut_and_say_how_long_they_were() {
    let call = call_once("verbose", json!("x")).await.returned();
    let beginning = "é".repeat(500);
    let long = value(call.span("long").attributes.as_ref());
    assert_eq!(
        long,
        json!({"long": {"truncated": beginning, "bytes": 2_002}})
    );
    let name = format!("{}…", "é".repeat(200));
    assert_eq!(
        value(call.event(&name).attributes.as_ref())["message"]["bytes"],
        2_002
    );
    let list = value(call.event("list").output.as_ref());
    assert_eq!(
        list,
        json!({"truncated": format!("[\"{}", "é".repeat(499)), "bytes": 4_007})
    );
}

#[tokio::test]
async fn questions_to_models_have_tokens_and_each_counts_once() {
    let call = call_once("asks", json!(null)).await.returned();
    let chats: Vec<_> = call.starts().filter(|start| start.name == "chat").collect();
    assert_eq!(chats.len(), 2);
    assert!(chats.iter().all(|chat| chat.kind == SpanKind::Generation));
    assert_eq!(value(chats[0].input.as_ref()), json!([{"role": "user"}]));
    let used: Vec<_> = call
        .told
        .iter()
        .filter_map(|told| match told {
            fluxloop::worker::protocol::Happening::SpanEnd(end) => end.usage,
            _ => None,
        })
        .collect();
    let input = |tokens| Usage {
        input_tokens: Some(tokens),
        ..Usage::default()
    };
    let older = Usage {
        output_tokens: Some(4),
        ..input(3)
    };
    let plain = Usage {
        output_tokens: Some(7),
        ..input(6)
    };
    assert_eq!(used, [input(10), input(20), older, plain]);
    assert_eq!(call.end_of("older").kind, Some(SpanKind::Generation));
    assert_eq!(call.end_of("unknown").usage, None);
    assert_eq!(call.span("invoke_agent").kind, SpanKind::Span);
    assert_eq!(
        (
            call.end_of("invoke_agent").usage,
            call.end_of("invoke_agent").kind
        ),
        (None, None)
    );

    let tool = call.span("lookup");
    assert_eq!(
        (tool.kind, value(tool.input.as_ref())),
        (SpanKind::Tool, json!({"order": 12}))
    );
    assert_eq!(
        value(call.end_of("lookup").output.as_ref()),
        json!("shipped")
    );
    assert_eq!(call.event("looking").parent, Some(tool.id));
    let unnamed = call.span("execute_tool");
    assert_eq!(
        (unnamed.kind, call.span("within").parent),
        (SpanKind::Tool, Some(unnamed.id))
    );

    // What was asked is told with the end where it came after the start.
    assert!(call.span("late").input.is_none());
    assert_eq!(
        value(call.end_of("late").input.as_ref()),
        json!([{"role": "system"}])
    );

    assert_eq!(call.span("llm.generate").kind, SpanKind::Generation);
    let model = &call.end_of("llm.generate").model;
    assert_eq!(model.as_deref(), Some("m-small"));
    assert_eq!(call.span("weigh").kind, SpanKind::Tool);
    let error = call.end_of("weigh").error.as_ref();
    assert_eq!(error.unwrap().message, "no scales");
}
