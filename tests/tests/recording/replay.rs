//! What an experiment makes of a recording.

use serde_json::{Value, json};
use tests::{Project, recorded};

const REPLAY: &str = "replay_args: { enabled: true, recording_file: args.jsonl";

fn call(target: &str, kwargs: &Value) -> String {
    let line = json!({"_version": "1", "iteration": 0, "target": target, "kwargs": kwargs, "timestamp": "2024-11-01T14:30:22Z"});
    format!("{line}\n")
}

fn kwargs(content: &str, id: u64) -> Value {
    json!({"data": {"content": content, "channel": "web"}, "user": {"id": id, "tags": []}})
}

fn project(config: &str, inputs: &[&str]) -> Project {
    let calls = [1, 2, 3].map(|id| call("e2e_recorded.answer", &kwargs("recorded", id)));
    recorded(config, inputs).file("args.jsonl", &calls.concat())
}

fn outputs(project: &Project) -> Vec<String> {
    let rows = project.latest().rows("trace_summary.jsonl");
    rows.iter()
        .map(|row| row["output"].as_str().expect("text").to_owned())
        .collect()
}

#[test]
fn each_call_of_all_is_a_case_and_the_snapshot_replays_the_same() {
    let project = project(&format!("{REPLAY}, select: all }}\n"), &["a", "b"]);
    let _ = project.experiment("").exits(0);
    let expected: Vec<String> = ["a", "b"]
        .iter()
        .flat_map(|input| [1, 2, 3].map(|id| format!("{input} | Web | {id} None [] | turn 1")))
        .collect();
    assert_eq!(outputs(&project), expected);
    let first: Vec<String> = project.latest().runs().into_keys().collect();
    assert!(
        first[0].contains("::a-") && first[0].ends_with("@line_1::iter_0"),
        "{first:?}"
    );
    // The service goes on: the experiment keeps what it has replayed.
    project.write(
        "args.jsonl",
        &call("e2e_recorded:answer", &kwargs("new", 9)),
    );
    let snapshot = project
        .path("experiments/latest/config.yaml")
        .canonicalize()
        .expect("it is there");
    let _ = project
        .experiment(&format!("--config {}", snapshot.display()))
        .exits(0);
    assert_eq!(outputs(&project), expected);
    assert_eq!(
        project.latest().runs().into_keys().collect::<Vec<_>>(),
        first
    );
}

#[test]
fn every_turn_of_a_conversation_goes_to_the_path() {
    let config = "
multi_turn:
  enabled: true
  supervisor: { provider: mock, metadata: { scripted_questions: [And then?] } }
";
    let project = project(&format!("{REPLAY}, select: first }}{config}"), &["a"]);
    let _ = project.experiment("").exits(0);
    let rows = project.latest().rows("traces.jsonl");
    let said: Vec<_> = rows[0]["conversation_history"]
        .as_array()
        .expect("a conversation")
        .iter()
        .map(|said| said["content"].as_str().expect("text"))
        .collect();
    assert_eq!(
        said,
        [
            "a",
            "a | Web | 1 None [] | turn 1",
            "And then?",
            "And then? | Web | 1 None [] | turn 2"
        ]
    );
}

#[test]
fn what_cannot_be_replayed_is_said_before_anything_runs() {
    let told = |config: &str| {
        let project = project(&format!("{REPLAY}{config} }}\n"), &["text", "more"]);
        let finished = project.experiment("").exits(96);
        assert!(!project.path("experiments").exists());
        project.told(&finished)
    };
    insta::assert_snapshot!(told(", override_param_path: user.id"), @r#"
    error: 2 inputs do not fit agent `e2e_recorded:answer` (their types said so):
      inputs/generated.yaml:1 with args.jsonl:3: input `text-982d9e`: parameter `user`: invalid type: string "text", expected u64
      inputs/generated.yaml:2 with args.jsonl:3: input `more-187897`: parameter `user`: invalid type: string "more", expected u64
      = help: change the inputs, or the types of the agent's parameters; nothing was run
    "#);
    insta::assert_snapshot!(told(", override_param_path: data.contents"), @"
    error: `replay_args.override_param_path`: in args.jsonl:3, `data.contents` leads nowhere: `data` has `channel`, `content`
      = help: did you mean `data.content`? `replay_args.create: true` makes what is absent
    ");
    insta::assert_snapshot!(told(", select: { index: 3 }"), @"
    error: `replay_args.select`: there is no call 3 in args.jsonl, which has 3
      = help: they are counted from 0: the last is 2
    ");
}

#[test]
fn calls_of_something_else_are_a_warning() {
    let calls = ["shop.desk:refund", "e2e_recorded:answer"]
        .map(|target| call(target, &kwargs("recorded", 1)));
    let project = recorded(&format!("{REPLAY}, select: all }}\n"), &["a"])
        .file("args.jsonl", &calls.concat());
    let finished = project.experiment("--dry-run").exits(0);
    let _ = finished.says(
        "args.jsonl has calls of `shop.desk:refund`: they are replayed to `e2e_recorded:answer`",
    );
}

#[test]
fn an_experiment_records_only_where_its_own_configuration_says_so() {
    let project = project(&format!("{REPLAY} }}\n"), &["a"]).file(
        ".env",
        "FLUXLOOP_RECORD_ARGS=true\nFLUXLOOP_RECORDING_FILE=env.jsonl\n",
    );
    let _ = project.experiment("").exits(0);
    assert!(!project.path("env.jsonl").exists());
    let file = project.path("own.jsonl");
    let own = format!(
        "{REPLAY} }}\nrunner: {{ environment_vars: {{ FLUXLOOP_RECORD_ARGS: true, FLUXLOOP_RECORDING_FILE: {:?} }} }}\n",
        file.display()
    );
    project.write("configs/simulation.yaml", &own);
    let _ = project.experiment("--iterations 2").exits(0);
    let text = std::fs::read_to_string(file).expect("it is there");
    let mut iterations: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["iteration"].take())
        .collect();
    iterations.sort_by_key(Value::as_u64);
    assert_eq!(iterations, [0, 1], "each call once");
}
