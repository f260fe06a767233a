//! A supervisor's answers, recorded once and played without network and key.

use std::fs;

use serde_json::{Value, json};
use tests::{
    Experiment, Finished, Project,
    provider::{Provider, openai},
};

use super::{KEY, echo, leaves_no_key};

const CASSETTE: &str = "recordings/echo.jsonl";

const CONFIG: &str = "
personas: [{ name: novice, goals: [to hear an echo] }]
multi_turn:
  enabled: true
  supervisor: { model: some-model, temperature: 0.5, max_retries: 0, cassette: { file: recordings/echo.jsonl } }
";

fn project() -> Project {
    let inputs = "- { id: a, input: hello, persona: novice }\n- { id: b, input: hi }";
    echo().config(CONFIG).inputs(inputs)
}

/// Records everything, with a key, from a provider of ours.
fn record(project: &Project) -> (Provider, Finished) {
    let provider = Provider::start(openai);
    let arguments = format!(
        "run experiment --yes -v --iterations 2 --parallel 4 --supervisor-cassette record --supervisor-base-url {}",
        provider.address
    );
    let finished = project.run_with(&format!("FLUXLOOP_SUPERVISOR_API_KEY={KEY}"), &arguments);
    (provider, finished.exits(0))
}

/// What was said and decided, in the order of cases: all but moments and the agent's own time.
fn told(experiment: &Experiment) -> Value {
    let mut rows = experiment.rows("traces.jsonl");
    rows.sort_unstable_by_key(|row| row["case"].to_string());
    let rows = rows.iter().map(|row| {
        let keys = [
            "case",
            "output",
            "conversation_history",
            "termination_detail",
            "supervisor",
        ];
        keys.map(|key| &row[key])
    });
    let rows = json!(rows.collect::<Vec<_>>());
    let mut decisions: Vec<Value> = experiment
        .rows("observations.jsonl")
        .iter()
        .filter(|row| row["kind"] == "supervisor")
        .map(|row| {
            let keys = ["id", "type", "input", "output", "attributes", "duration_ms"];
            json!(keys.map(|key| &row[key]))
        })
        .collect();
    decisions.sort_unstable_by_key(Value::to_string);
    json!([rows, decisions, experiment.summary()["supervisor"]])
}

#[test]
fn a_recording_is_played_without_network_and_key() {
    let project = project();
    let (provider, finished) = record(&project);
    let recorded = told(&project.latest());
    let asked = provider.requests().len();
    assert_eq!(asked, 8, "two inputs, two iterations, two decisions");
    leaves_no_key(&project.latest(), &finished);
    let cassette = fs::read_to_string(project.path(CASSETTE)).unwrap();
    assert_eq!(cassette.lines().count(), 8);
    assert!(!cassette.contains(KEY) && !cassette.to_lowercase().contains("authorization"));
    assert!(!cassette.contains("127.0.0.1"));

    // Nothing listens there; and at the provider's own address a key would be needed.
    for address in ["--supervisor-base-url http://127.0.0.1:9", ""] {
        for mode in ["", "--supervisor-cassette auto"] {
            let arguments = format!("--iterations 2 {address} {mode}");
            let _ = project.experiment(&arguments).exits(0);
            assert_eq!(told(&project.latest()), recorded);
        }
    }
    assert_eq!(provider.requests().len(), asked);
    assert_eq!(
        fs::read_to_string(project.path(CASSETTE)).unwrap(),
        cassette
    );
}

#[test]
fn what_is_not_recorded_fails_and_says_what_differs() {
    let project = project();
    let _ = record(&project);
    for (arguments, parts) in [
        (
            "--supervisor-model other",
            [
                "turn 1 of `echo::",
                "expected the model `some-model`, found `other`",
            ],
        ),
        ("--iterations 3", ["holds nothing of `echo::", "::iter_2`"]),
        // Nobody could be asked, and it is said why.
        (
            "--iterations 3 --supervisor-cassette auto",
            ["::iter_2`, and nobody can be asked", "OPENAI_API_KEY"],
        ),
    ] {
        let _ = project
            .experiment(arguments)
            .exits(100)
            .says("supervisor_error");
        let rows = project.latest().rows("trace_summary.jsonl");
        let failed: Vec<_> = rows.iter().filter(|row| row["success"] == false).collect();
        assert_eq!(failed.len(), 2, "{rows:?}");
        for row in failed {
            assert_eq!(row["error"]["kind"], "supervisor_error");
            let message = row["error"]["message"].as_str().unwrap();
            for part in [CASSETTE].iter().chain(&parts) {
                assert!(message.contains(part), "{part}: {message}");
            }
        }
    }
    // What the users want has changed: the prompt has.
    project.write(
        "configs/simulation.yaml",
        &CONFIG.replace("an echo", "a choir"),
    );
    let _ = project.experiment("").exits(100);
    for row in project.latest().rows("trace_summary.jsonl") {
        let message = row["error"]["message"].as_str().unwrap();
        let difference =
            "in line 30 of the prompt, expected `- to hear an echo`, found `- to hear a choir`";
        assert!(message.contains(difference), "{message}");
    }
}

#[test]
fn a_cassette_that_is_of_no_use_is_said_before_anything_runs() {
    let project = project();
    let mode = |mode: &str| {
        let address = "http://127.0.0.1:9";
        let arguments = format!("--supervisor-base-url {address} --supervisor-cassette {mode}");
        let finished = project.experiment(&arguments).exits(96);
        assert!(!project.path("experiments").exists());
        finished
    };
    let _ = mode("replay")
        .says("`recordings/echo.jsonl` is not there")
        .says("mode: record");
    project.write(CASSETTE, "{\"version\":\"2.0\"}\n");
    let _ = mode("replay")
        .says("line 1")
        .says("expected version 1")
        .says("found `2.0`");
    let _ = mode("auto").says("found `2.0`");
    project.write(CASSETTE, "\n<<<<<<< HEAD\n");
    let _ = mode("replay").says("line 2 of the cassette");
    fs::remove_file(project.path(CASSETTE)).unwrap();
    fs::create_dir(project.path(CASSETTE)).unwrap();
    let _ = mode("record").says("cannot be written");
    // What only lists or plans touches nothing.
    fs::remove_dir_all(project.path("recordings")).unwrap();
    let dry = "--dry-run --supervisor-base-url http://127.0.0.1:9 --supervisor-cassette record";
    let _ = project.experiment(dry).exits(0);
    assert!(!project.path("recordings").exists());
}
