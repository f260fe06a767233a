//! Failures that may pass are tried again, and no others.

use serde_json::Value;
use tests::{Home, unruly};

use super::{assert_attempts, calls};

const CONFIG: &str = "runner: { max_retries: 2, retry_delay: 0, timeout_seconds: 1 }";

#[test]
fn what_may_pass_is_tried_again() {
    // What the agent does, how often it is called for that, and what comes of it.
    let orders = [
        ("from 3 {} say at last", 3, None),
        ("from 2 {} say soon", 2, None),
        ("from 9 {} say never", 3, Some("agent_error")),
        ("refused", 3, Some("agent_error")),
        ("busy", 3, Some("agent_error")),
        ("from 2 {} fail", 2, Some("agent_error")),
        ("from 2 {} panic", 2, Some("panic")),
        ("from 2 {} exit 1", 2, Some("crash")),
        ("denied", 1, Some("agent_error")),
        ("fail", 1, Some("agent_error")),
        ("panic", 1, Some("panic")),
        ("exit 1", 1, Some("crash")),
        ("wait", 1, Some("timeout")),
    ];
    for (home, agent) in [(Home::Library, "acts"), (Home::Example, "works")] {
        let project = unruly((home, agent), CONFIG, [""; 0]);
        let tally = |index: usize| project.path(format!("tally{index}"));
        let input = |index: usize| {
            let file = tally(index).display().to_string();
            format!("tally {file} {}", orders[index].0.replace("{}", &file))
        };
        let inputs: Vec<_> = (0..orders.len()).map(input).collect();
        project.write("inputs/generated.yaml", &tests::list(&inputs));
        let finished = project.experiment("").exits(100);
        let runs = project.latest().audited();
        for (index, (order, called, kind)) in orders.into_iter().enumerate() {
            let row = &runs[&inputs[index]];
            assert_eq!(row["error"]["kind"].as_str(), kind, "{order}\n{finished}");
            assert_attempts(row, called);
            assert_eq!(calls(&tally(index)), called, "{order}");
        }
        let transient = |index: usize| runs[&inputs[index]]["error"]["transient"].clone();
        assert_eq!(transient(4), true, "`busy` was still worth a retry");
        assert_eq!(transient(9), Value::Null, "`fail` was not");
        let causes = &runs[&inputs[4]]["error"]["causes"];
        assert_eq!(causes, &serde_json::json!(["nobody refilled it"]));
    }
}

#[test]
fn a_retry_is_told() {
    let project = unruly((Home::Library, "works"), CONFIG, [""; 0]);
    let file = project.path("tally").display().to_string();
    let order = format!("tally {file} from 2 {file} say done");
    let project = project.inputs(&tests::list([order]));
    let _ = project
        .experiment("-v")
        .exits(0)
        .says("[INFO] Retrying works::any::tally-")
        .says("attempt 1 ended with agent_error: call 1 is too early");
    std::fs::remove_file(project.path("tally")).expect("the tally");
    let finished = project.experiment("--message-format json").exits(0);
    let line = finished
        .stdout
        .lines()
        .find(|line| line.contains("\"run-retried\""))
        .unwrap_or_else(|| panic!("{finished}"));
    let retried: Value = serde_json::from_str(line).expect("JSON");
    assert_eq!(retried["attempt"], 1);
    assert_eq!(retried["error"]["message"], "call 1 is too early");
}
