//! Agents that return, fail and panic.

use serde_json::json;
use tests::{Home, unruly};

use super::{HOMES, assert_attempts, culprit, one, say};

#[test]
fn outputs_are_each_runs_own() {
    for home in HOMES {
        for (agent, parallel) in [("works", 1), ("works", 8), ("acts", 1), ("acts", 8)] {
            let project = unruly((home, agent), "", (0..20).map(say));
            let finished = project
                .experiment(&format!("--parallel {parallel}"))
                .exits(0);
            let runs = project.latest().audited();
            assert_eq!(runs.len(), 20, "{finished}");
            for (input, row) in runs {
                assert_eq!(row["output"], input.replace("say ", ""), "{row}");
                assert_attempts(&row, 1);
            }
        }
    }
}

#[test]
fn an_error_keeps_its_chain() {
    for home in HOMES {
        for (agent, parallel) in [("works", 8), ("acts", 1)] {
            let project = one((home, agent), "", "fail");
            let (row, _) = culprit(&project, "fail", &format!("--parallel {parallel}"));
            let causes = ["the shelf is empty", "nobody refilled it"];
            assert_eq!(
                row["error"],
                json!({"kind": "agent_error", "message": "no answer", "causes": causes}),
            );
            assert_attempts(&row, 1);
        }
    }
}

#[test]
fn a_panic_names_its_place() {
    let source = include_str!("../../agents/unruly.rs");
    let line = 1 + source
        .lines()
        .position(|line| line.contains("panic!(\"the cupboard is bare\")"))
        .expect("the line that panics");
    for (home, file) in [
        (Home::Library, "src/lib.rs"),
        (Home::Example, "examples/unruly.rs"),
    ] {
        for (agent, parallel) in [("works", 1), ("acts", 8)] {
            let project = one((home, agent), "", "panic");
            let (row, _) = culprit(&project, "panic", &format!("--parallel {parallel}"));
            let error = json!({
                "kind": "panic", "message": "the cupboard is bare", "file": file, "line": line,
            });
            assert_eq!(row["error"], error);
            assert_attempts(&row, 1);
        }
    }
}
