//! Inputs files as users write them, and what is said of those that are wrong.

use std::path::Path;

use serde_json::json;

use super::*;
use crate::config::{ConfigErrors, LoadRequest, Warning, load};

mod formats;
mod several;

/// Loads a file of inputs beside a configuration.
fn inputs_with(config: &str, inputs: Option<&str>) -> Result<Inputs, ConfigErrors> {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("configs/simulation.yaml", Some(config)),
        ("inputs/generated.yaml", inputs),
    ] {
        if let Some(text) = text {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }
    let loaded = load(&LoadRequest::new(directory.path())).unwrap();
    load_inputs(&loaded.config)
}

fn inputs(text: &str) -> Inputs {
    inputs_with("", Some(text)).unwrap_or_else(|errors| panic!("{text}\n{}", errors.report()))
}

fn errors(text: &str) -> String {
    inputs_with("", Some(text)).expect_err(text).report()
}

fn texts(inputs: &Inputs) -> Vec<(&str, Option<&str>)> {
    inputs
        .entries
        .iter()
        .map(|input| (input.input.as_str().unwrap(), input.persona.as_deref()))
        .collect()
}

#[test]
fn the_list_stands_alone_or_under_either_name() {
    let list =
        "- input: \"How do I start?\"\n  persona: novice_user\n- What are advanced options?\n";
    let indented = format!("  {}", list.trim_end().replace('\n', "\n  "));
    for text in [
        list.to_owned(),
        format!("generated_inputs:\n{list}"),
        format!("generated_inputs:\n{indented}\n"),
        format!("metadata: {{generator: x}}\ninputs:\n{list}"),
    ] {
        let inputs = inputs(&text);
        assert_eq!(
            texts(&inputs),
            [
                ("How do I start?", Some("novice_user")),
                ("What are advanced options?", None)
            ],
        );
        assert_eq!(inputs.yaml, text);
        assert!(inputs.warnings.is_empty(), "{:?}", inputs.warnings);
    }
}

#[test]
fn json_is_yaml() {
    let read = inputs(r#"[{"input": "a\u00e9\"", "metadata": {"persona": "p"}}, "b"]"#);
    assert_eq!(texts(&read), [("aé\"", Some("p")), ("b", None)]);
}

#[test]
fn an_entry_is_kept_with_all_that_it_says() {
    let read = inputs(
        "- input: {order: 7, items: [1.5, null]}\n  id: 1.10\n  metadata: {persona_description: new here, n: 1}\n  persona: p\n  expected_intent: buy\n",
    );
    let [entry] = &read.entries[..] else {
        panic!("{read:?}")
    };
    assert_eq!(entry.input, json!({"order": 7, "items": [1.5, null]}));
    assert_eq!(entry.id.as_deref(), Some("1.10"));
    assert_eq!(entry.persona.as_deref(), Some("p"));
    let metadata = json!({"persona_description": "new here", "n": 1, "expected_intent": "buy"});
    assert_eq!(json!(entry.metadata), metadata);
    assert_eq!(entry.place, "inputs/generated.yaml:1".to_owned());
}

#[test]
fn the_persona_of_the_entry_wins_over_that_of_its_metadata() {
    let read = inputs("- input: a\n  persona: one\n  metadata: {persona: two}\n  sauce: x\n");
    assert_eq!(texts(&read), [("a", Some("one"))]);
    let warnings: Vec<String> = read.warnings.iter().map(Warning::report).collect();
    insta::assert_snapshot!(warnings.join("\n\n"), @r#"
    warning: `persona` is `one` and `metadata.persona` is `two`: the first is used
     --> inputs/generated.yaml:2:12
      |
    2 |   persona: one
      |            ^
      = help: keep one of them

    warning: unknown key `inputs[0].sauce`: nothing reads it
     --> inputs/generated.yaml:4:3
      |
    4 |   sauce: x
      |   ^
      = help: remove it, or check its spelling
    "#);
}

#[test]
fn every_wrong_entry_is_an_error() {
    insta::assert_snapshot!(errors("- 42\n- question: hi\n- input:\n- input: a\n  persona: [b]\n- input: a\n  id: ''\n-\n"), @r#"
    error: `inputs[0]`: expected text or a mapping with `input`, found 42
     --> inputs/generated.yaml:1:3
      |
    1 | - 42
      |   ^
      = help: write the text itself, or a mapping with `input`, for example `- input: "How do I start?"`

    error: `inputs[1]`: `input` is missing
     --> inputs/generated.yaml:2:3
      |
    2 | - question: hi
      |   ^
      = help: write the text itself, or a mapping with `input`, for example `- input: "How do I start?"`

    error: `inputs[2]`: `input` has no value
     --> inputs/generated.yaml:3:3
      |
    3 | - input:
      |   ^
      = help: write the text itself, or a mapping with `input`, for example `- input: "How do I start?"`

    error: `inputs[3].persona`: expected text, found a list
     --> inputs/generated.yaml:5:12
      |
    5 |   persona: [b]
      |            ^

    error: `inputs[4].id`: expected text that is not empty, found an empty text
     --> inputs/generated.yaml:7:7
      |
    7 |   id: ''
      |       ^

    error: `inputs[5]`: expected text or a mapping with `input`, found nothing (null)
     --> inputs/generated.yaml:8:2
      |
    8 | -
      |  ^
      = help: write the text itself, or a mapping with `input`, for example `- input: "How do I start?"`
    "#);
    let many = errors(&"- 1\n".repeat(30));
    assert_eq!(many.matches("error: ").count(), 10);
    assert!(many.ends_with("and 20 more errors"), "{many}");
}

#[test]
fn a_file_without_inputs_says_what_to_write() {
    insta::assert_snapshot!(errors(""), @r#"
    error: inputs/generated.yaml has no inputs
      = help: write at least one, for example:

              generated_inputs:
                - input: "How do I start?"
    "#);
    insta::assert_snapshot!(errors("generated_inputs: []\n"), @r#"
    error: inputs/generated.yaml has no inputs
      = help: write at least one, for example:

              generated_inputs:
                - input: "How do I start?"
    "#);
    assert!(errors("generated_inputs:\n").contains("has no inputs"));
    insta::assert_snapshot!(errors("question: hi\nanswers: [a]\n"), @r#"
    error: expected the list of inputs under `generated_inputs` or `inputs`, found `question`, `answers`
     --> inputs/generated.yaml:1:1
      |
    1 | question: hi
      | ^
      = help: write at least one, for example:

              generated_inputs:
                - input: "How do I start?"
    "#);
    insta::assert_snapshot!(errors("just text\n"), @r#"
    error: expected a list of inputs, found the text `just text`
     --> inputs/generated.yaml:1:1
      |
    1 | just text
      | ^
      = help: write at least one, for example:

              generated_inputs:
                - input: "How do I start?"
    "#);
    insta::assert_snapshot!(errors("inputs: {a: b}\n"), @r#"
    error: `inputs`: expected a list of inputs, found a mapping
     --> inputs/generated.yaml:1:9
      |
    1 | inputs: {a: b}
      |         ^
    "#);
    insta::assert_snapshot!(errors("inputs: [a]\ngenerated_inputs: [b]\n"), @r#"
    error: the inputs stand under `generated_inputs` and under `inputs`
     --> inputs/generated.yaml:1:1
      |
    1 | inputs: [a]
      | ^
      = help: put all of them under one of the two
    "#);
}

#[test]
fn the_page_without_its_indentation_is_shown_where_it_breaks() {
    insta::assert_snapshot!(errors("generated_inputs:\n- input: \"How do I start?\"\npersona: novice_user\n- input: b\n"), @r#"
    error: while parsing a block mapping, did not find expected key
     --> inputs/generated.yaml:4:3
      |
    4 | - input: b
      |   ^
      = help: check the indentation of this line against the ones above
    "#);
}

#[test]
fn base_inputs_stand_in_for_a_missing_file() {
    let config = "base_inputs:\n  - input: a\n    expected_intent: x\n    persona: p\n  - {input: b, id: second}\n";
    let own = inputs_with(config, None).unwrap();
    assert_eq!(texts(&own), [("a", Some("p")), ("b", None)]);
    assert_eq!(own.files, Vec::<std::path::PathBuf>::new());
    assert_eq!(own.entries[0].place, "configs/simulation.yaml:2");
    let mut again = inputs(&own.yaml).entries;
    for (again, own) in again.iter_mut().zip(&own.entries) {
        again.place.clone_from(&own.place);
    }
    assert_eq!(again, own.entries, "{}", own.yaml);
    assert_eq!(
        texts(&inputs_with(config, Some("- c")).unwrap()),
        [("c", None)]
    );
}

#[test]
fn nothing_at_all_says_what_to_write() {
    insta::assert_snapshot!(inputs_with("", None).unwrap_err().report(), @r#"
    error: no inputs: there is no inputs/generated.yaml, and the configuration has no `base_inputs`
      = help: name a file with `inputs_file` (`--inputs`), or write inputs/generated.yaml, for example:

              generated_inputs:
                - input: "How do I start?"
    "#);
}

#[test]
fn a_file_that_was_asked_for_must_be_there() {
    let error = inputs_with("inputs_file: nowhere.yaml\nbase_inputs: [a]", None).unwrap_err();
    let message = error.to_string();
    let path = message.strip_prefix("inputs file not found: ").unwrap();
    assert!(
        Path::new(path).is_absolute() && path.ends_with("nowhere.yaml"),
        "{message}"
    );
}

#[test]
fn many_inputs_are_read_and_too_many_are_refused() {
    let inputs = inputs(&"- input: a question of some length\n  persona: p\n".repeat(20_000));
    assert_eq!(inputs.entries.len(), 20_000);
    assert_eq!(inputs.entries[19_999].place, "inputs/generated.yaml:39999");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("big.yaml");
    std::fs::File::create(&path)
        .unwrap()
        .set_len(100 << 20)
        .unwrap();
    let error = inputs_with(&format!("inputs_file: {}", path.display()), None).unwrap_err();
    assert!(
        error.to_string().ends_with("is larger than 32 MiB"),
        "{error}"
    );
}
