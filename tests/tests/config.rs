//! `config validate` and `config show`: what is wrong, and where each value comes from.

use serde_json::Value;
use tests::{Finished, Project};

/// Nothing of these commands builds: the agent need not even be there.
fn project(config: &str) -> Project {
    Project::bare()
        .config(config)
        .inputs("- hello\n- { input: hi, persona: novice }")
}

const KEY: &str = "sk-live-1234567890";

fn json(finished: &Finished) -> Value {
    assert_eq!(finished.stdout.lines().count(), 1, "{finished}");
    assert_eq!(finished.stderr, "", "{finished}");
    serde_json::from_str(&finished.stdout).expect("it is JSON")
}

#[test]
fn a_valid_configuration_says_so() {
    let project =
        project("personas: [{ name: novice }]\n").file("configs/input.yaml", "itteration: 3\n");
    let finished = project.run("config validate").exits(0);
    assert_eq!(finished.stdout, "");
    insta::assert_snapshot!(project.told(&finished), @"
    warning: unknown key `itteration`: nothing reads it
     --> configs/input.yaml:1:1
      |
    1 | itteration: 3
      | ^
      = help: did you mean `iterations`?
    [INFO] The configuration is valid, with 1 warning: configs/input.yaml, configs/simulation.yaml, inputs/generated.yaml
    ");
    let verdict = json(&project.run("config validate --json").exits(0));
    assert_eq!(verdict["valid"], true);
    assert_eq!(verdict["errors"], serde_json::json!([]));
    let warning = &verdict["warnings"][0];
    assert_eq!(
        (&warning["file"], &warning["line"], &warning["column"]),
        (&"configs/input.yaml".into(), &1.into(), &1.into())
    );
    assert_eq!(warning["hint"], "did you mean `iterations`?");
    assert_eq!(verdict["files"].as_array().map(Vec::len), Some(3));
    // Another configuration, by option and by variable.
    project.write("configs/other.yaml", "iterations: none\n");
    let _ = project
        .run("config validate -c configs/other.yaml")
        .exits(96);
    let _ = project
        .run_with("FLUXLOOP_CONFIG=configs/other.yaml", "config validate")
        .exits(96);
    let _ = project
        .run_with("FLUXLOOP_SEED=x", "config validate")
        .exits(96)
        .says("`FLUXLOOP_SEED`");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let errors: Vec<String> = (1..=12)
        .map(|n| format!("  - {{ name: p{n}, language: [] }}\n"))
        .collect();
    let errors = errors.concat();
    let project = project(&format!(
        "iterations: zero\nmood: calm\npersonas:\n{errors}"
    ))
    .file(
        "configs/evaluation.yaml",
        "gate: { min_success_rate: 95 }\n",
    )
    .inputs("- { input: a, metadata: 3 }\n");
    let finished = project.run("config validate").exits(96);
    let told = project.told(&finished);
    assert_eq!(
        told.matches("\n --> ").count() + told.matches("\n  --> ").count(),
        16,
        "{told}"
    );
    for part in [
        "warning: unknown key `mood`",
        "`iterations`: expected a whole number of at least 1, found the text `zero`",
        "`personas[11].language`",
        "--> configs/evaluation.yaml:1:27",
        "--> inputs/generated.yaml:1:25",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let last = told.lines().last();
    assert_eq!(
        last,
        Some("error: the configuration is not valid: 15 errors, 1 warning")
    );
    let verdict = json(&project.run("config validate --json").exits(96));
    assert_eq!(verdict["valid"], false);
    assert_eq!(verdict["errors"].as_array().map(Vec::len), Some(15));
    assert_eq!(verdict["warnings"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_a_run_would_stop_at_is_an_error() {
    for (config, part) in [
        (
            "personas: [{ name: expert }]",
            "inputs/generated.yaml:2: no persona `novice` is configured",
        ),
        ("runner: { target: 'a:' }", "names no function"),
        (
            "multi_turn: { enabled: true, supervisor: { model: m } }",
            "the supervisor has no API key for openai",
        ),
        (
            "multi_turn: { enabled: true, supervisor: { cassette: { file: none.jsonl } } }",
            "the cassette `none.jsonl` is not there",
        ),
        ("inputs_file: missing.yaml", "missing.yaml"),
    ] {
        let _ = project(config).run("config validate").exits(96).says(part);
    }
}

const SHOWN: &str = "
iterations: 3
parallel_runs: 2
seed: 1 # a comment
personas: [{ name: novice }]
metadata: { note: \"it is sk-live-1234567890\", odd: \"\\e[2J\\u202E\" }
runner: { target: 'a:run', environment_vars: { MY_TOKEN: sk-live-1234567890 } }
multi_turn: { supervisor: { api_key: sk-live-1234567890 } }
";

#[test]
fn each_value_says_where_it_was_set() {
    let project = project(SHOWN).file(".env", "FLUXLOOP_PARALLEL=4\nFLUXLOOP_SEED=4\n");
    let show = |arguments: &str| {
        let finished = project.run_with("FLUXLOOP_SEED=5", &format!("config show {arguments}"));
        let finished = finished.exits(0);
        for text in [&finished.stdout, &finished.stderr] {
            assert!(
                !text.contains(KEY) && !text.contains(['\u{1b}', '\u{202e}']),
                "{text}"
            );
        }
        finished
    };
    let finished = show("--max-turns 5");
    for line in [
        "iterations: 3 # configs/simulation.yaml:2",
        "parallel_runs: 4 # FLUXLOOP_PARALLEL in .env",
        "seed: 5 # FLUXLOOP_SEED",
        "max_turns: 5 # --max-turns",
        "fail_fast: false # default",
        "api_key: \"***\" # configs/simulation.yaml:8",
        "MY_TOKEN: \"***\" # configs/simulation.yaml:7",
        "target: a:run # configs/simulation.yaml:7",
    ] {
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            finished.stdout.lines().any(|shown| words(shown) == line),
            "{line}: {finished}"
        );
    }
    // It is a configuration, and means the same.
    project.write("copy.yaml", &finished.stdout);
    let again = project.run_with("FLUXLOOP_SEED=5", "config show -c copy.yaml --json");
    let again: Value = serde_json::from_str(&again.stdout).expect("it is JSON");
    let values = json(&show("--max-turns 5 --json"));
    let pairs = |document: &Value| {
        let values = document["values"].as_array().expect("a list").clone();
        let pairs = values
            .iter()
            .map(|value| (value["key"].to_string(), value["value"].clone()));
        // Masked, they are not set.
        pairs
            .filter(|(key, _)| !key.contains("api_key"))
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    assert_eq!(pairs(&values), pairs(&again));
    let seed = values["values"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|value| value["key"] == "seed");
    let expected = serde_json::json!({"key": "seed", "value": 5, "source": {"kind": "environment", "variable": "FLUXLOOP_SEED"}});
    assert_eq!(seed, Some(&expected));
    let _ = project.run("config show --iterations 0").exits(2);
    project.write("configs/simulation.yaml", "iterations: zero\n");
    let _ = project
        .run("config show")
        .exits(96)
        .says("configs/simulation.yaml:1:13");
}

#[test]
fn a_key_is_set_and_nothing_else() {
    let simulation = "# Runs.\niterations: 3 # for now\nmulti_turn:\n  max_turns: 8\n";
    let project = project(simulation);
    let set = |arguments: &str| {
        let finished = project.run(&format!("config set {arguments}")).exits(0);
        assert_eq!(finished.stdout, "");
        project.told(&finished)
    };
    insta::assert_snapshot!(set("multi_turn.max_turns 12"), @"[INFO] configs/simulation.yaml:4: `multi_turn.max_turns` was `8` and is `12`");
    let read = |file: &str| std::fs::read_to_string(project.path(file)).expect("it is there");
    assert_eq!(
        read("configs/simulation.yaml"),
        simulation.replace('8', "12")
    );
    insta::assert_snapshot!(set("multi_turn.max_turns 12"), @"[INFO] configs/simulation.yaml:4: `multi_turn.max_turns` is `12` already");
    insta::assert_snapshot!(set("gate.min_success_rate 0.9"), @"[INFO] configs/evaluation.yaml:2: `gate.min_success_rate` was not set and is `0.9`");
    assert_eq!(
        read("configs/evaluation.yaml"),
        "gate:\n  min_success_rate: 0.9\n"
    );
    let secret = set(&format!("multi_turn.supervisor.api_key {KEY}"));
    insta::assert_snapshot!(secret, @"[INFO] configs/simulation.yaml:6: `multi_turn.supervisor.api_key` was not set and is ***");
    let overridden = project
        .run_with("FLUXLOOP_ITERATIONS=9", "config set iterations 4")
        .exits(0);
    insta::assert_snapshot!(project.told(&overridden), @"
    [INFO] configs/simulation.yaml:2: `iterations` was `3` and is `4`
    [WARN] `iterations` has no effect: FLUXLOOP_ITERATIONS wins over it
    ");

    let before = project.tree();
    let refused = |arguments: &str, code: i32| {
        let finished = project.run(&format!("config set {arguments}")).exits(code);
        assert_eq!(project.tree(), before, "{arguments}");
        project.told(&finished)
    };
    insta::assert_snapshot!(refused("multi_turn.max_turns -1", 96), @"
    error: `multi_turn.max_turns`: expected a whole number from 1 to 100, found -1
     --> configs/simulation.yaml:4:14
      |
    4 |   max_turns: -1
      |              ^
    ");
    insta::assert_snapshot!(refused("multi_turn.max_turn 12", 96), @"
    error: `multi_turn.max_turn` is no key that anything reads
      = help: did you mean `max_turns`?
    ");
    let _ = refused("seed 1 2", 2);
    let _ = refused("seed", 2);
    let _ = refused("seed 1 --config none.yaml", 96);
}
