//! From a recording to the arguments of calls.

mod messages;
mod slots;

use std::path::PathBuf;

use serde_json::{Value, json, value::to_raw_value};

use super::{Replay, load_replay};
use crate::{
    agent::Arguments,
    config::{Config, ConfigErrors, LoadRequest, load},
    input::RawInput,
    plan::Plan,
};

const CALLS: &str = r#"{"_version":"1","iteration":0,"target":"shop.desk:answer","kwargs":{"data":{"content":"one","user":7},"token":"***"},"timestamp":"2024-11-01T14:30:22.123456Z"}

{"_version":"1","iteration":0,"target":"shop.desk:answer","kwargs":{"data":{"content":"two","n":1.10},"big":123456789012345678901234567890},"timestamp":"…"}
{"_version":"1.7","target":"shop.desk:refund","kwargs":{"data":{"content":null}},"more":1}
"#;

/// A project with a recording.
struct Project(tempfile::TempDir);

impl Project {
    fn new(recording: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("configs")).unwrap();
        std::fs::write(directory.path().join("args.jsonl"), recording).unwrap();
        Self(directory)
    }

    fn config(&self, replay: &str) -> Config {
        let file = self.0.path().join("configs/simulation.yaml");
        let text = format!("replay_args: {{enabled: true, recording_file: args.jsonl{replay}}}\n");
        std::fs::write(file, text).unwrap();
        let loaded = load(&LoadRequest::new(self.0.path()));
        loaded
            .unwrap_or_else(|errors| panic!("{}", errors.report()))
            .config
    }

    fn load(&self, replay: &str) -> Result<Replay, ConfigErrors> {
        load_replay(&self.config(replay)).map(|replay| replay.expect("it is enabled"))
    }

    fn errors(&self, replay: &str) -> String {
        let errors = self
            .load(replay)
            .expect_err("it cannot be replayed")
            .report();
        errors.replace(&self.0.path().display().to_string(), "")
    }
}

fn named(arguments: &Arguments) -> Value {
    match arguments {
        Arguments::Named(named) => serde_json::to_value(named).unwrap(),
        Arguments::Input(_) => panic!("arguments by name"),
    }
}

fn input(id: &str, input: Value) -> RawInput {
    RawInput {
        id: Some(id.to_owned()),
        input,
        persona: None,
        metadata: serde_json::Map::new(),
        place: "inputs/generated.yaml:2".to_owned(),
        ..RawInput::default()
    }
}

#[test]
fn the_calls_are_those_that_were_selected() {
    let project = Project::new(CALLS);
    let lines = |select: &str| -> Vec<u64> {
        let replay = project.load(select).unwrap();
        replay.calls.iter().map(|call| call.line).collect()
    };
    assert_eq!(lines(""), [4]);
    assert_eq!(lines(", select: last"), [4]);
    assert_eq!(lines(", select: first"), [1]);
    assert_eq!(lines(", select: {index: 0}"), [1]);
    assert_eq!(lines(", select: {index: 1}"), [3]);
    assert_eq!(lines(", select: all"), [1, 3, 4]);
}

#[test]
fn the_input_goes_to_its_place_and_the_rest_is_as_recorded() {
    let project = Project::new(CALLS);
    let with = |replay: &str, value: &Value| {
        let replay = project.load(replay).unwrap();
        replay.calls[0].arguments(&to_raw_value(value).unwrap())
    };
    let text = json!("Where is my order?");
    assert_eq!(
        named(&with(", select: first", &text)),
        json!({"data": {"content": "Where is my order?", "user": 7}, "token": "***"})
    );
    assert_eq!(
        named(&with(", override_param_path: data", &json!({"order": 7}))),
        json!({"data": {"order": 7}})
    );
    assert_eq!(
        named(&with(
            ", override_param_path: new.deep.er, create: true",
            &text
        )),
        json!({"data": {"content": null}, "new": {"deep": {"er": "Where is my order?"}}})
    );
    // Numbers beyond what is computed with stay as they were written.
    let Arguments::Named(named) = with(", select: {index: 1}", &text) else {
        panic!()
    };
    assert_eq!(named["big"].get(), "123456789012345678901234567890");
    assert_eq!(
        named["data"].get(),
        r#"{"content":"Where is my order?","n":1.10}"#
    );
}

#[test]
fn half_a_last_line_is_left_out_and_said() {
    let project = Project::new(&format!("{CALLS}{{\"_version\":\"1\",\"kwar"));
    let replay = project.load("").unwrap();
    assert_eq!(replay.calls[0].line, 4);
    assert_eq!(
        replay.warnings[0].to_string(),
        "the last line of args.jsonl is not whole: it is left out"
    );
    // A whole one without a line break is one.
    let whole = Project::new(CALLS.trim_end()).load("").unwrap();
    assert_eq!((whole.calls[0].line, whole.warnings.len()), (4, 0));
}

#[test]
fn what_was_masked_is_said_unless_the_input_takes_its_place() {
    let project = Project::new(CALLS);
    let replay = project.load(", select: first").unwrap();
    assert_eq!(
        replay.warnings[0].to_string(),
        "`token` was masked in args.jsonl:1: the agent gets `***`"
    );
    let replay = project
        .load(", select: first, override_param_path: token")
        .unwrap();
    assert!(replay.warnings.is_empty());
}

#[test]
fn each_call_of_all_makes_cases_of_its_own() {
    let project = Project::new(CALLS);
    let config = project.config(", select: all");
    let replay = load_replay(&config).unwrap();
    let inputs = [input("a", json!("x")), input("b", json!("y"))];
    let plan = Plan::replaying(&config, &inputs, 1, replay.as_ref()).unwrap();
    let names: Vec<String> = plan.cases().map(|case| case.name).collect();
    assert_eq!(
        names,
        [
            "a@line_1", "a@line_3", "a@line_4", "b@line_1", "b@line_3", "b@line_4"
        ]
        .map(|id| format!("::any::{id}::iter_0"))
    );
    let case = plan.case(3).unwrap();
    assert_eq!(
        named(&case.input.arguments),
        json!({"data": {"content": "y", "user": 7}, "token": "***"})
    );
    // Rows show what was asked.
    assert_eq!(case.input.recorded.get(), "\"y\"");
    assert_eq!(plan.distinct_inputs().count(), 6);
    let one = project.config("");
    let replay = load_replay(&one).unwrap();
    let plan = Plan::replaying(&one, &inputs, 1, replay.as_ref()).unwrap();
    let ids: Vec<String> = plan.cases().map(|case| case.input.id.clone()).collect();
    assert_eq!(ids, ["a", "b"]);
}

#[test]
fn every_turn_of_a_conversation_goes_to_the_same_place() {
    let project = Project::new(CALLS);
    let config = project.config(", select: first");
    let replay = load_replay(&config).unwrap();
    let plan = Plan::replaying(&config, &[input("a", json!("x"))], 1, replay.as_ref()).unwrap();
    let input = plan.case(0).unwrap().input;
    let follow_up = input.follow_up("and then?").unwrap();
    assert_eq!(
        named(&follow_up),
        json!({"data": {"content": "and then?", "user": 7}, "token": "***"})
    );
}

#[test]
fn the_copy_of_what_was_replayed_replays_the_same() {
    for select in ["last", "first", "all", "{index: 1}"] {
        let project = Project::new(CALLS);
        let mut config = project.config(&format!(", create: true, select: {select}"));
        let replay = load_replay(&config).unwrap().unwrap();
        let copy: PathBuf = project.0.path().join("exp_1/recording.jsonl");
        std::fs::create_dir(copy.parent().unwrap()).unwrap();
        std::fs::write(&copy, replay.jsonl()).unwrap();
        config.replays_copy(copy);
        let snapshot = config.snapshot_yaml(&project.0.path().join("inputs.yaml"), 7);
        std::fs::write(project.0.path().join("exp_1/config.yaml"), snapshot).unwrap();
        // The recording itself goes on.
        std::fs::write(project.0.path().join("args.jsonl"), "").unwrap();
        let mut request = LoadRequest::new(project.0.path());
        request.config = Some("exp_1/config.yaml".into());
        let again = load(&request).unwrap().config;
        let again = load_replay(&again).unwrap().unwrap();
        assert_eq!(again.is_all, replay.is_all);
        assert_eq!(again.calls.len(), replay.calls.len());
        for (again, call) in again.calls.iter().zip(&replay.calls) {
            let input = to_raw_value("x").unwrap();
            assert_eq!(
                named(&again.arguments(&input)),
                named(&call.arguments(&input)),
                "{select}"
            );
            assert!(again.line == call.line || !replay.is_all, "{select}");
        }
    }
}
