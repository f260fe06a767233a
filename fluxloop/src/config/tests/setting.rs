//! A key that is set: in which file, as which value, and what is refused.

use serde_json::{Value, json};

use super::*;

const SIMULATION: &str = "\
# How often.
runner:
  iterations: 3 # for now
  target: a:run
multi_turn: {enabled: false, max_turns: 8}
personas:
  - name: novice
    description: Reads.
";

fn project() -> Project {
    Project::new(&[
        ("configs/simulation.yaml", SIMULATION),
        ("configs/input.yaml", "# Who asks.\nseed: 1\n"),
    ])
}

fn set(project: &Project, key: &str, value: &str) -> Setting {
    setting(&project.request, key, value).unwrap_or_else(|error| panic!("{key}: {error}"))
}

/// File, line, what was and what is.
fn told(project: &Project, key: &str, value: &str) -> (String, u32, Option<Value>, Value) {
    let setting = set(project, key, value);
    (setting.shown, setting.line, setting.old, setting.new)
}

fn refused(project: &Project, key: &str, value: &str) -> String {
    let error = setting(&project.request, key, value).expect_err("it is not set");
    let hint = error.hint().map(|hint| format!(" ({hint})"));
    project.shown(&format!("{error}{}", hint.unwrap_or_default()))
}

#[test]
fn a_key_is_set_where_it_stands() {
    let project = project();
    let simulation = || "configs/simulation.yaml".to_owned();
    for (key, value, expected) in [
        (
            "runner.iterations",
            "5",
            (simulation(), 3, Some(json!(3)), json!(5)),
        ),
        // In the spelling that is in use.
        (
            "iterations",
            "5",
            (simulation(), 3, Some(json!(3)), json!(5)),
        ),
        (
            "multi_turn.max_turns",
            "12",
            (simulation(), 5, Some(json!(8)), json!(12)),
        ),
        (
            "personas.0.description",
            "Reads on.",
            (simulation(), 8, Some(json!("Reads.")), json!("Reads on.")),
        ),
        // Not where it belongs, where it stands.
        (
            "seed",
            "7",
            ("configs/input.yaml".to_owned(), 2, Some(json!(1)), json!(7)),
        ),
        (
            "seed",
            "null",
            (
                "configs/input.yaml".to_owned(),
                2,
                Some(json!(1)),
                json!(null),
            ),
        ),
    ] {
        assert_eq!(told(&project, key, value), expected, "{key}");
    }
    let text = set(&project, "iterations", "5").text;
    assert_eq!(text, SIMULATION.replace("iterations: 3", "iterations: 5"));
}

#[test]
fn a_key_that_is_nowhere_is_set_where_it_belongs() {
    let project = project();
    for (key, value, file) in [
        ("name", "demo", "project.yaml"),
        ("metadata.service_context", "A shop.", "project.yaml"),
        ("variation_count", "3", "input.yaml"),
        ("input_generation.llm.model", "m", "input.yaml"),
        ("gate.max_failures", "2", "evaluation.yaml"),
        ("parallel_runs", "4", "simulation.yaml"),
        ("runner.timeout_seconds", "1.5", "simulation.yaml"),
    ] {
        let setting = set(&project, key, value);
        assert_eq!(
            (setting.shown.as_str(), &setting.old),
            (format!("configs/{file}").as_str(), &None),
            "{key}"
        );
        // Written, it is so.
        let again = project.path(&setting.shown);
        let before = std::fs::read(&again).ok();
        std::fs::write(&again, &setting.text).unwrap();
        assert_eq!(set(&project, key, value).old, Some(setting.new), "{key}");
        match before {
            Some(text) => std::fs::write(again, text).unwrap(),
            None => std::fs::remove_file(again).unwrap(),
        }
    }
    // A variant, and a configuration by itself.
    project.write("configs/quick.yaml", b"fail_fast: true\n");
    project.write("own.yaml", b"");
    for file in ["configs/quick.yaml", "own.yaml"] {
        let mut request = project.request.clone();
        request.config = Some(file.into());
        assert_eq!(setting(&request, "name", "demo").unwrap().shown, file);
    }
}

#[test]
fn a_value_is_what_its_key_takes() {
    let project = project();
    let value = |key: &str, value: &str| set(&project, key, value).new;
    assert_eq!(value("version", "1.10"), json!("1.10"));
    assert_eq!(value("name", "true"), json!("true"));
    assert_eq!(value("name", "12"), json!(12), "it is read as text");
    assert_eq!(value("runner.retry_delay", "0.50"), json!(0.5));
    assert_eq!(value("description", "note: it is"), json!("note: it is"));
    assert_eq!(value("description", "- x"), json!("- x"));
    assert_eq!(value("description", "\"quoted\""), json!("quoted"));
    assert_eq!(value("tags", "[a, 'b c']"), json!(["a", "b c"]));
    assert_eq!(value("metadata.team", "{name: x}"), json!({"name": "x"}));
    assert_eq!(value("fail_fast", "true"), json!(true));
}

#[test]
fn what_does_not_load_is_refused() {
    let project = project();
    assert_eq!(
        refused(&project, "multi_turn.max_turns", "0"),
        "configs/simulation.yaml:5:41: `multi_turn.max_turns`: expected a whole number from 1 to 100, found 0"
    );
    assert_eq!(
        refused(&project, "multi_turn.max_turn", "3"),
        "`multi_turn.max_turn` is no key that anything reads (did you mean `max_turns`?)"
    );
    assert!(refused(&project, "itterations", "3").contains("did you mean `iterations`?"));
    assert!(refused(&project, "mood.today", "calm").contains("is no key that anything reads"));
    assert!(refused(&project, "personas.0.nmae", "x").contains("did you mean `name`?"));
    assert_eq!(
        refused(&project, "personas.1.name", "x"),
        "`personas.1.name` is no key that anything reads (`personas` is a list of 1, counted from 0)"
    );
    assert!(refused(&project, "max_turns", "3").contains("did you mean `multi_turn.max_turns`?"));
    assert!(refused(&project, "a..b", "3").contains("write a dotted key"));
    assert!(
        refused(&project, "runner.target.x", "3").contains("`runner.target` is the text `a:run`")
    );
    // New keys in braces of several lines are for people.
    let braces = Project::simulation("multi_turn: {enabled: false,\n  max_turns: 8}\n");
    assert!(refused(&braces, "multi_turn.min_turns", "2").contains("write it by hand"));
    // A variable that overrides the key does not hide what is wrong with it.
    let project = project
        .environment(&[("FLUXLOOP_ITERATIONS", "3")])
        .flag("iterations", "3");
    assert!(refused(&project, "iterations", "none").contains("found the text `none`"));
}

#[test]
fn a_new_key_is_added_within_braces() {
    let text = set(&project(), "multi_turn.min_turns", "2").text;
    assert_eq!(text, SIMULATION.replace("8}", "8, min_turns: 2}"));
}

#[test]
fn what_was_wrong_before_can_be_mended() {
    let project = Project::simulation("iterations: none\nparallel_runs: none\n");
    assert_eq!(set(&project, "iterations", "3").new, json!(3));
    assert!(refused(&project, "iterations", "[]").contains("found a list"));
}
