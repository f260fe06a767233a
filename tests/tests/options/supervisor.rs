//! Supervisors that ask a model, at an address of ours that speaks as the provider does.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::{Value, json};
use tests::{Experiment, Project};

const AGENT: &str = r"
#[fluxloop::agent]
fn echo(message: String) -> String {
    message
}
";

/// Header lines and body.
type Request = (Vec<String>, Value);

/// A provider: lets the user say one thing more, then ends the conversation; or refuses every key.
struct Provider {
    address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Provider {
    /// Serves for the rest of this process.
    fn start(answer: fn(&Value) -> (u16, Value)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let address = format!("http://{}", listener.local_addr().expect("loopback"));
        let requests = Arc::<Mutex<Vec<_>>>::default();
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (headers, body) = read(stream.as_ref().expect("loopback"));
                let (status, reply) = answer(&body);
                seen.lock().expect("loopback").push((headers, body));
                let reply = reply.to_string();
                let length = reply.len();
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                );
                stream
                    .expect("loopback")
                    .write_all(format!("{head}{reply}").as_bytes())
                    .expect("loopback");
            }
        });
        Self { address, requests }
    }
}

fn read(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("loopback");
        if line.trim().is_empty() {
            break;
        }
        headers.push(line.trim().to_owned());
    }
    let length = headers
        .iter()
        .find_map(|line| {
            line.to_lowercase()
                .strip_prefix("content-length: ")
                .map(str::to_owned)
        })
        .map_or(0, |length| length.parse().expect("loopback"));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("loopback");
    (headers, serde_json::from_slice(&body).expect("loopback"))
}

/// The first question is answered by going on, the next by the end.
fn decision(request: &Value) -> Value {
    let over = request.to_string().contains("tell me more");
    json!({
        "decision": if over { "terminate" } else { "continue" },
        "next_user_message": if over { Value::Null } else { json!("tell me more") },
        "termination_reason": if over { json!("all was said") } else { Value::Null },
        "closing_user_message": null,
    })
}

fn openai(request: &Value) -> (u16, Value) {
    let content = decision(request).to_string();
    let reply = json!({
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    });
    (200, reply)
}

fn anthropic(request: &Value) -> (u16, Value) {
    let tool =
        json!({"type": "tool_use", "id": "t1", "name": "decide", "input": decision(request)});
    let usage = json!({"input_tokens": 100, "output_tokens": 10});
    (
        200,
        json!({"role": "assistant", "stop_reason": "tool_use", "content": [tool], "usage": usage}),
    )
}

fn refusing(_: &Value) -> (u16, Value) {
    (
        401,
        json!({"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}),
    )
}

const KEY: &str = "sk-conversations-1234567";

fn project() -> Project {
    Project::new("e2e_supervised", AGENT)
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
        }
        let requests = provider.requests.lock().unwrap();
        assert_eq!(requests.len(), 4);
        for (headers, body) in requests.iter() {
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
    let project = Project::new("e2e_keyless", AGENT)
        .config("")
        .inputs("- hello");
    let provider = Provider::start(openai);
    let arguments = "run experiment --yes --multi-turn --supervisor-provider openai";
    let variables = format!("OPENAI_BASE_URL={}/v1", provider.address);
    let _ = project.run_with(&variables, arguments).exits(0);
    let requests = provider.requests.lock().unwrap();
    assert!(requests.iter().all(|(headers, _)| {
        !headers
            .iter()
            .any(|line| line.to_lowercase().starts_with("authorization"))
    }));
    assert_eq!(requests[0].1["model"], "gpt-4o");
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

fn leaves_no_key(experiment: &Experiment, finished: &tests::Finished) {
    let texts = experiment
        .files()
        .into_iter()
        .map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned()));
    for (path, text) in texts {
        assert!(!text.contains(KEY), "{}", path.display());
    }
    assert!(!finished.to_string().contains(KEY));
}
