//! `generate inputs`: what is written, and that it runs.

mod model;

use std::fs;

use serde_json::Value;
use tests::{Project, obedient};

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
