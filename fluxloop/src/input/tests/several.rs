//! Several files, which are read as if they were one.

use super::*;

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    directory
}

fn load_from(directory: &Path) -> Result<Inputs, ConfigErrors> {
    load_inputs(&load(&LoadRequest::new(directory)).unwrap().config)
}

#[test]
fn files_follow_each_other() {
    let config = "inputs_file: [one.yaml, deep/two.csv, three.jsonl, one.yaml]";
    let directory = project(&[
        ("configs/simulation.yaml", config),
        ("one.yaml", "# kept by a file alone\n- a"),
        ("deep/two.csv", "input,persona\nb,p\n"),
        ("three.jsonl", "\"c\"\n"),
    ]);
    let inputs = load_from(directory.path()).unwrap();
    let expected = [("a", None), ("b", Some("p")), ("c", None), ("a", None)];
    assert_eq!(texts(&inputs), expected);
    assert_eq!(inputs.entries[1].place, "deep/two.csv:2");
    assert_eq!(inputs.files.len(), 4);
    assert_eq!(texts(&super::inputs(&inputs.yaml)), expected);
}

#[test]
fn the_mistakes_of_all_files_are_told() {
    let config = "inputs_file: [one.yaml, none.yaml, two.csv, three.json]";
    let directory = project(&[
        ("configs/simulation.yaml", config),
        ("one.yaml", "- 7"),
        ("two.csv", "input\na,b\n"),
        ("three.json", "[]"),
    ]);
    let report = load_from(directory.path()).unwrap_err().report();
    let report = report.replace(&directory.path().display().to_string(), "");
    insta::assert_snapshot!(report, @r#"
    error: `inputs[0]`: expected text or a mapping with `input`, found 7
     --> one.yaml:1:3
      |
    1 | - 7
      |   ^
      = help: write the text itself, or a mapping with `input`, for example `- input: "How do I start?"`

    error: expected 1 column as the header has them, found 2
     --> two.csv:2:1
      |
    2 | a,b
      | ^
      = help: put text that contains commas or line breaks in double quotes

    error: inputs file not found: /none.yaml
      = help: check `inputs_file` or `--inputs`

    error: three.json has no inputs
      = help: write at least one, for example:

              {"generated_inputs": [{"input": "How do I start?"}]}
    "#);
}

#[test]
fn a_misspelt_key_is_named() {
    insta::assert_snapshot!(errors("- inptu: hi\n  persona: p\n- Input: hi\n"), @"
    error: `inputs[0].inptu`: `input` is missing, and nothing reads this key
     --> inputs/generated.yaml:1:3
      |
    1 | - inptu: hi
      |   ^
      = help: did you mean `input`?

    error: `inputs[1].Input`: `input` is missing, and nothing reads this key
     --> inputs/generated.yaml:3:3
      |
    3 | - Input: hi
      |   ^
      = help: did you mean `input`?
    ");
    insta::assert_snapshot!(errors("generated_input:\n- a\n"), @"
    error: expected the list of inputs under `generated_inputs` or `inputs`, found `generated_input`
     --> inputs/generated.yaml:1:1
      |
    1 | generated_input:
      | ^
      = help: did you mean `generated_inputs`?
    ");
}
