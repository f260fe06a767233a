//! Inputs that a model writes.

use std::{future::pending, num::NonZeroU32, path::Path};

use fluxloop::{
    config::{Config, LoadRequest, load},
    generate::{Generation, InputWriter, Strategy, Written, write_inputs},
};
use serde_json::{Value, json};

use crate::{
    conversation::KEY,
    server::{Play, Recorded, Server, completion, message, ok},
};

/// Two base inputs, one persona.
fn config(folder: &Path, address: &str, more: &str) -> Config {
    let text = format!(
        "base_inputs: [How do I start?, Where is my parcel?]\npersonas: [{{name: novice}}]\n\
         input_generation: {{mode: llm, llm: {{provider: openai, model: a-model, temperature: 0.5, api_key: {KEY}, \
         base_url: '{address}/v1', max_retries: 1 {more}}}}}\n"
    );
    std::fs::write(folder.join("fluxloop.yaml"), text).unwrap();
    let mut request = LoadRequest::new(folder);
    request.config = Some("fluxloop.yaml".into());
    load(&request)
        .unwrap_or_else(|errors| panic!("{}", errors.report()))
        .config
}

async fn written(config: &Config, strategies: &[Strategy], variations: u32) -> Written {
    let writer = InputWriter::new(config).unwrap();
    writer.open().unwrap();
    let generation = Generation {
        config,
        strategies: strategies.to_vec(),
        variations: NonZeroU32::new(variations).unwrap(),
        seed: 0,
        limit: None,
    };
    write_inputs(&generation, &writer, NonZeroU32::MIN, pending(), |_| {})
        .await
        .unwrap()
}

fn reply(texts: &[&str]) -> Play {
    ok(completion(&json!({ "inputs": texts }).to_string()))
}

fn texts(written: &Written) -> Vec<&str> {
    written
        .generated
        .inputs
        .iter()
        .map(|input| input.input.as_str())
        .collect()
}

fn user(request: &Recorded) -> &str {
    request.body["messages"][1]["content"].as_str().unwrap()
}

#[tokio::test]
async fn a_request_asks_for_all_variations_at_once() {
    let server = Server::playing([reply(&["a", "b"]), reply(&["c", "d"])]).await;
    let folder = tempfile::tempdir().unwrap();
    let written = written(
        &config(folder.path(), &server.address, ""),
        &[Strategy::Verbose],
        2,
    )
    .await;
    assert_eq!(texts(&written), ["a", "b", "c", "d"]);
    assert!(
        written.failures.is_empty() && written.generated.warnings.is_empty(),
        "{written:?}"
    );
    assert_eq!(written.usage.unwrap().total_tokens, 220);
    let input = &written.generated.inputs[0];
    assert_eq!(
        (input.persona.as_deref(), input.source.as_str()),
        (Some("novice"), "How do I start?")
    );
    assert!(input.id.starts_with("how-do-i-start-"), "{}", input.id);
    assert!(input.id.contains(".verbose."), "{}", input.id);
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        requests[0].header("authorization"),
        Some(format!("Bearer {KEY}").as_str())
    );
    let body = &requests[0].body;
    assert_eq!(
        (&body["model"], &body["temperature"]),
        (&json!("a-model"), &json!(0.5))
    );
    assert_eq!(body["response_format"]["json_schema"]["name"], "inputs");
    assert_eq!(
        body["response_format"]["json_schema"]["schema"]["required"],
        json!(["inputs"])
    );
    assert!(user(&requests[0]).contains("\"How do I start?\""));
    assert!(user(&requests[0]).contains("- Name: novice"));
    assert!(user(&requests[0]).contains("Write 2 texts. Say the same at length"));
}

#[tokio::test]
async fn more_than_models_count_to_is_asked_for_in_several_requests() {
    let first: Vec<String> = (0..20).map(|n| format!("text {n}")).collect();
    let first: Vec<&str> = first.iter().map(String::as_str).collect();
    let server = Server::playing([reply(&first), reply(&["last", "text 3"])]).await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path(), &server.address, "");
    config.base_inputs.truncate(1);
    let written = written(&config, &[Strategy::Concise], 22).await;
    assert_eq!(texts(&written).len(), 21);
    assert_eq!(
        written.generated.warnings,
        [
            "`concise` of `how-do-i-start-69f48e` for `novice`: rejected: `text 3` is there already",
            "`concise` of `how-do-i-start-69f48e` for `novice`: expected 22 texts, found 21 that can be used",
        ]
        .map(|warning| warning.replace("how-do-i-start-69f48e", id(&written)))
    );
    let requests = server.requests();
    assert!(user(&requests[0]).contains("Write 20 texts."));
    assert!(
        user(&requests[1]).contains("Write 2 texts.") && user(&requests[1]).contains("\"text 19\"")
    );
}

/// Of the first base input.
fn id(written: &Written) -> &str {
    written.generated.inputs[0].id.split('.').next().unwrap()
}

#[tokio::test]
async fn a_reply_of_no_use_is_asked_for_again_and_a_failure_costs_its_own_inputs() {
    let server = Server::playing([
        ok(completion("I cannot do that.")),
        reply(&["a"]),
        ok(completion("no")),
        ok(completion("never")),
    ])
    .await;
    let folder = tempfile::tempdir().unwrap();
    let written = written(
        &config(folder.path(), &server.address, ""),
        &[Strategy::Typo],
        1,
    )
    .await;
    assert_eq!(texts(&written), ["a"]);
    let [failure] = &written.failures[..] else {
        panic!("{written:?}");
    };
    assert!(
        failure.what.starts_with("`typo` of `where-is-my-parcel-"),
        "{failure:?}"
    );
    assert!(
        failure.message.contains("no inputs from `openai`")
            && failure
                .message
                .ends_with("expected one JSON object with `inputs`, found `never`"),
        "{failure:?}"
    );
    assert!(!failure.refused);
    let again = &server.requests()[1];
    assert!(
        user(again).ends_with(
            "could not be used: expected one JSON object with `inputs`, found `I cannot do that.`. \
             Answer again, with the texts in the form above."
        ),
        "{}",
        user(again)
    );
}

#[tokio::test]
async fn too_many_requests_are_waited_for() {
    let busy = || Play::Answer(429, vec![("retry-after", "0")], "{}".to_owned());
    let server = Server::playing([busy(), reply(&["a"]), busy(), reply(&["b"])]).await;
    let folder = tempfile::tempdir().unwrap();
    let written = written(
        &config(folder.path(), &server.address, ""),
        &[Strategy::Typo],
        1,
    )
    .await;
    assert_eq!(texts(&written), ["a", "b"]);
}

#[tokio::test]
async fn after_a_refused_key_nothing_more_is_asked_and_the_key_is_in_no_message() {
    let refusal = json!({"error": {"message": format!("Incorrect API key provided: {KEY}")}});
    let server = Server::playing([
        reply(&["a"]),
        Play::Answer(401, Vec::new(), refusal.to_string()),
    ])
    .await;
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), &server.address, "");
    let written = written(&config, &[Strategy::Typo, Strategy::Verbose], 1).await;
    assert_eq!(texts(&written), ["a"]);
    let [failure] = &written.failures[..] else {
        panic!("{written:?}");
    };
    assert!(
        failure.refused && failure.message.contains("401"),
        "{failure:?}"
    );
    assert!(!format!("{written:?}").contains(KEY));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn what_is_written_until_it_is_to_end_is_kept() {
    let server = Server::playing([reply(&["a"]), Play::Hang]).await;
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), &server.address, "");
    let writer = InputWriter::new(&config).unwrap();
    let generation = Generation {
        config: &config,
        strategies: vec![Strategy::Typo],
        variations: NonZeroU32::MIN,
        seed: 0,
        limit: None,
    };
    let (first, stop) = tokio::sync::oneshot::channel();
    let mut first = Some(first);
    let stop = async { stop.await.unwrap() };
    let written = write_inputs(&generation, &writer, NonZeroU32::MIN, stop, |_| {
        first.take().unwrap().send(()).unwrap();
    });
    let written = written.await.unwrap();
    assert_eq!(texts(&written), ["a"]);
    assert!(written.interrupted && written.failures.is_empty());
    assert!(
        written.generated.warnings.is_empty(),
        "{:?}",
        written.generated.warnings
    );
}

#[tokio::test]
async fn anthropic_hands_the_texts_over_by_a_tool() {
    let call = json!([{ "type": "tool_use", "id": "t", "name": "write_inputs", "input": {"inputs": ["a"]} }]);
    let server = Server::playing([ok(message(&call))]).await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path(), &server.address, "");
    config.base_inputs.truncate(1);
    config.generation.model.provider = fluxloop::supervisor::Provider::Anthropic;
    config.generation.model.base_url = Some(server.address.clone());
    let written = written(&config, &[Strategy::Multilingual], 1).await;
    assert_eq!(texts(&written), ["a"]);
    let body = server.requests()[0].body.clone();
    assert_eq!(body["tool_choice"]["name"], "write_inputs");
    assert_eq!(
        body["tools"][0]["input_schema"]["required"],
        json!(["inputs"])
    );
}

#[tokio::test]
async fn a_recording_is_played_byte_for_byte_and_says_what_is_not_in_it() {
    let server = Server::playing([reply(&["a", KEY]), reply(&["b", "c"])]).await;
    let folder = tempfile::tempdir().unwrap();
    let cassette = |mode: &str| format!(", cassette: {{file: tape.jsonl, mode: {mode}}}");
    let recorded = written(
        &config(folder.path(), &server.address, &cassette("record")),
        &[Strategy::Typo],
        2,
    )
    .await;
    let tape = std::fs::read_to_string(folder.path().join("tape.jsonl")).unwrap();
    assert!(!tape.contains(KEY), "{tape}");
    let line: Value = serde_json::from_str(tape.lines().next().unwrap()).unwrap();
    assert!(
        line["case"]
            .as_str()
            .unwrap()
            .starts_with("generate::how-do-i-start-"),
        "{line}"
    );
    let replaying = config(folder.path(), "http://127.0.0.1:9", &cassette("replay"));
    let played = written(&replaying, &[Strategy::Typo], 2).await;
    assert_eq!(played.generated.yaml(), recorded.generated.yaml());
    assert_eq!(texts(&played), ["a", "***", "b", "c"]);
    let other = written(&replaying, &[Strategy::Verbose], 2).await;
    assert_eq!((other.generated.inputs.len(), other.failures.len()), (0, 2));
    let message = &other.failures[0].message;
    assert!(
        message.contains("holds nothing of `generate::")
            && message.ends_with("record it with `input_generation.llm.cassette.mode: record`"),
        "{message}"
    );
    let other = written(&replaying, &[Strategy::Typo], 3).await;
    let message = &other.failures[0].message;
    assert!(
        message.starts_with("what is asked in request 1 of `generate::"),
        "{message}"
    );
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn without_a_key_nobody_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("fluxloop.yaml"), "base_inputs: [a]").unwrap();
    let mut request = LoadRequest::new(folder.path());
    request.config = Some("fluxloop.yaml".into());
    let error = InputWriter::new(&load(&request).unwrap().config).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("there is no API key for openai"),
        "{error}"
    );
    request
        .environment
        .insert("OPENAI_API_KEY".to_owned(), KEY.to_owned());
    let writer = InputWriter::new(&load(&request).unwrap().config).unwrap();
    assert_eq!((writer.provider(), writer.model()), ("openai", "gpt-4o"));
    assert!(!format!("{writer:?}").contains(KEY));
}
