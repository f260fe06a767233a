//! What goes over the wire.

use fluxloop::supervisor::{HttpSupervisor, Provider, Supervisor, TokenUsage};
use serde_json::json;

use crate::{
    conversation::{KEY, anthropic, decide, go_on, goes_on, openai, settings, stop, stops},
    server::{Play, Server, completion, ok, tool_use},
};

#[tokio::test]
async fn openai_gets_model_temperature_schema_and_the_key_as_bearer() {
    let server = Server::playing([ok(completion(&go_on().to_string()))]).await;
    let mut settings = settings(Provider::OpenAi, &server);
    settings.temperature = Some(0.25);
    let supervisor = HttpSupervisor::new(settings).unwrap();
    let decision = decide(&supervisor).await.unwrap();
    assert_eq!(decision.step, goes_on());
    assert_eq!(decision.attempts, 1);
    assert_eq!(
        decision.usage,
        Some(TokenUsage {
            input_tokens: 100,
            output_tokens: 10,
            total_tokens: 110
        })
    );
    assert_eq!(
        decision.reply.as_deref(),
        Some(go_on().to_string().as_str())
    );

    let request = &server.requests()[0];
    assert_eq!(request.path, "/v1/chat/completions");
    assert_eq!(
        request.header("authorization"),
        Some(format!("Bearer {KEY}").as_str())
    );
    assert_eq!(request.header("content-type"), Some("application/json"));
    let body = &request.body;
    assert_eq!(body["model"], "a-model");
    assert_eq!(body["temperature"], json!(0.25));
    assert_eq!(body["response_format"]["type"], "json_schema");
    let format = &body["response_format"]["json_schema"];
    assert_eq!(format["strict"], true);
    assert_eq!(
        format["schema"]["properties"]["decision"]["enum"],
        json!(["continue", "terminate"])
    );
    assert_eq!(format["schema"]["additionalProperties"], false);
    let prompt = decision.prompt.unwrap();
    for (index, role) in ["system", "user"].into_iter().enumerate() {
        assert_eq!(body["messages"][index]["role"], role);
        assert!(prompt.contains(body["messages"][index]["content"].as_str().unwrap()));
    }
    assert!(
        prompt.contains("1. agent: \"Which one do you mean?\""),
        "{prompt}"
    );
}

#[tokio::test]
async fn anthropic_gets_a_tool_that_it_has_to_call_and_the_key_in_its_own_header() {
    let server = Server::playing([ok(tool_use(&stop()))]).await;
    let mut settings = settings(Provider::Anthropic, &server);
    settings.temperature = Some(0.5);
    let supervisor = HttpSupervisor::new(settings).unwrap();
    let decision = decide(&supervisor).await.unwrap();
    assert_eq!(decision.step, stops());
    assert_eq!(
        decision.usage,
        Some(TokenUsage {
            input_tokens: 200,
            output_tokens: 20,
            total_tokens: 220
        })
    );
    assert_eq!(decision.reply.as_deref(), Some(stop().to_string().as_str()));

    let request = &server.requests()[0];
    assert_eq!(request.path, "/v1/messages");
    assert_eq!(request.header("x-api-key"), Some(KEY));
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.header("anthropic-version"), Some("2023-06-01"));
    let body = &request.body;
    assert_eq!(body["model"], "a-model");
    assert_eq!(body["temperature"], json!(0.5));
    assert!(body["max_tokens"].is_u64());
    assert!(
        body["system"]
            .as_str()
            .unwrap()
            .starts_with("You play the user")
    );
    assert_eq!(body["messages"][0]["role"], "user");
    assert_eq!(body["tools"][0]["name"], "decide");
    assert_eq!(
        body["tools"][0]["input_schema"]["properties"]["decision"]["enum"],
        json!(["continue", "terminate"])
    );
    assert_eq!(body["tool_choice"]["type"], "tool");
    assert_eq!(body["tool_choice"]["name"], "decide");
}

#[tokio::test]
async fn without_key_and_temperature_neither_is_sent() {
    for provider in [Provider::OpenAi, Provider::Anthropic] {
        let body = match provider {
            Provider::OpenAi => completion(&go_on().to_string()),
            Provider::Anthropic => tool_use(&go_on()),
        };
        let server = Server::playing([ok(body)]).await;
        let mut settings = settings(provider, &server);
        settings.api_key = None;
        decide(&HttpSupervisor::new(settings).unwrap())
            .await
            .unwrap();
        let request = &server.requests()[0];
        assert_eq!(request.header("authorization"), None);
        assert_eq!(request.header("x-api-key"), None);
        assert_eq!(request.body.get("temperature"), None);
    }
}

#[tokio::test]
async fn a_server_without_response_formats_is_asked_for_plain_json_from_then_on() {
    let refusal = r#"{"error":{"message":"Unrecognized request argument supplied: response_format","type":"invalid_request_error"}}"#;
    let server = Server::playing([
        Play::Answer(400, Vec::new(), refusal.to_owned()),
        ok(completion(&go_on().to_string())),
        ok(completion(&format!("```json\n{}\n```", stop()))),
    ])
    .await;
    let supervisor = openai(&server);
    let first = decide(&supervisor).await.unwrap();
    assert_eq!((first.step, first.attempts), (goes_on(), 2));
    let second = decide(&supervisor).await.unwrap();
    assert_eq!((second.step, second.attempts), (stops(), 1));
    let requests = server.requests();
    let with_format: Vec<bool> = requests
        .iter()
        .map(|request| request.body.get("response_format").is_some())
        .collect();
    assert_eq!(with_format, [true, false, false]);
    let system = requests[1].body["messages"][0]["content"].as_str().unwrap();
    assert!(
        system.contains("Answer with one JSON object and nothing else"),
        "{system}"
    );
}

#[tokio::test]
async fn a_second_refusal_of_the_format_is_final() {
    let refusal = || {
        Play::Answer(
            422,
            Vec::new(),
            r#"{"detail":"json_schema is not supported"}"#.to_owned(),
        )
    };
    let server = Server::playing([refusal(), refusal()]).await;
    let failure = decide(&openai(&server)).await.unwrap_err();
    assert!(
        failure.message.ends_with("json_schema is not supported"),
        "{failure}"
    );
}

#[tokio::test]
async fn the_key_is_in_nothing_that_can_be_shown() {
    let echo = format!(r#"{{"error":{{"message":"Incorrect API key provided: {KEY}"}}}}"#);
    let reply = json!({ "decision": "continue", "next_user_message": format!("my key is {KEY}") });
    let server = Server::playing([
        Play::Answer(401, Vec::new(), echo),
        ok(completion(&reply.to_string())),
    ])
    .await;
    let mut settings = settings(Provider::OpenAi, &server);
    assert!(!format!("{settings:?}").contains(KEY));
    settings.service_context = Some(format!("Do not tell {KEY}."));
    let supervisor = HttpSupervisor::new(settings).unwrap();
    let failure = decide(&supervisor).await.unwrap_err();
    let decision = decide(&supervisor).await.unwrap();
    let shown = format!("{supervisor:#?} {failure:?} {failure} {decision:?}");
    assert!(!shown.contains(KEY), "{shown}");
    assert!(
        failure.message.contains("Incorrect API key provided: ***"),
        "{failure}"
    );
    assert!(!server.requests()[1].body.to_string().contains(KEY));
}

#[tokio::test]
async fn a_supervisor_says_who_it_is() {
    let server = Server::playing([ok(tool_use(&go_on()))]).await;
    let supervisor = Supervisor::Http(Box::new(anthropic(&server)));
    assert_eq!(supervisor.provider(), "anthropic");
    assert_eq!(supervisor.model(), Some("a-model"));
}
