//! Each key: a value that differs from the default reaches the configuration, a wrong one is an error at its place.

use serde_json::Value;

use super::*;

/// The key as a whole YAML document, with `{}` for its value.
struct Key {
    yaml: &'static str,
    /// A value that differs from the default.
    value: &'static str,
    /// What the configuration shows of it.
    read: fn(&Config) -> String,
    /// A value that the key does not take; empty where it takes any.
    wrong: &'static str,
}

fn key(
    yaml: &'static str,
    value: &'static str,
    read: fn(&Config) -> String,
    wrong: &'static str,
) -> Key {
    Key {
        yaml,
        value,
        read,
        wrong,
    }
}

fn merged(config: &Config, pointer: &str) -> String {
    let merged = Value::Object(config.merged.clone());
    merged.pointer(pointer).unwrap_or(&Value::Null).to_string()
}

fn keys() -> Vec<Key> {
    let mut keys = experiment_keys();
    keys.extend(runner_keys());
    keys.extend(conversation_keys());
    keys
}

fn experiment_keys() -> Vec<Key> {
    vec![
        key("name: {}", "nightly", |c| c.name.clone(), "[]"),
        key(
            "description: {}",
            "why",
            |c| format!("{:?}", c.description),
            "[]",
        ),
        key("version: {}", "1.10", |c| format!("{:?}", c.version), "{}"),
        key("tags: {}", "[a, b]", |c| format!("{:?}", c.tags), "a"),
        key(
            "metadata: {}",
            "{service_context: shop}",
            |c| format!("{:?}", c.metadata),
            "text",
        ),
        key("iterations: {}", "7", |c| c.iterations.to_string(), "zero"),
        key(
            "runner: {{iterations: {}}}",
            "7",
            |c| c.iterations.to_string(),
            "0",
        ),
        key("parallel_runs: {}", "7", |c| c.parallel.to_string(), "0"),
        key(
            "run_delay_seconds: {}",
            "0.5",
            |c| format!("{:?}", c.run_delay),
            "-1",
        ),
        key(
            "seed: {}",
            "18446744073709551615",
            |c| format!("{:?}", c.seed),
            "-1",
        ),
        key(
            "input_template: {}",
            "'{input}!'",
            |c| format!("{:?}", c.input_template),
            "[]",
        ),
        key(
            "output_directory: {}",
            "out",
            |c| c.output.directory.display().to_string(),
            "[]",
        ),
        key(
            "output: {{directory: {}}}",
            "out",
            |c| c.output.directory.display().to_string(),
            "''",
        ),
        key(
            "save_traces: {}",
            "false",
            |c| c.output.save_traces.to_string(),
            "no",
        ),
        key(
            "save_aggregated_metrics: {}",
            "false",
            |c| c.output.save_aggregated_metrics.to_string(),
            "1",
        ),
        key(
            "inputs_file: {}",
            "mine.yaml",
            |c| format!("{:?}", c.inputs_file),
            "{}",
        ),
        key(
            "personas: {}",
            "[{name: a}]",
            |c| format!("{:?}", c.personas),
            "[a]",
        ),
        key(
            "personas: [{{name: {}}}]",
            "a",
            |c| format!("{:?}", c.personas),
            "''",
        ),
        key(
            "personas: [{{name: a, description: {}}}]",
            "x",
            |c| format!("{:?}", c.personas),
            "[]",
        ),
        key(
            "personas: [{{name: a, characteristics: {}}}]",
            "[x]",
            |c| format!("{:?}", c.personas),
            "x",
        ),
        key(
            "personas: [{{name: a, language: {}}}]",
            "de",
            |c| format!("{:?}", c.personas),
            "[]",
        ),
        key(
            "personas: [{{name: a, expertise_level: {}}}]",
            "expert",
            |c| format!("{:?}", c.personas),
            "guru",
        ),
        key(
            "personas: [{{name: a, goals: {}}}]",
            "[x]",
            |c| format!("{:?}", c.personas),
            "[[]]",
        ),
        key(
            "personas: [{{name: a, constraints: {}}}]",
            "[x]",
            |c| format!("{:?}", c.personas),
            "{}",
        ),
        key(
            "personas: [{{name: a, custom_attributes: {}}}]",
            "{x: 1}",
            |c| format!("{:?}", c.personas),
            "[]",
        ),
        key(
            "base_inputs: {}",
            "[{input: hi}]",
            |c| format!("{:?}", c.base_inputs),
            "[3]",
        ),
        key(
            "persona_filter: {}",
            "[a, b]",
            |c| format!("{:?}", c.persona_filter),
            "[[]]",
        ),
        key(
            "persona_filter: {}",
            "'a, b'",
            |c| format!("{:?}", c.persona_filter),
            "','",
        ),
        key(
            "fail_fast: {}",
            "true",
            |c| c.fail_fast.to_string(),
            "maybe",
        ),
        key(
            "gate: {{max_failures: {}}}",
            "3",
            |c| c.gate.max_failures.to_string(),
            "-1",
        ),
        key(
            "gate: {{min_success_rate: {}}}",
            "0.5",
            |c| format!("{:?}", c.gate.min_success_rate),
            "95",
        ),
    ]
}

fn runner_keys() -> Vec<Key> {
    vec![
        key(
            "runner: {{target: {}}}",
            "a.b:run",
            |c| format!("{:?}", c.runner.target),
            "'a b'",
        ),
        key(
            "runner: {{module_path: {}}}",
            "a.b",
            |c| format!("{:?}", c.runner.target),
            "[]",
        ),
        key(
            "runner: {{module_path: a, function_name: {}}}",
            "go",
            |c| format!("{:?}", c.runner.target),
            "[]",
        ),
        key(
            "runner: {{working_directory: {}}}",
            "sub",
            |c| c.runner.working_directory.display().to_string(),
            "[]",
        ),
        key(
            "runner: {{environment_vars: {}}}",
            "{A: 1.10}",
            |c| format!("{:?}", c.runner.environment.get("A")),
            "[A]",
        ),
        key(
            "runner: {{environment_vars: {{A: {}}}}}",
            "x",
            |c| format!("{:?}", c.runner.environment.get("A")),
            "[x]",
        ),
        key(
            "runner: {{timeout_seconds: {}}}",
            "0.5",
            |c| format!("{:?}", c.runner.timeout),
            "0",
        ),
        key(
            "runner: {{max_retries: {}}}",
            "0",
            |c| c.runner.max_retries.to_string(),
            "1.5",
        ),
        key(
            "runner: {{retry_delay: {}}}",
            "0",
            |c| format!("{:?}", c.runner.retry_delay),
            "soon",
        ),
        key(
            "runner: {{crash_rerun: {}}}",
            "false",
            |c| c.runner.crash_rerun.to_string(),
            "'true'",
        ),
    ]
}

fn conversation_keys() -> Vec<Key> {
    macro_rules! at {
        ($pointer:literal) => {
            |config| merged(config, $pointer)
        };
    }
    vec![
        key(
            "output: {{format: {}}}",
            "jsonl",
            at!("/output/format"),
            "parquet",
        ),
        key(
            "replay_args: {{enabled: {}}}",
            "false",
            at!("/replay_args/enabled"),
            "0",
        ),
        key(
            "replay_args: {{recording_file: {}}}",
            "r",
            at!("/replay_args/recording_file"),
            "[]",
        ),
        key(
            "replay_args: {{override_param_path: {}}}",
            "a.b",
            at!("/replay_args/override_param_path"),
            "[]",
        ),
        key(
            "multi_turn: {{enabled: {}}}",
            "false",
            at!("/multi_turn/enabled"),
            "off",
        ),
        key(
            "multi_turn: {{max_turns: {}}}",
            "100",
            at!("/multi_turn/max_turns"),
            "101",
        ),
        key(
            "multi_turn: {{auto_approve_tools: {}}}",
            "false",
            at!("/multi_turn/auto_approve_tools"),
            "x",
        ),
        key(
            "multi_turn: {{persona_override: {}}}",
            "p",
            at!("/multi_turn/persona_override"),
            "[]",
        ),
        key(
            "multi_turn: {{supervisor: {{provider: {}}}}}",
            "mock",
            at!("/multi_turn/supervisor/provider"),
            "gemini",
        ),
        key(
            "multi_turn: {{supervisor: {{model: {}}}}}",
            "gpt-4o",
            at!("/multi_turn/supervisor/model"),
            "[]",
        ),
        key(
            "multi_turn: {{supervisor: {{temperature: {}}}}}",
            "0.7",
            at!("/multi_turn/supervisor/temperature"),
            "3",
        ),
        key(
            "multi_turn: {{supervisor: {{system_prompt: {}}}}}",
            "be kind",
            at!("/multi_turn/supervisor/system_prompt"),
            "[]",
        ),
        key(
            "multi_turn: {{supervisor: {{api_key_env: {}}}}}",
            "MY_KEY",
            at!("/multi_turn/supervisor/api_key_env"),
            "[]",
        ),
        key(
            "multi_turn: {{supervisor: {{api_key: {}}}}}",
            "sk-1234",
            at!("/multi_turn/supervisor/api_key"),
            "[]",
        ),
        key(
            "multi_turn: {{supervisor: {{base_url: {}}}}}",
            "'http://x'",
            at!("/multi_turn/supervisor/base_url"),
            "x",
        ),
        key(
            "multi_turn: {{supervisor: {{timeout_seconds: {}}}}}",
            "9",
            at!("/multi_turn/supervisor/timeout_seconds"),
            "0",
        ),
        key(
            "multi_turn: {{supervisor: {{max_retries: {}}}}}",
            "9",
            at!("/multi_turn/supervisor/max_retries"),
            "-1",
        ),
        key(
            "multi_turn: {{supervisor: {{metadata: {{scripted_questions: {}}}}}}}",
            "[a]",
            at!("/multi_turn/supervisor/metadata/scripted_questions"),
            "a",
        ),
        key(
            "multi_turn: {{supervisor: {{metadata: {{mock_decision: {}}}}}}}",
            "continue",
            at!("/multi_turn/supervisor/metadata/mock_decision"),
            "stop",
        ),
        key(
            "multi_turn: {{supervisor: {{metadata: {{mock_reason: {}}}}}}}",
            "x",
            at!("/multi_turn/supervisor/metadata/mock_reason"),
            "[]",
        ),
        key(
            "multi_turn: {{supervisor: {{metadata: {{mock_closing: {}}}}}}}",
            "x",
            at!("/multi_turn/supervisor/metadata/mock_closing"),
            "[]",
        ),
        key(
            "multi_turn: {{supervisor: {{metadata: {{mock_next_user_message: {}}}}}}}",
            "x",
            at!("/multi_turn/supervisor/metadata/mock_next_user_message"),
            "[]",
        ),
    ]
}

impl Key {
    /// The document up to the value. Doubled braces are single ones, as in `format!`.
    fn before(&self) -> String {
        self.yaml.split_once("{}").unwrap().0.replace("{{", "{")
    }

    fn with(&self, value: &str) -> String {
        let after = self.yaml.split_once("{}").unwrap().1.replace("}}", "}");
        format!("{}{value}{after}", self.before())
    }
}

#[test]
fn a_value_that_differs_from_the_default_changes_the_configuration() {
    for key in keys() {
        let text = key.with(key.value);
        let project = Project::simulation("{}");
        let default = (key.read)(&project.config());
        project.write("configs/simulation.yaml", text.as_bytes());
        assert_ne!((key.read)(&project.config()), default, "{text}");
        let warnings = project.warnings();
        assert!(!warnings.contains("unknown key"), "{text}\n{warnings}");
    }
}

#[test]
fn a_wrong_value_is_an_error_at_its_place() {
    for key in keys() {
        let text = key.with(key.wrong);
        let errors = Project::simulation(&text).load().expect_err(&text);
        let [error] = errors.errors() else {
            panic!("{text}: {}", errors.report())
        };
        let place = error
            .place()
            .unwrap_or_else(|| panic!("{text}: {error} has no place"));
        assert_eq!(
            (place.file.as_str(), place.line),
            ("configs/simulation.yaml", 1),
            "{text}"
        );
        let before = key.before().len();
        assert!(
            place.column as usize > before,
            "{text}: column {}",
            place.column
        );
    }
}

#[test]
fn null_is_unset() {
    let default = Project::simulation("{}");
    // An item of a list is there, whatever is unset in it.
    for key in keys().into_iter().filter(|key| !key.yaml.contains('[')) {
        let text = key.with("null");
        let (config, default) = (Project::simulation(&text).config(), default.config());
        let [read, default] = [config, default].map(|config| {
            let folder = config.project_directory.display().to_string();
            (key.read)(&config).replace(&folder, "")
        });
        let is_other_half = key.yaml.contains("module_path: a,");
        assert!(
            read == default || is_other_half,
            "{text}: {read}, not {default}"
        );
    }
}
