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
fn expectations_stand_beside_inputs_in_every_format() {
    let csv = "input,expect.contains,expect.max_turns,expect.max_duration_ms,expect.tools_called,checks\n\
               a, yes ,3,1.5, lookup ,polite brief\nb,,,,,\n";
    let yaml = "- input: a\n  expect: {contains: ' yes ', max_turns: 3, max_duration_ms: 1.5, tools_called: lookup}\n  \
                checks: [polite, brief]\n- b\n";
    let json = r#"[{"input": "a", "expect": {"contains": " yes ", "max_turns": 3, "max_duration_ms": 1.5,
        "tools_called": "lookup"}, "checks": "polite,brief"}, "b"]"#;
    let expected = read("in.yaml", yaml);
    assert_eq!(expected.entries[0].expect.written()["max_turns"], 3);
    assert!(expected.entries[1].expect.is_empty() && expected.entries[1].checks.is_empty());
    for (name, text) in [("in.csv", csv), ("in.json", json), ("in.yaml", yaml)] {
        let inputs = read(name, text);
        assert!(inputs.warnings.is_empty(), "{}", warnings(&inputs));
        for (own, other) in inputs.entries.iter().zip(&expected.entries) {
            assert_eq!(own.expect, other.expect, "{name}");
            let names = |input: &RawInput| {
                let names = input.checks.iter().map(|check| check.name.clone());
                names.collect::<Vec<_>>()
            };
            assert_eq!(names(own), names(other), "{name}");
        }
        let again = read("inputs.yaml", &inputs.yaml);
        assert_eq!(again.entries[0].expect, expected.entries[0].expect);
        assert_eq!(again.entries[0].checks.len(), 2);
    }
}

#[test]
fn expectations_that_are_wrong_are_refused_where_they_stand() {
    insta::assert_snapshot!(wrong("in.csv", "input,expect.max_turns,expect.contain\na,few,\nb,,yes\n"), @r"
    error: `inputs[0].expect.max_turns`: expected a whole number from 1 to 100, found the text `few`
     --> in.csv:2:3
      |
    2 | a,few,
      |   ^

    error: `inputs[1].expect.contain`: nothing reads this key
     --> in.csv:3:4
      |
    3 | b,,yes
      |    ^
      = help: did you mean `contains`?
    ");
    insta::assert_snapshot!(wrong("in.jsonl", "{\"input\": \"a\", \"expect\": {\"matches\": \"(\"}}"), @r#"
    error: `inputs[0].expect.matches`: `(` is no regular expression: unclosed group
     --> in.jsonl:1:38
      |
    1 | {"input": "a", "expect": {"matches": "("}}
      |                                      ^
      = help: its syntax is that of the crate `regex`; a text as it stands is expected with `contains`
    "#);
    insta::assert_snapshot!(errors("- input: a\n  expect: yes\n"), @r#"
    error: `inputs[0].expect`: expected a mapping such as `contains: "refund"`, found the text `yes`
     --> inputs/generated.yaml:2:11
      |
    2 |   expect: yes
      |           ^
    "#);
}

#[cfg(feature = "json-schema")]
#[test]
fn a_schema_in_a_file_is_kept_as_a_whole() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    for (name, text) in [
        ("configs/simulation.yaml", "inputs_file: in/a.yaml\n"),
        (
            "in/a.yaml",
            "# kept where nothing stands elsewhere\n- input: a\n  expect: {json_schema: s.yaml}\n",
        ),
        ("in/s.yaml", "type: string\n"),
    ] {
        fs::create_dir_all(path.join(name).parent().unwrap()).unwrap();
        fs::write(path.join(name), text).unwrap();
    }
    let inputs = load_inputs(&load(&LoadRequest::new(path)).unwrap().config).unwrap();
    assert!(inputs.yaml.contains("type: string") && !inputs.yaml.contains("s.yaml"));
    kept(&inputs);
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
