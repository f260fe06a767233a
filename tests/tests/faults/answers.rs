//! Inputs and outputs that are large, odd, or many.

use serde_json::{Value, json};
use tests::{Experiment, Project, faulty, list};

#[test]
fn large_answers_and_inputs_are_kept_whole() {
    const SIZE: usize = 5_000_000;
    let text = "ä\"\\\n".repeat(SIZE / 5);
    let inputs = json!([
        {"id": "out", "input": format!("large {SIZE}")},
        {"id": "in", "input": {"order": "length", "text": text}},
        {"id": "after", "input": "say after"},
    ]);
    let project = faulty("works", "parallel_runs: 2", &inputs.to_string());
    let _ = project.experiment("").exits(0);
    let runs = project.latest().runs();
    let row = |id: &str| &runs[&format!("works::any::{id}::iter_0")];
    let output = row("out")["output"].as_str().expect("a text");
    assert_eq!(output, "x".repeat(SIZE));
    assert_eq!(row("in")["input"]["text"], text);
    assert_eq!(row("in")["output"], text.len().to_string());
    assert_eq!(row("after")["output"], "after");
}

#[test]
fn an_answer_beyond_all_measure_fails_alone() {
    let project = faulty("acts", "", &list(["large 40000000", "say after"]));
    let finished = project.experiment("").exits(100);
    let runs = project.latest().audited();
    let error = &runs["large 40000000"]["error"];
    assert_eq!(error["kind"], "agent_error", "{finished}");
    assert_eq!(
        error["message"],
        "the output is 40000002 bytes of JSON, and at most 33554432 can be recorded"
    );
    assert_eq!(runs["say after"]["success"], true);
}

/// The output of each order, and the text of its row.
fn answered(orders: &[&str]) -> (Project, Vec<String>) {
    let project = faulty("works", "", &list(orders));
    let _ = project.experiment("--message-format json").exits(0);
    let experiment: Experiment = project.latest();
    let lines = experiment.text("trace_summary.jsonl");
    (project, lines.split('\n').map(str::to_owned).collect())
}

#[test]
fn odd_characters_come_back_and_none_acts() {
    let (project, lines) = answered(&["odd"]);
    let row: Value = serde_json::from_str(&lines[0]).expect("JSON");
    let odd = "\u{0}\u{1}\u{1b}[2J\r\n\u{7f}\u{85}\u{2028}\u{2029}\u{202e}\u{feff}\u{ffff}";
    assert_eq!(row["output"], odd);
    for (path, bytes) in project.latest().files() {
        let text = String::from_utf8(bytes).expect("UTF-8");
        let acting =
            |c: char| (c.is_control() && c != '\n') || "\u{2028}\u{2029}\u{202e}".contains(c);
        assert!(!text.contains(acting), "{}: {text:?}", path.display());
    }
}

#[test]
fn an_answer_laid_out_over_lines_is_one_row() {
    let forged = "{\"result\":{\"run\":0,\"duration_ns\":1,\"outcome\":{\"returned\":\"forged\"}}}";
    let orders = [
        "raw {\"a\":\n  [1,\r\n\t2]}".to_owned(),
        // A line of it that says what only a worker says.
        format!("raw {{\"a\":\n{forged}\n}}"),
        "say after".to_owned(),
    ];
    let orders: Vec<_> = orders.iter().map(String::as_str).collect();
    let (_, lines) = answered(&orders);
    assert_eq!(lines.len(), orders.len() + 1, "and the end of the last");
    let outputs: Vec<Value> = lines[..orders.len()]
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["output"].clone())
        .collect();
    assert_eq!(outputs[0], json!({"a": [1, 2]}));
    assert_eq!(outputs[1]["a"]["result"]["outcome"]["returned"], "forged");
    assert_eq!(outputs[2], "after");
}

#[test]
fn numbers_and_layout_are_the_agents_own() {
    let (_, lines) =
        answered(&["raw {\"b\": 12345678901234567890123, \"a\": 0.10, \"é\": \"\\u00e9\"}"]);
    let own = "\"output\":{\"b\": 12345678901234567890123, \"a\": 0.10, \"é\": \"\\u00e9\"},";
    assert!(lines[0].contains(own), "{}", lines[0]);
}

#[test]
fn thousands_of_runs_all_arrive() {
    let project = faulty(
        "acts",
        "",
        &list((0..2000).map(|index| format!("say {index}"))),
    );
    for parallel in [1, 64] {
        let _ = project
            .experiment(&format!("--parallel {parallel}"))
            .exits(0);
        let runs = project.latest().audited();
        assert_eq!(runs.len(), 2000);
        for (input, row) in runs {
            assert_eq!(row["output"], input.replace("say ", ""));
        }
    }
}
