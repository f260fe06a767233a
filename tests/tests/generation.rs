//! `generate inputs`: what is written, and that it runs.

use std::fs;

use serde_json::{Value, json};
#[cfg(unix)]
use tests::Running;
use tests::{
    Project, obedient,
    provider::{Provider, Request},
};

const CONFIG: &str = "
personas: [{ name: novice, expertise_level: novice }, { name: expert, characteristics: [impatient] }]
base_inputs:
  - { input: How do I start the server?, metadata: { topic: start } }
  - { input: 'Where is my parcel, please?', persona: expert }
";

fn project(more: &str) -> Project {
    let project = obedient(&format!("{CONFIG}{more}"), &[]);
    fs::remove_file(project.path("inputs/generated.yaml")).expect("it was written");
    project
}

/// The entries of a generated file.
fn entries(project: &Project, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(project.path(file)).expect("it is there");
    let mut document: Value = serde_saphyr::from_str(&text).expect("it is YAML");
    let Value::Array(entries) = document["generated_inputs"].take() else {
        panic!("{text}")
    };
    entries
}

fn values(entries: &[Value], key: &str) -> Vec<String> {
    let mut values: Vec<String> = entries
        .iter()
        .map(|entry| entry[key].as_str().unwrap_or_default().to_owned())
        .collect();
    values.sort();
    values.dedup();
    values
}

#[test]
fn what_is_generated_runs() {
    let project = project("");
    let finished = project.run("generate inputs").exits(0);
    insta::assert_snapshot!(project.told(&finished), @"
    [INFO] Generated 18 inputs with seed 0 (rephrase, verbose, concise, error_prone, typo, persona_based)
    [INFO] Wrote inputs/generated.yaml
    ");
    let generated = entries(&project, "inputs/generated.yaml");
    // Two base inputs, of which one is asked by both, × six strategies.
    assert_eq!(generated.len(), 3 * 6);
    let _ = project.experiment("").exits(0);
    let rows = project.latest().rows("traces.jsonl");
    assert_eq!(rows.len(), generated.len());
    for (row, entry) in rows.iter().zip(&generated) {
        assert_eq!(row["input"], entry["input"]);
        assert_eq!(row["persona"], entry["persona"]);
        let id = entry["id"].as_str().expect("an id");
        assert!(
            row["case"].as_str().is_some_and(|case| case.contains(id)),
            "{row}"
        );
        for key in ["source", "strategy", "variation"] {
            assert_eq!(row["metadata"][key], entry[key]);
        }
    }
}

#[test]
fn a_file_is_not_replaced_unless_asked() {
    let project = project("");
    let file = project.path("inputs/generated.yaml");
    let _ = project.run("generate inputs").exits(0);
    let first = fs::read_to_string(&file).expect("it is there");
    let finished = project.run("generate inputs --seed 2").exits(96);
    insta::assert_snapshot!(project.told(&finished), @"
    error: [project]/inputs/generated.yaml is there already, and nothing was written
      = help: replace it with `--overwrite`, or name another file with `--output`
    ");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), first);
    let _ = project.run("generate inputs --seed 2 --overwrite").exits(0);
    assert_ne!(fs::read_to_string(&file).expect("it is there"), first);
    // The same seed, byte for byte.
    let _ = project.run("generate inputs --overwrite").exits(0);
    assert_eq!(fs::read_to_string(&file).expect("it is there"), first);
}

#[test]
fn each_option_changes_what_is_generated() {
    let project = project("");
    let generate = |options: &str| {
        let options = format!("generate inputs --output other/g.yaml --overwrite {options}");
        let _ = project.run(&options).exits(0);
        entries(&project, "other/g.yaml")
    };
    assert_eq!(generate("--limit 4").len(), 4);
    assert_eq!(
        values(&generate("--strategies typo,adversarial"), "strategy"),
        ["adversarial", "typo"]
    );
    assert_eq!(
        values(&generate("--personas expert"), "persona"),
        ["expert"]
    );
    assert_eq!(generate("--mode deterministic"), generate(""));
    assert_ne!(generate("--seed 1"), generate("--seed 2"));
    assert!(!project.path("inputs/generated.yaml").exists());
}

#[test]
fn the_configuration_has_a_say() {
    let project =
        project("seed: 9\nvariation_count: 2\nvariation_strategies: [typo, multilingual, typoo]\n");
    let finished = project.run("generate inputs").exits(0);
    insta::assert_snapshot!(project.told(&finished), @"
    warning: `variation_strategies`: expected the name of a strategy, found the text `typoo`: it is left out
     --> configs/simulation.yaml:8:44
      |
    8 | variation_strategies: [typo, multilingual, typoo]
      |                                            ^
      = help: did you mean `typo`?
    [WARN] the strategy `multilingual` of the configuration needs a model: it is left out
    [INFO] Generated 6 inputs with seed 9 (typo)
    [INFO] Wrote inputs/generated.yaml
    ");
    let generated = entries(&project, "inputs/generated.yaml");
    assert_eq!(generated.len(), 3 * 2);
    assert_eq!(values(&generated, "strategy"), ["typo"]);
    let _ = project
        .run("generate inputs --strategies concise -o c.yaml")
        .exits(0);
    assert_eq!(
        values(&entries(&project, "c.yaml"), "strategy"),
        ["concise"]
    );
}

#[test]
fn what_needs_a_model_says_so() {
    let project = project("input_generation: { mode: llm, llm: { model: gpt-5 } }");
    let refused = |options: &str| {
        let finished = project.run(&format!("generate inputs {options}")).exits(96);
        project.told(&finished)
    };
    insta::assert_snapshot!(refused(""), @"error: there is no API key for openai: looked for `input_generation.llm.api_key`, the keys of the supervisor, and OPENAI_API_KEY (in the environment and in .env)");
    insta::assert_snapshot!(refused("--mode deterministic --strategies custom"), @"
    error: the strategy `custom` needs a model
      = help: pass `--mode llm`, or take others: without a model there are rephrase, verbose, concise, error_prone, typo, persona_based, adversarial
    ");
    let _ = project.run("generate inputs --mode deterministic").exits(0);
}

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

#[test]
fn the_setup_is_checked() {
    let project = project("");
    let _ = project
        .run("generate inputs --personas expret")
        .exits(96)
        .says("did you mean `expert`?");
    let _ = project
        .run("generate inputs --output g.csv")
        .exits(96)
        .says("expected a file that ends in .yaml");
    project.write("blocked", "a file");
    let _ = project
        .run("generate inputs --output blocked/g.yaml")
        .exits(110)
        .says("cannot write");
    let empty = obedient("", &["say a"]);
    let _ = empty
        .run("generate inputs --overwrite")
        .exits(96)
        .says("no `base_inputs`");
    let mark = obedient("base_inputs: ['?']", &[]);
    let _ = mark
        .run("generate inputs --strategies typo -o g.yaml")
        .exits(4)
        .says("no input could be generated");
    project.write("configs/several.yaml", "inputs_file: [a.yaml, b.yaml]");
    let several = "generate inputs -c configs/several.yaml";
    let _ = project
        .run(several)
        .exits(96)
        .says("name the file with `--output`");
}

#[test]
fn batches_as_on_the_page() {
    let project = project("variation_count: 5");
    for (batch, seed) in [("batch1", 1), ("batch2", 2)] {
        let generate =
            format!("generate inputs --limit 10 --seed {seed} --output inputs/{batch}.yaml");
        let _ = project.run(&generate).exits(0);
        let _ = project
            .experiment(&format!("--inputs inputs/{batch}.yaml --name {batch}"))
            .exits(0);
        let summary = project.latest().summary();
        assert_eq!(summary["experiment_name"], batch);
        assert_eq!(summary["total_traces"], 10);
    }
}
