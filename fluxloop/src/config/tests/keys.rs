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

fn merged(config: &Config, pointer: &str) -> String {
    let merged = Value::Object(config.merged.clone());
    merged.pointer(pointer).unwrap_or(&Value::Null).to_string()
}

fn keys() -> Vec<Key> {
    let mut keys = experiment_keys();
    keys.extend(runner_keys());
    keys.extend(conversation_keys());
    keys.extend(observe_keys());
    keys
}

/// `document => value, else wrong value, what the configuration shows of it;`
macro_rules! table {
    ($($yaml:literal => $value:literal, else $wrong:literal, $read:expr;)*) => {
        vec![$(Key { yaml: $yaml, value: $value, read: $read, wrong: $wrong }),*]
    };
}

macro_rules! at {
    ($pointer:literal) => {
        |config| merged(config, $pointer)
    };
}

fn experiment_keys() -> Vec<Key> {
    table! {
        "name: {}" => "nightly", else "[]", |c| c.name.clone();
        "description: {}" => "why", else "[]", |c| format!("{:?}", c.description);
        "version: {}" => "1.10", else "{}", |c| format!("{:?}", c.version);
        "tags: {}" => "[a, b]", else "a", |c| format!("{:?}", c.tags);
        "metadata: {}" => "{service_context: shop}", else "text", |c| format!("{:?}", c.metadata);
        "iterations: {}" => "7", else "zero", |c| c.iterations.to_string();
        "runner: {{iterations: {}}}" => "7", else "0", |c| c.iterations.to_string();
        "parallel_runs: {}" => "7", else "0", |c| c.parallel.to_string();
        "run_delay_seconds: {}" => "0.5", else "-1", |c| format!("{:?}", c.run_delay);
        "seed: {}" => "18446744073709551615", else "-1", |c| format!("{:?}", c.seed);
        "input_template: {}" => "'{input}!'", else "[]", |c| format!("{:?}", c.input_template);
        "output_directory: {}" => "out", else "[]", |c| c.output.directory.display().to_string();
        "output: {{directory: {}}}" => "out", else "''", |c| c.output.directory.display().to_string();
        "save_traces: {}" => "false", else "no", |c| c.output.save_traces.to_string();
        "save_aggregated_metrics: {}" => "false", else "1", |c| c.output.save_aggregated_metrics.to_string();
        "inputs_file: {}" => "mine.yaml", else "{}", |c| format!("{:?}", c.inputs_files);
        "inputs_file: {}" => "[a.yaml, b.csv]", else "[a.yaml, 3]", |c| format!("{:?}", c.inputs_files);
        "personas: {}" => "[{name: a}]", else "[a]", |c| format!("{:?}", c.personas);
        "personas: [{{name: {}}}]" => "a", else "''", |c| format!("{:?}", c.personas);
        "personas: [{{name: a, description: {}}}]" => "x", else "[]", |c| format!("{:?}", c.personas);
        "personas: [{{name: a, characteristics: {}}}]" => "[x]", else "x", |c| format!("{:?}", c.personas);
        "personas: [{{name: a, language: {}}}]" => "de", else "[]", |c| format!("{:?}", c.personas);
        "personas: [{{name: a, expertise_level: {}}}]" => "expert", else "guru", |c| format!("{:?}", c.personas);
        "personas: [{{name: a, goals: {}}}]" => "[x]", else "[[]]", |c| format!("{:?}", c.personas);
        "personas: [{{name: a, constraints: {}}}]" => "[x]", else "{}", |c| format!("{:?}", c.personas);
        "personas: [{{name: a, custom_attributes: {}}}]" => "{x: 1}", else "[]", |c| format!("{:?}", c.personas);
        "base_inputs: {}" => "[{input: hi}]", else "[3]", |c| format!("{:?}", c.base_inputs);
        "persona_filter: {}" => "[a, b]", else "[[]]", |c| format!("{:?}", c.persona_filter);
        "persona_filter: {}" => "'a, b'", else "','", |c| format!("{:?}", c.persona_filter);
        "cases: {{filter: {}}}" => "refund", else "''", |c| format!("{:?}", c.cases);
        "cases: {{sample: {}}}" => "7", else "0", |c| format!("{:?}", c.cases);
        "cases: {{limit: {}}}" => "7", else "0", |c| format!("{:?}", c.cases);
        "variation_count: {}" => "3", else "0", |c| format!("{:?}", c.generation);
        "variation_strategies: {}" => "[typo, verbose]", else "typo", |c| format!("{:?}", c.generation);
        "input_generation: {{mode: {}}}" => "llm", else "magic", |c| format!("{:?}", c.generation);
        "fail_fast: {}" => "true", else "maybe", |c| c.fail_fast.to_string();
        "gate: {{max_failures: {}}}" => "3", else "-1", |c| c.gate.max_failures.to_string();
        "pricing: {}" => "{gpt-4o: {input: 1, output: 2}}", else "[]", |c| format!("{:?}", c.pricing);
        "pricing: {{gpt-4o: {}}}" => "{input: 1, output: 2}", else "3", |c| format!("{:?}", c.pricing);
        "pricing: {{gpt-4o: {{output: 1, input: {}}}}}" => "2.5", else "-1", |c| format!("{:?}", c.pricing);
        "pricing: {{gpt-4o: {{input: 1, output: {}}}}}" => "2.5", else "free", |c| format!("{:?}", c.pricing);
        "snapshots: {}" => "true", else "1", |c| c.snapshots.enabled.to_string();
        "snapshot: {{redact: {}}}" => "['[0-9]+']", else "['[']", |c| format!("{:?}", c.snapshots.redact);
        "gate: {{min_case_pass_rate: {}}}" => "0.5", else "1.5", |c| format!("{:?}", c.gate.min_case_pass_rate);
        "gate: {{min_success_rate: {}}}" => "0.5", else "95", |c| format!("{:?}", c.gate.min_success_rate);
    }
}

fn runner_keys() -> Vec<Key> {
    table! {
        "runner: {{target: {}}}" => "a.b:run", else "'a b'", |c| format!("{:?}", c.runner.target);
        "runner: {{module_path: {}}}" => "a.b", else "[]", |c| format!("{:?}", c.runner.target);
        "runner: {{module_path: a, function_name: {}}}" => "go", else "[]", |c| format!("{:?}", c.runner.target);
        "runner: {{working_directory: {}}}" => "sub", else "[]", |c| c.runner.working_directory.display().to_string();
        "runner: {{environment_vars: {}}}" => "{A: 1.10}", else "[A]", |c| format!("{:?}", c.runner.environment.get("A"));
        "runner: {{environment_vars: {{A: {}}}}}" => "x", else "[x]", |c| format!("{:?}", c.runner.environment.get("A"));
        "runner: {{timeout_seconds: {}}}" => "0.5", else "0", |c| format!("{:?}", c.runner.timeout);
        "runner: {{max_retries: {}}}" => "0", else "1.5", |c| c.runner.max_retries.to_string();
        "runner: {{retry_delay: {}}}" => "0", else "soon", |c| format!("{:?}", c.runner.retry_delay);
        "runner: {{crash_rerun: {}}}" => "false", else "'true'", |c| c.runner.crash_rerun.to_string();
    }
}

fn observe_keys() -> Vec<Key> {
    table! {
        "observe: {{level: {}}}" => "warn", else "loud", |c| format!("{:?}", c.observe.level);
        "observe: {{filter: {}}}" => "'hyper=off,a::b=trace'", else "'a[b]=x'", |c| format!("{:?}", c.observe.filter);
        "observe: {{subscriber: {}}}" => "own", else "mine", |c| format!("{:?}", c.observe.subscriber);
        "observe: {{max_per_run: {}}}" => "1", else "0", |c| c.observe.max_per_run.to_string();
        "observe: {{max_value_bytes: {}}}" => "64", else "262145", |c| c.observe.max_value_bytes.to_string();
    }
}

/// What a worker is told, given that the agents' crate is `shop`.
#[test]
fn what_is_recorded_reaches_the_worker() {
    let filter = |yaml: &str| {
        let observe = Project::simulation(yaml).config().observe;
        observe
            .options(&["shop".to_owned()])
            .map(|options| options.filter)
    };
    for (yaml, expected) in [
        ("{}", Some("info,shop=debug")),
        ("observe: {level: warn}", Some("warn")),
        ("observe: {level: trace}", Some("trace")),
        (
            "observe: {filter: 'hyper=off'}",
            Some("info,shop=debug,hyper=off"),
        ),
        (
            "observe: {level: error, filter: 'shop::db=trace'}",
            Some("error,shop::db=trace"),
        ),
        ("observe: {level: off, filter: 'shop=trace'}", None),
        ("observe: {level: 'off'}", None),
    ] {
        assert_eq!(filter(yaml).as_deref(), expected, "{yaml}");
    }
    let yaml = "observe: {subscriber: own, max_value_bytes: 100}";
    let options = Project::simulation(yaml)
        .config()
        .observe
        .options(&[])
        .unwrap();
    assert_eq!(
        (options.own_subscriber, options.max_value_bytes),
        (true, 100)
    );
}

fn conversation_keys() -> Vec<Key> {
    table! {
        "output: {{format: {}}}" => "jsonl", else "parquet", at!("/output/format");
        "replay_args: {{recording_file: r, enabled: {}}}" => "true", else "0", |c| format!("{:?}", c.replay);
        "replay_args: {{enabled: true, recording_file: {}}}" => "r", else "[]", |c| format!("{:?}", c.replay);
        "replay_args: {{enabled: true, recording_file: r, override_param_path: {}}}" => "a.0", else "a..b", |c| format!("{:?}", c.replay);
        "replay_args: {{enabled: true, recording_file: r, create: {}}}" => "true", else "1", |c| format!("{:?}", c.replay);
        "replay_args: {{enabled: true, recording_file: r, select: {}}}" => "all", else "newest", |c| format!("{:?}", c.replay);
        "replay_args: {{enabled: true, recording_file: r, select: {{index: {}}}}}" => "3", else "-1", |c| format!("{:?}", c.replay);
        "multi_turn: {{enabled: {}}}" => "false", else "off", at!("/multi_turn/enabled");
        "multi_turn: {{max_turns: {}}}" => "100", else "101", at!("/multi_turn/max_turns");
        "multi_turn: {{min_turns: {}}}" => "2", else "101", at!("/multi_turn/min_turns");
        "multi_turn: {{auto_approve_tools: {}}}" => "false", else "x", |c| c.multi_turn.auto_approve_tools.to_string();
        "multi_turn: {{persona_override: {}}}" => "p", else "[]", at!("/multi_turn/persona_override");
        "multi_turn: {{supervisor: {{provider: {}}}}}" => "mock", else "gemini", at!("/multi_turn/supervisor/provider");
        "multi_turn: {{supervisor: {{model: {}}}}}" => "gpt-4o", else "[]", at!("/multi_turn/supervisor/model");
        "multi_turn: {{supervisor: {{temperature: {}}}}}" => "0.7", else "3", at!("/multi_turn/supervisor/temperature");
        "multi_turn: {{supervisor: {{system_prompt: {}}}}}" => "be kind", else "[]", at!("/multi_turn/supervisor/system_prompt");
        "multi_turn: {{supervisor: {{api_key_env: {}}}}}" => "MY_KEY", else "[]", at!("/multi_turn/supervisor/api_key_env");
        "multi_turn: {{supervisor: {{api_key: {}}}}}" => "sk-1234", else "[]", at!("/multi_turn/supervisor/api_key");
        "multi_turn: {{supervisor: {{base_url: {}}}}}" => "'http://x'", else "x", at!("/multi_turn/supervisor/base_url");
        "multi_turn: {{supervisor: {{timeout_seconds: {}}}}}" => "9", else "0", at!("/multi_turn/supervisor/timeout_seconds");
        "multi_turn: {{supervisor: {{max_retries: {}}}}}" => "9", else "-1", at!("/multi_turn/supervisor/max_retries");
        "multi_turn: {{supervisor: {{cassette: {{file: {}}}}}}}" => "a.jsonl", else "[]", |c| format!("{:?}", c.multi_turn.supervisor);
        "multi_turn: {{supervisor: {{cassette: {{file: a.jsonl, mode: {}}}}}}}" => "auto", else "rewind", |c| format!("{:?}", c.multi_turn.supervisor);
        "multi_turn: {{supervisor: {{metadata: {{scripted_questions: {}}}}}}}" => "[a]", else "a", at!("/multi_turn/supervisor/metadata/scripted_questions");
        "multi_turn: {{supervisor: {{metadata: {{mock_decision: {}}}}}}}" => "continue", else "stop", at!("/multi_turn/supervisor/metadata/mock_decision");
        "multi_turn: {{supervisor: {{metadata: {{mock_reason: {}}}}}}}" => "x", else "[]", at!("/multi_turn/supervisor/metadata/mock_reason");
        "multi_turn: {{supervisor: {{metadata: {{mock_closing: {}}}}}}}" => "x", else "[]", at!("/multi_turn/supervisor/metadata/mock_closing");
        "multi_turn: {{supervisor: {{metadata: {{mock_next_user_message: {}}}}}}}" => "x", else "[]", at!("/multi_turn/supervisor/metadata/mock_next_user_message");
    }
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
    // An item of a list is there, whatever is unset in it; half a price is none, nor is a replay of nothing.
    let is_needed = ["[", "put: {}", "recording_file: {}", "index: {}"];
    let is_optional = |key: &Key| !is_needed.iter().any(|needed| key.yaml.contains(needed));
    for key in keys().into_iter().filter(is_optional) {
        let text = key.with("null");
        let (config, default) = (Project::simulation(&text).config(), default.config());
        let [read, default] = [config, default].map(|config| {
            let folder = config.project_directory.display().to_string();
            (key.read)(&config).replace(&folder, "")
        });
        let is_other_half = ["module_path: a,", "file: a.jsonl,", "recording_file: r,"]
            .iter()
            .any(|half| key.yaml.contains(half));
        assert!(
            read == default || is_other_half,
            "{text}: {read}, not {default}"
        );
    }
}

/// The key and the address of a supervisor, from wherever they may be set.
#[test]
fn a_supervisors_key_and_address_are_looked_up() {
    let model = |project: Project| match project.load().unwrap().config.multi_turn.supervisor {
        SupervisorSettings::Model(model) => (model.api_key, model.base_url),
        SupervisorSettings::Mock(_) => panic!("a model"),
    };
    let named =
        "multi_turn: {enabled: true, supervisor: {provider: anthropic, api_key_env: MY_KEY}}\n";
    let own = "multi_turn: {enabled: true, supervisor: {provider: openai, api_key: from-file}}\n";
    let key = |project: Project| model(project).0.unwrap();
    let everywhere = [
        ("MY_KEY", "named"),
        ("ANTHROPIC_API_KEY", "theirs"),
        ("OPENAI_API_KEY", "other"),
    ];
    assert_eq!(
        key(Project::simulation(named).environment(&everywhere)),
        "named"
    );
    assert_eq!(
        key(Project::simulation(named).environment(&[("MY_KEY", ""), everywhere[1]])),
        "theirs"
    );
    assert_eq!(
        key(Project::simulation(own).environment(&everywhere)),
        "from-file"
    );
    let ours = [("FLUXLOOP_SUPERVISOR_API_KEY", "ours"), everywhere[2]];
    assert_eq!(key(Project::simulation(own).environment(&ours)), "ours");
    assert_eq!(
        key(Project::simulation(own)
            .environment(&ours)
            .flag("supervisor-api-key", "flag")),
        "flag"
    );
    let masked = own.replace("from-file", "'***'");
    assert_eq!(
        key(Project::simulation(&masked).environment(&everywhere)),
        "other"
    );
    let address = [("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")];
    let local = Project::simulation("multi_turn: {enabled: true}\n").environment(&address);
    assert_eq!(model(local), (None, Some(address[0].1.to_owned())));
}

/// A key is missed before anything runs only where it is certain that one is needed.
#[test]
fn a_cassette_makes_do_without_a_key() {
    let project = |mode: &str| {
        let cassette = format!("{{file: recordings/a.jsonl, mode: {mode}}}");
        let supervisor = format!("{{provider: openai, cassette: {cassette}}}");
        Project::simulation(&format!(
            "multi_turn: {{enabled: true, supervisor: {supervisor}}}\n"
        ))
    };
    let model = |project: &Project| match project.config().multi_turn.supervisor {
        SupervisorSettings::Model(model) => model,
        SupervisorSettings::Mock(_) => panic!("a model"),
    };
    let replay = project("replay");
    let cassette = model(&replay).cassette.unwrap();
    assert_eq!(cassette.file, replay.path("recordings/a.jsonl"));
    assert_eq!(cassette.mode, CassetteMode::Replay);
    assert_eq!(model(&replay).missing_key, None);
    assert!(project("record").errors().contains("has no API key"));
    let missing = model(&project("auto")).missing_key.unwrap();
    assert!(
        missing.starts_with("the supervisor has no API key for openai: looked for")
            && missing.contains("OPENAI_API_KEY"),
        "{missing}"
    );
    let with_key = project("auto").environment(&[("OPENAI_API_KEY", "sk-1234")]);
    assert_eq!(model(&with_key).missing_key, None);
}
