//! Supervisors that ask a model, at an address of ours that speaks as the provider does.

use serde_json::{Value, json};
use tests::{
    Project,
    provider::{Provider, Request, THINKING, anthropic, openai},
};

use super::{KEY, echo, leaves_no_key};

fn refusing(_: &Value) -> (u16, Value) {
    (
        401,
        json!({"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}),
    )
}

fn project() -> Project {
    echo()
        .config("multi_turn: { enabled: true, supervisor: { max_retries: 0 } }")
        .inputs("- { id: a, input: hello, persona: novice }\n- { id: b, input: hi }")
}

fn run(project: &Project, provider: &str, address: &str, more: &str) -> tests::Finished {
    let arguments = format!(
        "run experiment --yes -v --supervisor-provider {provider} --supervisor-model some-model \
         --supervisor-temperature 0.5 --supervisor-base-url {address} {more}"
    );
    project.run_with(&format!("FLUXLOOP_SUPERVISOR_API_KEY={KEY}"), &arguments)
}

#[test]
fn a_model_leads_the_conversation() {
    let project = project();
    let (open, anthropic) = (Provider::start(openai), Provider::start(anthropic));
    let (open_address, header) = (
        format!("{}/v1", open.address),
        format!("authorization: Bearer {KEY}"),
    );
    for (name, provider, address, header) in [
        ("openai", &open, &open_address, header),
        (
            "anthropic",
            &anthropic,
            &anthropic.address,
            format!("x-api-key: {KEY}"),
        ),
    ] {
        let finished = run(&project, name, address, "").exits(0);
        let experiment = project.latest();
        for row in experiment.rows("traces.jsonl") {
            assert_eq!(
                (row["output"].as_str(), row["turn_count"].as_u64()),
                (Some("tell me more"), Some(2))
            );
            assert_eq!(
                (
                    row["termination_reason"].as_str(),
                    row["termination_detail"].as_str()
                ),
                (Some("supervisor_stop"), Some("all was said"))
            );
            let supervisor = json!({
                "provider": name,
                "model": "some-model",
                "token_usage": {"input_tokens": 200, "output_tokens": 20, "total_tokens": 220},
            });
            assert_eq!(row["supervisor"], supervisor);
            // Waiting for the supervisor is not the agent's time.
            let milliseconds = |key: &str| row[key].as_f64().unwrap();
            let waited = milliseconds("wall_ms") - milliseconds("duration_ms");
            assert!(waited >= 2.0 * THINKING.as_secs_f64() * 1e3, "{row}");
        }
        let supervisor = json!({
            "provider": name,
            "model": "some-model",
            "decisions": 4,
            "token_usage": {"input_tokens": 400, "output_tokens": 40, "total_tokens": 440},
        });
        assert_eq!(experiment.summary()["supervisor"], supervisor);
        let requests = provider.requests();
        assert_eq!(requests.len(), 4);
        for Request { headers, body } in &requests {
            assert!(
                headers
                    .iter()
                    .any(|line| line.eq_ignore_ascii_case(&header)),
                "{headers:?}"
            );
            assert_eq!(
                (body["model"].as_str(), body["temperature"].as_f64()),
                (Some("some-model"), Some(0.5))
            );
        }
        leaves_no_key(&experiment, &finished);
    }
}

#[test]
fn a_server_of_ones_own_needs_no_key() {
    let project = echo().config("").inputs("- hello");
    let provider = Provider::start(openai);
    let arguments = "run experiment --yes --multi-turn --supervisor-provider openai";
    let variables = format!("OPENAI_BASE_URL={}/v1", provider.address);
    let _ = project.run_with(&variables, arguments).exits(0);
    let requests = provider.requests();
    assert!(requests.iter().all(|request| {
        !request
            .headers
            .iter()
            .any(|line| line.to_lowercase().starts_with("authorization"))
    }));
    assert_eq!(requests[0].body["model"], "gpt-4o");
}

#[test]
fn a_key_that_is_refused_ends_the_experiment() {
    let project = project();
    let provider = Provider::start(refusing);
    let finished = run(&project, "openai", &provider.address, "--iterations 20").exits(96);
    let finished = finished.says("refuses the API key");
    let experiment = project.latest();
    let rows = experiment.rows("trace_summary.jsonl");
    assert!(rows.len() < 40, "no more runs start: {}", rows.len());
    assert!(
        rows.iter()
            .all(|row| row["error"]["kind"] == "supervisor_error"),
        "{rows:?}"
    );
    leaves_no_key(&experiment, &finished);
}

/// Knows the key of those who say hello.
fn particular(body: &Value) -> (u16, Value) {
    if body.to_string().contains("hello") {
        openai(body)
    } else {
        refusing(body)
    }
}

#[test]
fn a_key_that_has_worked_is_refused_for_one_run_alone_also_where_none_was_right() {
    let config = "multi_turn: { enabled: true, supervisor: { max_retries: 0 } }\n\
                  expect: { contains: what nobody says }\n";
    let project = project().config(config);
    let provider = Provider::start(particular);
    let finished = run(&project, "openai", &provider.address, "--iterations 2").exits(100);
    let rows = project.latest().rows("trace_summary.jsonl");
    let kinds: Vec<_> = rows
        .iter()
        .map(|row| row["error"]["kind"].as_str().unwrap())
        .collect();
    let (rejected, refused) = ("expectation_failed", "supervisor_error");
    assert_eq!(kinds, [rejected, refused, rejected, refused], "{finished}");
}

/// Says what is no decision.
fn reluctant(_: &Value) -> (u16, Value) {
    let message = json!({"role": "assistant", "content": "I would rather not say."});
    let reply = json!({
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    });
    (200, reply)
}

#[test]
fn what_a_model_said_in_vain_is_kept() {
    let project = project().inputs("- hello");
    let provider = Provider::start(reluctant);
    let finished = run(&project, "openai", &provider.address, "--personas novice").exits(100);
    let experiment = project.latest();
    let observations = experiment.rows("observations.jsonl");
    let mut decisions = observations
        .iter()
        .filter(|row| row["kind"] == "supervisor");
    let (start, end) = (decisions.next().unwrap(), decisions.next().unwrap());
    let prompt = start["input"].as_str().unwrap();
    assert!(
        prompt.contains("<transcript>") && prompt.contains("could not be used"),
        "{prompt}"
    );
    assert_eq!(end["level"], "ERROR");
    let attributes = &end["attributes"];
    assert_eq!(
        (&attributes["attempts"], &attributes["reply"]),
        (&json!(2), &json!("I would rather not say."))
    );
    let supervisor = experiment.summary()["supervisor"].clone();
    assert_eq!(supervisor["decisions"], 0);
    assert_eq!(supervisor["token_usage"]["total_tokens"], 220);
    leaves_no_key(&experiment, &finished);
}
