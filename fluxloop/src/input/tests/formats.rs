//! Other formats than YAML: what is read of them, and where they are wrong.

use std::fs;

use super::*;

mod csv;
mod json;

/// Loads a file of this name.
fn file(name: &str, text: &str) -> Result<Inputs, ConfigErrors> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::create_dir(path.join("configs")).unwrap();
    let config = format!("inputs_file: {name}");
    fs::write(path.join("configs/simulation.yaml"), config).unwrap();
    fs::write(path.join(name), text).unwrap();
    load_inputs(&load(&LoadRequest::new(path)).unwrap().config)
}

fn read(name: &str, text: &str) -> Inputs {
    file(name, text).unwrap_or_else(|errors| panic!("{text}\n{}", errors.report()))
}

fn wrong(name: &str, text: &str) -> String {
    file(name, text).expect_err(text).report()
}

fn warnings(inputs: &Inputs) -> String {
    let reports: Vec<String> = inputs.warnings.iter().map(Warning::report).collect();
    reports.join("\n\n")
}

/// What the experiment keeps reads back as the same entries.
fn kept(inputs: &Inputs) {
    let mut again = read("inputs.yaml", &inputs.yaml).entries;
    for (again, own) in again.iter_mut().zip(&inputs.entries) {
        again.place.clone_from(&own.place);
    }
    assert_eq!(again, inputs.entries, "{}", inputs.yaml);
}

#[test]
fn expectations_are_not_yet_checked_in_any_format() {
    insta::assert_snapshot!(wrong("in.csv", "input,expect.contains\na,\nb,yes\n"), @"
    error: `inputs[1].expect`: checks of what agents return are not part of this version yet
     --> in.csv:3:3
      |
    3 | b,yes
      |   ^
      = help: remove it: a run passes when its agent returns
    ");
    insta::assert_snapshot!(wrong("in.jsonl", "{\"input\": \"a\", \"expect\": {\"contains\": \"yes\"}}"), @r#"
    error: `inputs[0].expect`: checks of what agents return are not part of this version yet
     --> in.jsonl:1:26
      |
    1 | {"input": "a", "expect": {"contains": "yes"}}
      |                          ^
      = help: remove it: a run passes when its agent returns
    "#);
    insta::assert_snapshot!(errors("- input: a\n  expect:\n    contains: yes\n"), @"
    error: `inputs[0].expect`: checks of what agents return are not part of this version yet
     --> inputs/generated.yaml:3:5
      |
    3 |     contains: yes
      |     ^
      = help: remove it: a run passes when its agent returns
    ");
}

#[test]
fn other_endings_are_refused() {
    insta::assert_snapshot!(wrong("in.tsv", "input\tpersona\n"), @"
    error: in.tsv: expected inputs, found a file that ends in .tsv
      = help: inputs stand in files that end in .yaml, .json, .jsonl or .csv
    ");
    assert_eq!(texts(&read("no_ending", "- a")), [("a", None)]);
    assert_eq!(texts(&read("in.yml", "- a")), [("a", None)]);
}
