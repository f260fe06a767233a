//! What models reply.

use fluxloop::supervisor::TokenUsage;
use serde_json::{Value, json};

use crate::{
    conversation::{anthropic, decide, decide_when, go_on, goes_on, openai, stop, stops},
    server::{Play, Server, completion, message, ok, tool_use},
};

/// Both providers' shapes of the same reply.
async fn servers(replies: &[&str]) -> (Server, Server) {
    let completions = replies.iter().map(|reply| ok(completion(reply)));
    let messages = replies
        .iter()
        .map(|reply| match serde_json::from_str::<Value>(reply) {
            Ok(input) => ok(tool_use(&input)),
            Err(_) => ok(message(&json!([{ "type": "text", "text": reply }]))),
        });
    (
        Server::playing(completions).await,
        Server::playing(messages).await,
    )
}

#[tokio::test]
async fn fenced_and_in_prose_it_is_understood() {
    for reply in [
        format!("```json\n{}\n```", go_on()),
        format!("They would say: {}. Yes.", go_on()),
    ] {
        let (of_openai, of_anthropic) = servers(&[&reply]).await;
        assert_eq!(decide(&openai(&of_openai)).await.unwrap().step, goes_on());
        assert_eq!(
            decide(&anthropic(&of_anthropic)).await.unwrap().step,
            goes_on()
        );
    }
}

#[tokio::test]
async fn a_reply_of_no_use_is_asked_again_once_with_the_reason() {
    let contradiction = format!("{} {}", go_on(), stop());
    for (reply, reason) in [
        ("no idea", "found `no idea`"),
        ("", "the reply was empty"),
        (contradiction.as_str(), "found 2 that differ"),
        (r#"{"decision":"pause"}"#, "found `pause`"),
        (
            r#"{"decision":"continue","next_user_message":null}"#,
            "`continue` needs what the user says",
        ),
    ] {
        let good = go_on().to_string();
        let (of_openai, of_anthropic) = servers(&[reply, &good]).await;
        let decision = decide(&openai(&of_openai)).await.unwrap();
        assert_eq!(
            (decision.step, decision.attempts),
            (goes_on(), 2),
            "{reply}"
        );
        let both = TokenUsage {
            input_tokens: 200,
            output_tokens: 20,
            total_tokens: 220,
        };
        assert_eq!(decision.usage, Some(both), "{reply}");
        let asked = of_openai.requests()[1].body["messages"][1]["content"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(asked.contains(reason), "{asked}");
        assert!(decision.prompt.unwrap().contains(reason));

        let decision = decide(&anthropic(&of_anthropic)).await.unwrap();
        assert_eq!(
            (decision.step, decision.attempts),
            (goes_on(), 2),
            "{reply}"
        );

        let (of_openai, of_anthropic) = servers(&[reply, reply]).await;
        for failure in [
            decide(&openai(&of_openai)).await.unwrap_err(),
            decide(&anthropic(&of_anthropic)).await.unwrap_err(),
        ] {
            assert!(failure.message.contains(reason), "{failure}");
            assert!(failure.message.contains("asked 2 times"), "{failure}");
            assert!(!failure.refused);
            assert!(failure.usage.is_some());
        }
    }
}

#[tokio::test]
async fn a_stop_too_early_is_asked_again() {
    let (early, late) = (stop().to_string(), go_on().to_string());
    let (server, _) = servers(&[&early, &late]).await;
    let decision = decide_when(&openai(&server), false).await.unwrap();
    assert_eq!((decision.step, decision.attempts), (goes_on(), 2));
    let (server, _) = servers(&[&early, &early]).await;
    let failure = decide_when(&openai(&server), false).await.unwrap_err();
    assert!(failure.message.contains("must not end yet"), "{failure}");
}

#[tokio::test]
async fn a_refusal_is_a_reply_of_no_use() {
    let mut refusal: Value = serde_json::from_str(&completion("")).unwrap();
    refusal["choices"][0]["message"] =
        json!({ "role": "assistant", "content": null, "refusal": "I can't play that." });
    let server = Server::playing([ok(refusal.to_string()), ok(refusal.to_string())]).await;
    let failure = decide(&openai(&server)).await.unwrap_err();
    assert!(
        failure
            .message
            .ends_with("the model refused: I can't play that."),
        "{failure}"
    );
    assert!(!failure.refused, "the key was not refused");
}

#[tokio::test]
async fn the_content_type_does_not_matter() {
    let body = completion(&stop().to_string());
    let server =
        Server::playing([Play::Answer(200, vec![("content-type", "text/html")], body)]).await;
    assert_eq!(decide(&openai(&server)).await.unwrap().step, stops());
}
