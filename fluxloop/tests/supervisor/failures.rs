//! What goes wrong between here and the model.

use std::time::Duration;

use fluxloop::supervisor::{HttpSupervisor, Provider};
use serde_json::json;

use crate::{
    conversation::{anthropic, decide, go_on, goes_on, openai, settings, stop, stops},
    server::{Play, Server, completion, ok, response, tool_use},
};

fn good() -> Play {
    ok(completion(&go_on().to_string()))
}

fn error(status: u16, headers: Vec<(&'static str, &'static str)>, message: &str) -> Play {
    Play::Answer(
        status,
        headers,
        json!({ "error": { "message": message } }).to_string(),
    )
}

/// The first so many bytes of a good answer.
fn cut_off(length_announced: bool) -> Play {
    let body = completion(&go_on().to_string());
    let whole = response(200, &[], &body);
    let half = if length_announced {
        whole[..whole.len() - 100].to_vec()
    } else {
        format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}",
            &body[..body.len() - 100]
        )
        .into_bytes()
    };
    Play::Bytes(half)
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let passing = [
        error(500, Vec::new(), "oops"),
        error(503, vec![("retry-after", "0")], "busy"),
        error(529, Vec::new(), "Overloaded"),
        error(429, vec![("retry-after", "0")], "slow down"),
        error(429, Vec::new(), "slow down"),
        cut_off(true),
        cut_off(false),
        Play::Reset,
        Play::Bytes(Vec::new()),
    ];
    for (index, play) in passing.into_iter().enumerate() {
        let server = Server::playing([play, good()]).await;
        let decision = decide(&openai(&server)).await.unwrap();
        assert_eq!(
            (decision.step, decision.attempts),
            (goes_on(), 2),
            "{index}"
        );
    }
}

#[tokio::test]
async fn several_failures_in_a_row_are_one_decision() {
    let overloaded =
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let server = Server::playing([
        Play::Answer(529, Vec::new(), overloaded.to_owned()),
        Play::Reset,
        Play::Answer(
            429,
            vec![("retry-after", "Mon, 23 Nov 2020 20:00:00 GMT")],
            String::new(),
        ),
        ok(tool_use(&stop())),
    ])
    .await;
    let decision = decide(&anthropic(&server)).await.unwrap();
    assert_eq!((decision.step, decision.attempts), (stops(), 4));
}

#[tokio::test]
async fn a_slow_provider_is_asked_again() {
    let server = Server::playing([Play::Hang, Play::Hang]).await;
    let mut settings = settings(Provider::OpenAi, &server);
    settings.timeout = Duration::from_millis(50);
    settings.max_retries = 1;
    let failure = decide(&HttpSupervisor::new(settings).unwrap())
        .await
        .unwrap_err();
    assert!(failure.message.contains("asked 2 times"), "{failure}");
    assert!(failure.message.contains("timed out"), "{failure}");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn after_max_retries_it_is_a_failure_in_the_providers_words() {
    for status in [500, 429] {
        let script = (0..3).map(|_| error(status, vec![("retry-after", "0")], "not now"));
        let server = Server::playing(script).await;
        let mut settings = settings(Provider::OpenAi, &server);
        settings.max_retries = 2;
        let failure = decide(&HttpSupervisor::new(settings).unwrap())
            .await
            .unwrap_err();
        let message = failure.message.replace(&server.address, "http://server");
        assert!(
            message.starts_with(
                "no decision from `openai` at http://server/v1/chat/completions, asked 3 times: "
            ),
            "{message}"
        );
        assert!(message.ends_with(": not now"), "{message}");
        assert!(!failure.refused);
    }
}

#[tokio::test]
async fn what_stays_wrong_is_not_tried_again() {
    for (status, refused) in [
        (400, false),
        (404, false),
        (401, true),
        (403, true),
        (302, false),
    ] {
        let server =
            Server::playing([error(status, vec![("location", "/elsewhere")], "no, never")]).await;
        let failure = decide(&openai(&server)).await.unwrap_err();
        assert_eq!(failure.refused, refused, "{status}");
        assert!(failure.message.contains(&status.to_string()), "{failure}");
        assert!(failure.message.ends_with("no, never"), "{failure}");
    }
    let page = Play::Answer(
        200,
        vec![("content-type", "text/html")],
        "<html>Sign in\u{1b}[2J</html>".to_owned(),
    );
    let server = Server::playing([page]).await;
    let failure = decide(&openai(&server)).await.unwrap_err();
    assert!(
        failure.message.contains("found `<html>Sign in [2J</html>`"),
        "{failure}"
    );
}

#[tokio::test]
async fn a_body_without_end_is_refused() {
    let long = "x".repeat(10_000_000);
    let announced = response(200, &[], &long);
    let unannounced = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{long}").into_bytes();
    for bytes in [announced, unannounced] {
        let server = Server::playing([Play::Bytes(bytes)]).await;
        let failure = decide(&openai(&server)).await.unwrap_err();
        assert!(
            failure
                .message
                .ends_with("the answer is longer than 1048576 bytes"),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn nobody_there_is_said_after_the_retries() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let server = Server::playing([]).await;
    let mut settings = settings(Provider::Anthropic, &server);
    settings.base_url = format!("http://{address}");
    settings.max_retries = 1;
    let failure = decide(&HttpSupervisor::new(settings).unwrap())
        .await
        .unwrap_err();
    assert!(failure.message.contains("asked 2 times"), "{failure}");
    assert!(
        failure.message.contains("onnection refused") || cfg!(windows),
        "{failure}"
    );
}

#[tokio::test]
async fn what_was_tried_in_vain_is_told() {
    let server = Server::playing([
        error(500, Vec::new(), "oops"),
        ok(completion("I would rather not say.")),
        ok(completion("No.")),
    ])
    .await;
    let failure = decide(&openai(&server)).await.unwrap_err();
    assert_eq!(failure.attempts, 3);
    assert_eq!(failure.reply.as_deref(), Some("No."));
    assert_eq!(failure.usage.unwrap().total_tokens, 220);
    assert!(failure.latency > Duration::ZERO);
    let prompt = failure.prompt.unwrap();
    assert!(
        prompt.contains("Which one do you mean?")
            && prompt.contains("Your last reply to this could not be used"),
        "{prompt}"
    );

    let server = Server::playing([error(401, Vec::new(), "wrong key")]).await;
    let failure = decide(&openai(&server)).await.unwrap_err();
    assert_eq!((failure.attempts, failure.reply), (1, None));
    assert!(failure.prompt.is_some());
}
