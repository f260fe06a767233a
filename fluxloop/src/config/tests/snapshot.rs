//! The snapshot: read back, it is the same configuration, without secrets.

use std::{num::NonZeroU32, path::Path};

use proptest::prelude::*;
use serde_json::Value;

use super::*;

const FULL: &str = r#"
description: all of it
version: 1.10
tags: [a, "yes"]
metadata: {service_context: "a shop: open", author: Jane}
run_delay_seconds: 0.25
input_template: "{persona} asks {input}"
runner:
  module_path: my_crate.agents
  function_name: run
  iterations: 3
  working_directory: sub
  timeout_seconds: 1.5
  environment_vars: {API_KEY: sk-in-config, MODE: fast}
output: {directory: results, format: jsonl}
save_traces: false
personas:
  - {name: a, goals: ["x: y", "- z"], custom_attributes: {n: 1.5, authority: high}}
  - {name: b, expertise_level: expert, language: de}
persona_filter: a
cases: {filter: refund, sample: 20, limit: 10}
gate: {max_failures: 2, min_success_rate: 0.5}
fail_fast: true
multi_turn: {max_turns: 3, supervisor: {provider: mock, api_key: sk-supervisor, api_key_env: MY_KEY, metadata: {scripted_questions: [more]}}}
"#;

/// Loads the text that a snapshot writes, from another folder.
fn read_back(text: &str) -> Config {
    let mut project = Project::new(&[("exp_1/config.yaml", text)]);
    project.request.config = Some("exp_1/config.yaml".into());
    project.config()
}

fn round_trip(config: &Config, seed: u64) -> [Value; 2] {
    let inputs = Path::new("/experiments/exp_1/inputs.yaml");
    let again = read_back(&config.snapshot_yaml(inputs, seed));
    assert_eq!(again.seed, Some(seed));
    assert_eq!(again.inputs_files, [inputs]);
    [config.snapshot(inputs, seed), again.snapshot(inputs, seed)]
}

#[test]
fn it_reads_back_as_the_same_configuration() {
    let project = Project::simulation(FULL)
        .flag("parallel", "9")
        .flag("experiment-name", "nightly");
    let config = project.config();
    let [written, read] = round_trip(&config, 42);
    assert_eq!(written, read);
    let again = read_back(&config.snapshot_yaml(Path::new("/i.yaml"), 42));
    assert_eq!(again.personas, config.personas);
    assert_eq!(again.persona_filter, config.persona_filter);
    assert_eq!(again.iterations, config.iterations);
    assert_eq!(again.cases, config.cases);
    assert_eq!(again.cases.sample.map(NonZeroU32::get), Some(20));
    assert_eq!(again.project_directory, config.project_directory);
    assert_eq!(again.runner.target.as_deref(), Some("my_crate.agents:run"));
    assert_eq!(
        again.runner.working_directory,
        config.runner.working_directory
    );
    assert_eq!(again.output.directory, config.output.directory);
    assert_eq!(again.gate, config.gate);
    assert_eq!((again.name.as_str(), again.parallel.get()), ("nightly", 9));
}

#[test]
fn a_cassette_reads_back_as_the_same_file() {
    let text = "multi_turn: {supervisor: {provider: openai, cassette: {file: recordings/a.jsonl, mode: auto}}}\n";
    let project = Project::simulation(text);
    let config = project.config();
    let [written, read] = round_trip(&config, 42);
    assert_eq!(written, read);
    let cassette = &written["multi_turn"]["supervisor"]["cassette"];
    let file = project.path("recordings/a.jsonl");
    assert_eq!(cassette["file"], file.display().to_string());
    assert_eq!(cassette["mode"], "auto");
}

#[test]
fn defaults_read_back_too() {
    let [written, read] = round_trip(&Project::simulation("").config(), u64::MAX);
    assert_eq!(written, read);
}

#[test]
fn it_holds_no_secret_and_neither_does_debug() {
    let project = Project::simulation(FULL).environment(&[("OPENAI_API_KEY", "sk-process")]);
    project.write(".env", b"DB_PASSWORD=hunter22\nPLAIN=visible\n");
    let project = project.flag("experiment-name", "run with sk-process");
    let config = project.config();
    let snapshot = config.snapshot_yaml(Path::new("/i.yaml"), 1);
    let debug = format!(
        "{config:?} {:?} {:?}",
        project.load().unwrap(),
        project.request
    );
    for secret in ["sk-in-config", "sk-supervisor", "sk-process", "hunter22"] {
        assert!(!snapshot.contains(secret), "{snapshot}");
        assert!(!debug.contains(secret) || secret == "sk-process", "{debug}");
        assert_eq!(config.secrets.redact(secret), "***");
    }
    assert_eq!(config.secrets.redact("visible fast"), "visible fast");
    assert!(
        snapshot.contains("api_key_env: MY_KEY") && snapshot.contains("author: Jane"),
        "{snapshot}"
    );
}

proptest! {
    #[test]
    fn any_text_reads_back(name in "[^\\p{Cc}]{1,20}", text: String, value in -1e12_f64..1e12) {
        prop_assume!(!name.trim().is_empty());
        let mut project = Project::simulation("{}");
        let metadata = serde_json::json!({"text": text, "number": value, text.clone(): [null, true, {"x": {}}]});
        let overrides = [Override::key("name", name), Override::key("description", text), Override::key("metadata", metadata)];
        project.request.overrides.extend(overrides);
        let [written, read] = round_trip(&project.config(), 7);
        prop_assert_eq!(written, read);
    }
}
