use std::sync::Mutex;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::post,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;

/// What the fake provider was sent.
#[derive(Debug)]
struct Received {
    authorization: Option<String>,
    body: Value,
}

/// A provider on loopback that always replies the same.
#[derive(Clone)]
struct FakeProvider {
    status: StatusCode,
    reply: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl FakeProvider {
    /// Starts it on a free port. It ends with the test's runtime.
    async fn start(status: StatusCode, reply: impl ToString) -> (String, Self) {
        let provider = Self {
            status,
            reply: reply.to_string(),
            received: Arc::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/v1", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/v1/chat/completions", post(Self::reply))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (address, provider)
    }

    #[expect(clippy::unused_async, reason = "axum's handlers are async")]
    async fn reply(
        State(provider): State<Self>,
        headers: HeaderMap,
        body: String,
    ) -> impl IntoResponse {
        provider.received.lock().unwrap().push(Received {
            authorization: headers
                .get(header::AUTHORIZATION)
                .map(|value| value.to_str().unwrap().to_owned()),
            body: serde_json::from_str(&body).unwrap(),
        });
        (
            provider.status,
            [(header::CONTENT_TYPE, "application/json")],
            provider.reply,
        )
    }
}

fn completion(content: &str) -> Value {
    json!({
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_730_000_000,
        "model": "test-model",
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": content },
            "finish_reason": "stop",
        }],
        "usage": { "prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17 },
    })
}

fn failure(kind: &str) -> Value {
    json!({ "error": { "message": "not now", "type": kind, "param": null, "code": kind } })
}

async fn ask_at(address: &str) -> Result<String, AskError> {
    let provider = Provider::new(address, Some("test-key".to_owned()), "test-model");
    ask_model(&provider, "How is a run seeded?", None).await
}

#[tokio::test]
async fn a_question_is_answered_from_the_documentation() {
    let (address, server) = FakeProvider::start(StatusCode::OK, completion("With --seed.")).await;
    assert_eq!(ask_at(&address).await.unwrap(), "With --seed.");

    let received = server.received.lock().unwrap();
    let [
        Received {
            authorization,
            body,
        },
    ] = received.as_slice()
    else {
        panic!("expected one request: {received:?}");
    };
    assert_eq!(authorization.as_deref(), Some("Bearer test-key"));
    assert_eq!(body["model"], "test-model");
    assert_eq!(body["messages"][0]["role"], "system");
    assert!(
        body["messages"][0].to_string().contains("docs/running.md"),
        "{body}"
    );
    assert_eq!(body["messages"][1]["role"], "user");
    assert!(
        body["messages"][1]
            .to_string()
            .contains("How is a run seeded?"),
        "{body}"
    );
}

#[tokio::test]
async fn without_a_key_none_is_sent() {
    let (address, server) = FakeProvider::start(StatusCode::OK, completion("Yes.")).await;
    let provider = Provider::new(address, None, "test-model");
    ask_model(&provider, "Is it free?", None).await.unwrap();
    assert_eq!(server.received.lock().unwrap()[0].authorization, None);
}

#[tokio::test]
async fn the_persona_is_in_the_preamble() {
    let mut persona = Persona::named("hurried_user");
    persona.language = "pt".to_owned();
    persona.goals = vec!["fix it now".to_owned()];
    let preamble = preamble("How is a run seeded?", Some(&persona));
    for expected in ["hurried_user", "fix it now", "(BCP 47): pt"] {
        assert!(
            preamble.contains(expected),
            "{expected} is not in {preamble}"
        );
    }
}

#[tokio::test]
async fn an_overloaded_or_broken_provider_is_transient() {
    for status in [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::SERVICE_UNAVAILABLE,
    ] {
        let (address, _server) = FakeProvider::start(status, failure("overloaded")).await;
        let error = ask_at(&address).await.unwrap_err();
        assert!(error.is_transient(), "{status}: {error:?}");
        let cause = error.source().unwrap().to_string();
        assert!(
            cause.contains("not now") && cause.contains(status.as_str()),
            "{cause}"
        );
    }
}

#[tokio::test]
async fn a_refused_key_is_final_and_stays_secret() {
    let (address, _server) =
        FakeProvider::start(StatusCode::UNAUTHORIZED, failure("invalid_api_key")).await;
    let error = ask_at(&address).await.unwrap_err();
    assert!(!error.is_transient(), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("test-key"));
}

#[tokio::test]
async fn garbage_is_final() {
    for reply in [
        "<html>hello</html>",
        "",
        "[1, 2]",
        "{}",
        r#"{"choices":[]}"#,
        r#"{"choices":7}"#,
    ] {
        let (address, _server) = FakeProvider::start(StatusCode::OK, reply).await;
        let error = ask_at(&address).await.unwrap_err();
        assert!(!error.is_transient(), "{reply}: {error:?}");
    }
}

#[tokio::test]
async fn an_answer_without_words_is_none() {
    let (address, _server) = FakeProvider::start(StatusCode::OK, completion(" ")).await;
    let error = ask_at(&address).await.unwrap_err();
    assert!(
        matches!(error, AskError::NoText { .. } | AskError::Provider { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_address_where_nobody_listens_is_transient() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let error = ask_at(&address).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert!(matches!(error, AskError::NoReply { .. }), "{error:?}");
}

#[test]
fn a_provider_does_not_show_its_key() {
    let provider = Provider::new("http://localhost/v1", Some("test-key".to_owned()), "m");
    assert!(!format!("{provider:?}").contains("test-key"));
}
