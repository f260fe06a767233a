//! What was said: to whom it is sent.

use serde_json::{Value, json};

use super::{
    Sample,
    arrivals::{desk, exported},
    sample::{end, start, told},
    server::attributes,
};
use crate::event::{ObservationKind, SpanId};

const CAPTURE: (&str, &str) = ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true");

/// Everything that was said in the sample.
const SAID: [&str; 12] = [
    "the question",
    "the answer",
    "the prompt",
    "the completion",
    "the supervisor's prompt",
    "continue",
    "a thought",
    "a note",
    "shipped",
    "a secret document",
    "some instructions",
    "a late thought",
];

/// Says things in attributes, too.
fn talkative() -> Sample {
    let mut sample = desk();
    let said = json!({
        "gen_ai.system_instructions": "some instructions",
        "gen_ai.retrieval.documents": ["a secret document"],
        "gen_ai.prompt.0.content": "the prompt",
    });
    sample.happened.push(
        start(
            told(7),
            Some(SpanId::Run),
            "reads",
            ObservationKind::Span,
            3,
        )
        .with(&said),
    );
    sample.happened.push(
        end(
            told(7),
            Some(SpanId::Run),
            "reads",
            ObservationKind::Span,
            (3, 3),
        )
        .asked(&json!("a late thought")),
    );
    sample
}

#[tokio::test]
async fn what_was_said_is_not_sent_unless_asked_for() {
    let server = exported(&talkative(), &[]).await;
    let sent: String = server
        .received()
        .iter()
        .map(|received| String::from_utf8_lossy(&received.body).into_owned())
        .collect();
    for said in SAID {
        assert!(!sent.contains(said), "{said:?} was sent");
    }
}

#[tokio::test]
async fn what_was_said_is_sent_to_those_who_ask_for_it() {
    let server = exported(&talkative(), &[CAPTURE]).await;
    let sent: String = server
        .received()
        .iter()
        .map(|received| String::from_utf8_lossy(&received.body).into_owned())
        .collect();
    for said in SAID {
        assert!(sent.contains(said), "{said:?} was not sent");
    }
    let of = |name: &str| attributes(&server.span(name).attributes);
    let message = |role: &str, said: &str| json!({"role": role, "parts": [{"type": "text", "content": said}]});
    for name in ["invoke_agent answer", "turn"] {
        let messages = of(name)["gen_ai.input.messages"].clone();
        let messages: Value = serde_json::from_str(messages.as_str().unwrap()).unwrap();
        assert_eq!(messages, json!([message("user", "the question")]), "{name}");
        let messages = of(name)["gen_ai.output.messages"].clone();
        let messages: Value = serde_json::from_str(messages.as_str().unwrap()).unwrap();
        assert_eq!(messages[0]["parts"][0]["content"], "the answer", "{name}");
    }
    let tool = of("execute_tool lookup_order");
    assert_eq!(tool["gen_ai.tool.call.arguments"], r#"{"order":12}"#);
    assert_eq!(tool["gen_ai.tool.call.result"], r#"{"status":"shipped"}"#);
    assert_eq!(of("thinking")["fluxloop.input"], "a thought");
    assert_eq!(of("reads")["fluxloop.input"], "a late thought");
    assert_eq!(
        of("supervisor_decision")["fluxloop.output"],
        r#"{"decision":"continue"}"#
    );
}
