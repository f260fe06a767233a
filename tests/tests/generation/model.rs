//! By a model, at a server of the test's own.

use std::fs;

use serde_json::{Value, json};
#[cfg(unix)]
use tests::Running;
use tests::{
    Project,
    provider::{Provider, Request},
};

use super::{entries, project, values};

const KEY: &str = "sk-live-1234567890";

/// As many texts as are asked for, the same for the same question.
fn writes(request: &Value) -> (u16, Value) {
    let prompt = request["messages"][1]["content"]
        .as_str()
        .expect("a prompt");
    let (_, task) = prompt.rsplit_once("Write ").expect("a task");
    let count: u32 = task
        .split(' ')
        .next()
        .and_then(|count| count.parse().ok())
        .expect("a count");
    let hash = prompt
        .bytes()
        .fold(7_u32, |hash, byte| hash.wrapping_mul(31) ^ u32::from(byte));
    let texts: Vec<String> = (0..count)
        .map(|n| format!("say text {n} of {hash}"))
        .collect();
    let content = json!({ "inputs": texts }).to_string();
    (
        200,
        json!({
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
        }),
    )
}

/// The same, but for verbose texts.
fn fails(request: &Value) -> (u16, Value) {
    if request.to_string().contains("at length") {
        return (400, json!({"error": {"message": format!("no: {KEY}")}}));
    }
    writes(request)
}

fn refuses(_: &Value) -> (u16, Value) {
    (
        401,
        json!({"error": {"message": format!("wrong key {KEY}")}}),
    )
}

fn with_model(provider: &Provider, more: &str) -> Project {
    let config = format!(
        "variation_count: 2\nvariation_strategies: [multilingual, verbose]\n\
         input_generation: {{ mode: llm, llm: {{ model: a-model, max_retries: 0, base_url: '{}', \
         cassette: {{ file: recordings/inputs.jsonl, mode: replay }} {more} }} }}\n",
        provider.address
    );
    let project = project(&config);
    project.write(".env", &format!("OPENAI_API_KEY={KEY}\n"));
    project
}

fn keyed(requests: &[Request]) -> bool {
    let key = format!("Bearer {KEY}");
    requests
        .iter()
        .all(|request| request.headers.iter().any(|line| line.ends_with(&key)))
}

#[test]
fn what_a_model_wrote_is_recorded_and_played_without_network_and_key() {
    let provider = Provider::start(writes);
    let project = with_model(&provider, "");
    let file = project.path("inputs/generated.yaml");
    // Nothing is recorded.
    let _ = project
        .run("generate inputs")
        .exits(96)
        .says("the cassette `recordings/inputs.jsonl` is not there");
    let finished = project
        .run("generate inputs --cassette record --parallel 3")
        .exits(0);
    insta::assert_snapshot!(project.told(&finished), @"
    [INFO] Asking a-model of openai
    [INFO] Generated 12 inputs with a-model of openai (multilingual, verbose)
    [INFO] Wrote inputs/generated.yaml
    [INFO] Used 660 tokens: 600 read, 60 written
    ");
    let requests = provider.requests();
    assert_eq!(
        requests.len(),
        6,
        "a base input, persona and strategy is one request"
    );
    assert!(keyed(&requests));
    let recorded = fs::read_to_string(&file).expect("it is there");
    let tape = fs::read_to_string(project.path("recordings/inputs.jsonl")).expect("it is there");
    for text in [&recorded, &tape, &finished.stderr] {
        assert!(!text.contains(KEY), "{text}");
    }
    let generated = entries(&project, "inputs/generated.yaml");
    assert_eq!(values(&generated, "strategy"), ["multilingual", "verbose"]);
    assert_eq!(values(&generated, "persona"), ["expert", "novice"]);
    assert_eq!(generated[0]["metadata"]["topic"], "start");
    assert!(
        generated
            .iter()
            .all(|entry| entry["variation"].is_null() && entry["id"].is_string())
    );

    // Without key and network, byte for byte.
    fs::remove_file(project.path(".env")).expect("it was written");
    let _ = project
        .run("generate inputs")
        .exits(96)
        .says("is there already, and nothing was written");
    let _ = project.run("generate inputs --overwrite").exits(0);
    assert_eq!(fs::read_to_string(&file).expect("it is there"), recorded);
    assert_eq!(provider.requests().len(), 6);
    let _ = project
        .run("generate inputs --limit 3 -o few.yaml")
        .exits(100)
        .says("`verbose` of ");
    assert_eq!(
        entries(&project, "few.yaml").len(),
        2,
        "a request for fewer is another one"
    );
    let _ = project.experiment("").exits(0);
    assert_eq!(project.latest().rows("traces.jsonl").len(), 12);
}

#[test]
fn what_failed_is_said_and_the_rest_is_kept() {
    let provider = Provider::start(fails);
    let project = with_model(&provider, "");
    let finished = project
        .run("generate inputs --cassette record -v")
        .exits(100);
    let finished = finished
        .says("[INFO] Generated 6 inputs")
        .says("error: 3 combinations could not be generated");
    let told = project.told(&finished);
    assert_eq!(
        told.matches("`verbose` of `").count(),
        6,
        "each is done, and told with its failure: {told}"
    );
    assert!(
        told.contains("400 Bad Request: no: ***") && !told.contains(KEY),
        "{told}"
    );
    assert!(
        told.contains("[INFO] `multilingual` of `where-is-my-parcel-please-"),
        "{told}"
    );
    assert_eq!(
        values(&entries(&project, "inputs/generated.yaml"), "strategy"),
        ["multilingual"]
    );

    let provider = Provider::start(refuses);
    let project = with_model(&provider, "");
    let finished = project
        .run("generate inputs --cassette record")
        .exits(96)
        .says("401");
    assert!(!finished.stderr.contains(KEY), "{finished}");
    assert_eq!(
        provider.requests().len(),
        1,
        "no other question will be answered either"
    );
    assert!(!project.path("inputs/generated.yaml").exists());
}

/// Answers nobody who asks for verbose texts, until the test is over.
#[cfg(unix)]
fn hangs(request: &Value) -> (u16, Value) {
    if request.to_string().contains("at length") {
        loop {
            std::thread::park();
        }
    }
    writes(request)
}

#[cfg(unix)]
#[test]
fn what_is_written_until_ctrl_c_is_kept() {
    use rustix::process::Signal;

    let provider = Provider::start(hangs);
    let project = with_model(&provider, "");
    let running = Running::start(project.command("generate inputs --cassette record -v --limit 4"));
    running.hears("[INFO] `multilingual` of `how-do-i-start-the-server-");
    running.signal(Signal::INT);
    let finished = running.finish().exits(130);
    let finished = finished.says("interrupted: not everything was asked for");
    assert!(
        !finished.stderr.contains("could not be generated"),
        "{finished}"
    );
    let generated = entries(&project, "inputs/generated.yaml");
    assert_eq!(values(&generated, "strategy"), ["multilingual"]);
    assert_eq!(generated.len(), 2);
}

#[test]
fn the_model_is_the_supervisors_unless_said_otherwise() {
    let provider = Provider::start(writes);
    let supervisor = format!(
        "multi_turn: {{ supervisor: {{ model: its-model, temperature: 0.25, api_key: {KEY}, base_url: '{}' }} }}\n",
        provider.address
    );
    let project = project(&format!(
        "{supervisor}input_generation: {{ llm: {{ custom_prompt: Ask in rhymes. }} }}\nmetadata: {{ service_context: A shop. }}\n"
    ));
    let generate = "generate inputs --mode llm --strategies custom --limit 1 --overwrite";
    let _ = project.run(generate).exits(0);
    let body = provider.requests()[0].body.clone();
    assert_eq!(
        (&body["model"], &body["temperature"]),
        (&json!("its-model"), &json!(0.25))
    );
    let prompt = body["messages"][1]["content"].as_str().expect("a prompt");
    assert!(prompt.starts_with("# The service\n\nA shop."), "{prompt}");
    assert!(prompt.ends_with("Write 1 text. Ask in rhymes."), "{prompt}");
    assert!(keyed(&provider.requests()));
    project.write(
        "configs/input.yaml",
        "variation_temperature: 1.5\ninput_generation: { llm: { model: own-model, api_key_env: MINE } }\n",
    );
    let _ = project.run_with("MINE=sk-other-1234567", generate).exits(0);
    let request = provider.requests().pop().expect("it was asked");
    assert_eq!(
        (&request.body["model"], &request.body["temperature"]),
        (&json!("own-model"), &json!(1.5))
    );
    assert!(
        request
            .headers
            .iter()
            .any(|line| line.ends_with("Bearer sk-other-1234567"))
    );
    // Of another provider's, nothing of the supervisor's holds.
    project.write(
        "configs/input.yaml",
        "input_generation: { llm: { provider: anthropic } }\n",
    );
    let _ = project
        .run(generate)
        .exits(96)
        .says("there is no API key for anthropic");
    project.write("configs/simulation.yaml", "base_inputs: [a]\n");
    let _ = project
        .run("generate inputs --mode llm --strategies custom --overwrite")
        .exits(96);
}
