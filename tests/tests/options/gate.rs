//! When a finished experiment counts as passed.

use serde_json::{Value, json};
use tests::{Project, obedient};

/// One of four runs fails.
const INPUTS: [&str; 4] = ["say a", "fail b", "say c", "say d"];

/// Runs, and compares exit code and verdict.
#[track_caller]
fn judged(project: &Project, variables: &str, arguments: &str, code: i32, gate: &Value) {
    let arguments = format!("run experiment --yes {arguments}");
    let finished = project.run_with(variables, &arguments).exits(code);
    let summary = project.latest().summary();
    assert_eq!(&summary["gate"], gate, "{finished}");
    let totals = (&summary["total_traces"], &summary["failed"]);
    assert_eq!(totals, (&json!(4), &json!(1)), "{finished}");
}

#[test]
fn as_many_failures_pass_as_said() {
    let project = obedient("", &INPUTS);
    let strict = json!({"passed": false, "max_failures": 0, "min_success_rate": null});
    let lenient = json!({"passed": true, "max_failures": 1, "min_success_rate": null});
    judged(&project, "", "", 100, &strict);
    judged(&project, "", "--max-failures 1", 0, &lenient);
    judged(&project, "FLUXLOOP_MAX_FAILURES=1", "", 0, &lenient);
    judged(
        &project,
        "FLUXLOOP_MAX_FAILURES=1",
        "--max-failures 0",
        100,
        &strict,
    );
    project.write(
        "configs/evaluation.yaml",
        "gate: { max_failures: 1 }\nevaluators: []\n",
    );
    judged(&project, "", "", 0, &lenient);
}

#[test]
fn as_many_runs_have_to_succeed_as_said() {
    let project = obedient("gate: { max_failures: 4 }", &INPUTS);
    let gate =
        |passed, rate| json!({"passed": passed, "max_failures": 4, "min_success_rate": rate});
    judged(
        &project,
        "",
        "--min-success-rate 0.75",
        0,
        &gate(true, 0.75),
    );
    judged(
        &project,
        "",
        "--min-success-rate 0.76",
        100,
        &gate(false, 0.76),
    );
    judged(
        &project,
        "FLUXLOOP_MIN_SUCCESS_RATE=0.8",
        "",
        100,
        &gate(false, 0.8),
    );
    project.write(
        "configs/simulation.yaml",
        "gate: { max_failures: 4, min_success_rate: 0.9 }",
    );
    judged(&project, "", "", 100, &gate(false, 0.9));
    judged(&project, "", "--min-success-rate 0.1", 0, &gate(true, 0.1));
}

#[test]
fn no_fail_changes_the_exit_code_and_not_the_verdict() {
    let project = obedient("", &INPUTS);
    let verdict = json!({"passed": false, "max_failures": 0, "min_success_rate": null});
    judged(&project, "", "--no-fail", 0, &verdict);
    judged(&project, "FLUXLOOP_NO_FAIL=1", "", 0, &verdict);
    judged(&project, "FLUXLOOP_NO_FAIL=0", "", 100, &verdict);
}

#[test]
fn fail_fast_starts_no_run_after_a_failure() {
    let project = obedient("", &INPUTS);
    for (variables, arguments) in [
        ("", "--fail-fast"),
        ("FLUXLOOP_FAIL_FAST=true", ""),
        ("", "--config configs/fast.yaml"),
    ] {
        project.write("configs/fast.yaml", "fail_fast: true\n");
        let arguments = format!("run experiment --yes {arguments}");
        let finished = project.run_with(variables, &arguments).exits(100);
        let summary = project.latest().summary();
        let counts = ["planned_traces", "total_traces", "failed"].map(|key| summary[key].as_u64());
        assert_eq!(counts, [Some(4), Some(2), Some(1)], "{finished}");
    }
}
