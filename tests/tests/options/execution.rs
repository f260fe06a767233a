//! How runs are carried out.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tests::{Experiment, Project, obedient};

use super::outputs;

#[test]
fn iterations_are_runs_of_each_input() {
    let project = obedient("runner: { iterations: 2 }", &["say a", "say b"]);
    for (variables, arguments, expected) in [
        ("", "", 2 * 2),
        ("", "--iterations 3", 2 * 3),
        ("", "-i 4", 2 * 4),
        ("FLUXLOOP_ITERATIONS=5", "", 2 * 5),
    ] {
        let arguments = format!("run experiment --yes {arguments}");
        let finished = project.run_with(variables, &arguments).exits(0);
        assert_eq!(project.latest().runs().len(), expected, "{finished}");
    }
}

/// Every run waits until as many as said are there, and tells how many ever were.
fn company(project: &Project, variables: &str, arguments: &str) -> Vec<String> {
    let arguments = format!("run experiment --yes {arguments}");
    let _ = project.run_with(variables, &arguments).exits(0);
    outputs(&project.latest())
}

#[test]
fn parallel_runs_are_in_flight_at_once_and_no_more() {
    let project = obedient("", &["meet 3"]);
    // Seven runs in threes: whoever comes later still meets nobody but three.
    for (variables, arguments) in [
        ("", "-i 7 --parallel 3"),
        ("FLUXLOOP_PARALLEL=3", "-i 7"),
        ("", "-i 7 --config configs/parallel.yaml"),
    ] {
        project.write("configs/parallel.yaml", "parallel_runs: 3\n");
        assert_eq!(company(&project, variables, arguments), ["3"; 7]);
    }
    // One at a time, nobody meets anybody.
    let _ = project.experiment("-i 1 --timeout 0.1").exits(100);
    let summary = project.latest().summary();
    assert_eq!(summary["failures_by_kind"]["timeout"], 1, "{summary}");
}

#[test]
fn async_agents_are_in_flight_at_once() {
    let project = obedient("runner: { target: patient }", &["anything"]);
    let finished = project.experiment("-i 4 --parallel 2").exits(0);
    assert_eq!(outputs(&project.latest()), ["met"; 4], "{finished}");
}

#[test]
fn a_seed_repeats_every_random_choice() {
    let project = obedient("", &["seed"]);
    let seeds = |variables: &str, arguments: &str| {
        let arguments = format!("run experiment --yes -i 2 {arguments}");
        let _ = project.run_with(variables, &arguments).exits(0);
        let experiment = project.latest();
        (outputs(&experiment), experiment.summary()["seed"].clone())
    };
    let (first, recorded) = seeds("", "--seed 42");
    assert_eq!(recorded, 42);
    assert_ne!(first[0], first[1], "each iteration has a seed of its own");
    assert_eq!(seeds("", "--seed 42").0, first);
    assert_eq!(seeds("FLUXLOOP_SEED=42", "").0, first);
    assert_ne!(seeds("", "--seed 43").0, first);
    // Without a seed one is drawn, and recorded for the next time.
    let (drawn, recorded) = seeds("", "");
    assert_ne!(seeds("", "").0, drawn);
    assert_eq!(seeds("", &format!("--seed {recorded}")).0, drawn);
}

#[test]
fn a_run_that_takes_too_long_fails_alone() {
    let project = obedient("", &["say before", "hang", "say after"]);
    for (variables, arguments) in [
        ("", "--timeout 0.1"),
        ("FLUXLOOP_TIMEOUT=0.1", ""),
        ("", "--config configs/short.yaml"),
    ] {
        project.write("configs/short.yaml", "runner: { timeout_seconds: 0.1 }\n");
        let arguments = format!("run experiment --yes {arguments}");
        let finished = project.run_with(variables, &arguments).exits(100);
        let experiment = project.latest();
        assert_eq!(outputs(&experiment), ["before", "after"], "{finished}");
        let failed = failed(&experiment);
        assert_eq!(failed["error"]["kind"], "timeout", "{failed}");
        let message = failed["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains("within 0.1 s"), "{failed}");
        // Its deadline is over: there is nothing to try again.
        assert_eq!(failed["attempts"], Value::Null, "{failed}");
    }
}

/// The one run that failed.
fn failed(experiment: &Experiment) -> Value {
    let runs = experiment.runs().into_values();
    let mut failed: Vec<_> = runs.filter(|row| row["success"] == false).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    failed.remove(0)
}

#[test]
fn transient_failures_are_tried_again_as_often_as_said() {
    let project = obedient("runner: { retry_delay: 0 }", &["flaky 3"]);
    for (variables, arguments) in [
        ("", "--retries 2"),
        ("FLUXLOOP_RETRIES=2", ""),
        ("", "--config configs/patient.yaml"),
    ] {
        project.write("configs/patient.yaml", "runner: { max_retries: 2 }\n");
        let arguments = format!("run experiment --yes {arguments}");
        let finished = project.run_with(variables, &arguments).exits(0);
        let row = project.latest().rows("trace_summary.jsonl").remove(0);
        assert_eq!(row["output"], "try 3", "{finished}");
        assert_eq!(row["attempts"], 3, "{finished}");
    }
    for (arguments, attempts) in [("--retries 1", 2.into()), ("--retries 0", Value::Null)] {
        let _ = project.experiment(arguments).exits(100);
        let row = failed(&project.latest());
        assert_eq!(row["attempts"], attempts, "{row}");
        assert_eq!(row["error"]["kind"], "agent_error", "{row}");
    }
}

#[test]
fn other_failures_are_not_tried_again() {
    let project = obedient("runner: { retry_delay: 0 }", &["fail for good"]);
    let _ = project.experiment("--retries 5").exits(100);
    let row = failed(&project.latest());
    assert_eq!(row["attempts"], Value::Null, "{row}");
    assert_eq!(row["error"]["message"], "for good", "{row}");
}

#[test]
fn a_dry_run_checks_everything_and_runs_nothing() {
    let project = obedient("", &["say a", "say b"]);
    for (variables, arguments) in [("", "--dry-run"), ("FLUXLOOP_DRY_RUN=true", "")] {
        // Nothing is run, so nobody needs to agree.
        let arguments = format!("run experiment -i 5 {arguments}");
        let finished = project.run_with(variables, &arguments).exits(0);
        let finished = finished.says("Total runs:  10").says("e2e_obedient:run");
        assert!(!project.path("experiments").exists(), "{finished}");
    }
    project.write("inputs/generated.yaml", "- { input: [1, 2] }");
    let _ = project
        .run("run experiment --dry-run")
        .exits(96)
        .says("expected a string");
}

#[test]
fn a_variable_may_agree_in_place_of_the_flag() {
    let project = obedient("", &["say a"]);
    for (variables, arguments, code) in [
        ("", "--yes", 0),
        ("", "-y", 0),
        ("FLUXLOOP_YES=true", "", 0),
        ("FLUXLOOP_YES=1", "", 0),
        ("FLUXLOOP_YES=false", "", 2),
        ("FLUXLOOP_YES=0", "", 2),
        ("FLUXLOOP_YES=false", "--yes", 0),
        ("", "", 2),
        ("FLUXLOOP_YES=perhaps", "", 2),
    ] {
        let arguments = format!("run experiment {arguments}");
        let _ = project.run_with(variables, &arguments).exits(code);
    }
}

#[test]
fn a_pause_stands_before_each_next_run() {
    let project = obedient("run_delay_seconds: 0.1", &["say a"]);
    for arguments in ["-i 4", "-i 4 --parallel 4"] {
        let _ = project.experiment(arguments).exits(0);
        let rows = project.latest().rows("traces.jsonl");
        let moment = |row: &Value| row["started_at"].as_str().unwrap().parse().unwrap();
        let mut started: Vec<Timestamp> = rows.iter().map(moment).collect();
        started.sort_unstable();
        for pair in started.windows(2) {
            let pause = pair[1].duration_since(pair[0]);
            assert!(pause >= SignedDuration::from_millis(100), "{started:?}");
        }
    }
}
