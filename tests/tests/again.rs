//! An experiment's own `config.yaml` plans the same cases again, whatever became of the files it was made of.

use std::fs;

use serde_json::Value;
use tests::{Experiment, Home, Project, faulty, unruly};

/// What tells one plan from another: each run's name, seed-bearing id, persona and input, in the order of the cases.
fn plan(experiment: &Experiment) -> Vec<Value> {
    let mut rows = experiment.rows("traces.jsonl");
    rows.sort_by_key(|row| row["trace_id"].to_string());
    rows.iter()
        .map(|row| {
            let keys = [
                "trace_id",
                "case",
                "iteration",
                "persona",
                "input",
                "metadata",
                "output",
            ];
            keys.iter().map(|key| row[key].clone()).collect()
        })
        .collect()
}

/// The files that the experiment was made of, gone or changed.
fn ruin(project: &Project) {
    fs::remove_dir_all(project.path("inputs")).expect("the inputs");
    fs::remove_dir_all(project.path("configs")).expect("the configuration");
    project.write(
        "configs/simulation.yaml",
        "iterations: 99\nrunner: { target: nobody }\n",
    );
    project.write("inputs/generated.yaml", "- somebody else's input\n");
}

/// Runs once, ruins the files, runs again with the experiment's own configuration.
#[track_caller]
fn twice(project: &Project, arguments: &str) -> [Experiment; 2] {
    let finished = project.experiment(arguments);
    assert!(matches!(finished.code, Some(0 | 100)), "{finished}");
    let first = fs::canonicalize(project.path("experiments/latest")).expect("an experiment");
    ruin(project);
    let config = first.join("config.yaml").display().to_string();
    let again = project.experiment(&format!("--config {config}"));
    assert_eq!(again.code, finished.code, "{again}");
    assert!(!again.stderr.contains("[WARN]"), "{again}");
    let second = fs::canonicalize(project.path("experiments/latest")).expect("an experiment");
    assert_ne!(first, second);
    let [first, second] = [first, second].map(Experiment::at);
    assert_eq!(plan(&first), plan(&second));
    let settings = |experiment: &Experiment| {
        let mut snapshot = experiment.summary()["config_snapshot"].clone();
        // Each experiment keeps its inputs.
        snapshot["inputs_file"] = Value::Null;
        snapshot
    };
    assert_eq!(settings(&first), settings(&second));
    for key in ["seed", "target", "gate", "experiment_name", "by_persona"] {
        assert_eq!(first.summary()[key], second.summary()[key], "{key}");
    }
    [first, second]
}

#[test]
fn what_flags_and_variables_have_set_is_kept() {
    let config = "
personas: [{ name: novice, description: new here }, { name: expert }, { name: other }]
runner: { timeout_seconds: 60 }
";
    let project = unruly((Home::Library, "works"), config, [""; 0]).file(
        "elsewhere.yaml",
        "
inputs:
  - { input: say one, metadata: { difficulty: 3, persona_description: curious } }
  - { input: say two, persona: expert, id: second }
  - { input: fail, persona: other }
",
    );
    let [first, _] = twice(
        &project,
        "-i 3 --personas novice,expert --inputs elsewhere.yaml --parallel 3 --timeout 7.5 --retries 1 \
         --max-failures 2 --min-success-rate 0.5 --fail-fast --name again --seed 11",
    );
    assert_eq!(plan(&first).len(), 3 * 3);
    assert_eq!(first.summary()["seed"], 11);
    assert_eq!(
        first.summary()["config_snapshot"]["runner"]["timeout_seconds"],
        7.5
    );
}

#[test]
fn inputs_of_several_files_and_formats_are_kept() {
    let project = unruly((Home::Library, "works"), "", [""; 0])
        .file("inputs/one.json", r#"[{"input": "say \ud83e\udd80", "metadata": {"n": 1.5}}, "say one"]"#)
        .file("inputs/two.csv", "input,id,persona,metadata.topic\nsay one,,ada,x\n\"say \"\"two\"\"\nlines\",second,,\n")
        .file("inputs/three.jsonl", "{\"input\": \"say one\", \"persona\": \"ada\"}\n");
    let [first, _] = twice(
        &project,
        "--inputs inputs/one.json --inputs inputs/two.csv --inputs inputs/three.jsonl",
    );
    let names: Vec<_> = plan(&first)
        .iter()
        .map(|run| run[1].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(names.len(), 5);
    // As if the files were one: the third time that this input is there.
    assert!(names[4].contains("_3::iter_0"), "{names:?}");
}

#[test]
fn a_part_of_the_cases_is_kept() {
    let inputs = ["say one", "say two", "say three", "fail"];
    let project = unruly((Home::Library, "works"), "", inputs);
    // The seed is drawn, and the sample by it.
    let [first, _] = twice(&project, "-i 5 --filter say --sample 8 --limit 6");
    assert_eq!(plan(&first).len(), 6);
}

#[test]
fn a_seed_that_was_drawn_is_kept() {
    let project = unruly((Home::Example, "acts"), "", ["say one", "fail"]);
    let [first, second] = twice(&project, "-i 2");
    assert!(first.summary()["seed"].is_u64());
    assert_eq!(first.text("inputs.yaml"), second.text("inputs.yaml"));
}

#[test]
fn section_files_and_their_own_inputs_are_kept() {
    let project = unruly((Home::Library, "works"), "iterations: 2", [""; 0])
        .file("configs/input.yaml", "
personas: [{ name: a, goals: [x, 'y: z'], custom_attributes: { n: 1, deep: { list: [1, null, true] } } }]
base_inputs:
  - { input: say base, expected_intent: greet, metadata: { k: [1, 2] } }
  - { input: say mine, persona: a }
input_template: '{input} of {persona}'
")
        .file("configs/evaluation.yaml", "gate: { max_failures: 4 }\nevaluators: [1]\n");
    fs::remove_file(project.path("inputs/generated.yaml")).expect("it is there");
    let [first, _] = twice(&project, "");
    assert_eq!(plan(&first).len(), 2 * 2);
    assert_eq!(first.summary()["gate"]["max_failures"], 4);
}

#[test]
fn odd_texts_and_values_are_kept() {
    let inputs = serde_json::json!([
        {"input": "say \u{1b}[2J\u{7f} ''\"\\ # : - | > & * ! % @ ` \r\n\t end"},
        {"input": {"order": "length", "text": "yes", "deep": [1, 2.50, 1e3, null, true, "no", "0x10", "1_000"]}},
        {"input": "say no"},
        {"input": "say  leading and trailing  "},
    ]);
    // YAML takes no control character as it stands.
    let inputs = inputs.to_string().replace('\u{7f}', "\\u007f");
    let project = faulty(
        "works",
        "name: 'yes'\nversion: '1.0'\ntags: ['null', '~']",
        &inputs,
    );
    let [first, _] = twice(&project, "");
    assert_eq!(plan(&first).len(), 4);
}

#[test]
fn an_input_that_holds_a_secret_keeps_its_name() {
    const KEY: &str = "sk-live-Abc123xyzKEY";
    let project = unruly(
        (Home::Library, "works"),
        "",
        [format!("say {KEY}"), "say more".to_owned()],
    );
    let mut command = project.command("run experiment --yes");
    let output = command
        .env("OPENAI_API_KEY", KEY)
        .output()
        .expect("it starts");
    assert!(output.status.success());
    let first = fs::canonicalize(project.path("experiments/latest")).expect("an experiment");
    ruin(&project);
    let config = first.join("config.yaml").display().to_string();
    let _ = project.experiment(&format!("--config {config}")).exits(0);
    let names = |experiment: &Experiment| experiment.runs().into_keys().collect::<Vec<_>>();
    assert_eq!(names(&Experiment::at(first)), names(&project.latest()));
}
