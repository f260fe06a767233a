//! `cargo nextest run`: a process for each test, and one experiment.

use std::{fs, process::Command};

use super::{Suite, package};

/// Whether there is `cargo nextest` on this machine. CI has it.
fn is_missing() -> bool {
    let version = Command::new(env!("CARGO"))
        .args(["nextest", "--version"])
        .output();
    let is_missing = !version.is_ok_and(|output| output.status.success());
    if is_missing {
        eprintln!("skipped: `cargo install cargo-nextest --locked` installs what this test needs");
    }
    is_missing
}

#[test]
fn all_processes_of_a_run_write_one_experiment() {
    if is_missing() {
        return;
    }
    let suite = Suite::new(
        "iterations: 3\ngate: { max_failures: 9 }",
        "- { id: a, input: hello }\n- { id: b, input: abort }\n- { id: c, input: seed, persona: ada }\n- { id: d, input: fail }",
    );
    let finished = suite.nextest("").exits(100);
    // The same names as `cargo test` has.
    for case in ["run::any::a::iter_0", "run::ada::c::iter_2"] {
        assert!(
            finished
                .stderr
                .contains(&format!("e2e_harness::cases {case}")),
            "{finished}"
        );
    }
    let _ = finished.says("12 tests run: 6 passed, 6 failed");
    assert_eq!(suite.experiments(), 1);
    let experiment = suite.project.latest();
    let summary = experiment.summary();
    assert_eq!(summary["status"], "completed");
    assert_eq!(summary["planned_traces"], 12);
    assert_eq!(summary["total_traces"], 12);
    assert_eq!(summary["failures_by_kind"]["crash"], 3);
    assert_eq!(summary["by_persona"]["ada"]["successful"], 3);
    assert_eq!(summary["repeats"]["always_passed"], 2);
    assert_eq!(summary["repeats"]["cases"][0]["case"], "run::any::b");
    assert_eq!(
        summary["gate"]["passed"], true,
        "of the whole, for those who read it"
    );
    for file in ["trace_summary.jsonl", "traces.jsonl"] {
        assert_eq!(experiment.rows(file).len(), 12, "{file}");
    }
    assert_eq!(experiment.runs().len(), 12);
    assert!(experiment.rows("observations.jsonl").len() >= 24);
    // The seed was drawn once for all of them.
    let seed = summary["seed"].as_u64().expect("a number");
    let runs = experiment.runs();
    let _ = suite
        .test_with(&format!("FLUXLOOP_SEED={seed} FLUXLOOP_NO_FAIL=1"), "::c::")
        .exits(0);
    for (case, run) in suite.project.latest().runs() {
        assert_eq!(run["output"], runs[&case]["output"], "{case}");
    }
    // Another run is another experiment.
    let _ = suite.nextest("-E test(::a::)").exits(0);
    assert_eq!(suite.experiments(), 3);
}

#[test]
fn a_partition_is_an_experiment_of_a_part() {
    if is_missing() {
        return;
    }
    let suite = Suite::new("iterations: 4", "- { id: a, input: hello }");
    let mut cases = Vec::new();
    for part in 1..=2 {
        let _ = suite
            .nextest(&format!("--partition count:{part}/2"))
            .exits(0);
        let experiment = suite.project.latest();
        assert_eq!(experiment.summary()["total_traces"], 2);
        cases.extend(experiment.runs().into_keys());
    }
    cases.sort_unstable();
    assert_eq!(
        cases,
        [
            "run::any::a::iter_0",
            "run::any::a::iter_1",
            "run::any::a::iter_2",
            "run::any::a::iter_3"
        ]
    );
}

#[test]
fn the_last_try_counts() {
    if is_missing() {
        return;
    }
    let suite = Suite::new("", "- { id: a, input: second }\n- { id: b, input: hello }");
    let finished = suite.nextest("--retries 2").exits(0);
    let _ = finished.says("2 tests run: 2 passed (1 flaky)");
    let experiment = suite.project.latest();
    let summary = experiment.summary();
    assert_eq!(
        (&summary["total_traces"], &summary["successful"]),
        (&2.into(), &2.into())
    );
    assert_eq!(summary["failures_by_kind"], serde_json::json!({}));
    assert_eq!(summary["status"], "completed");
    // Both tries are told, the one that counts last.
    let rows = experiment.rows("trace_summary.jsonl");
    let tries: Vec<_> = rows
        .iter()
        .filter(|row| row["trace_id"] == "trace_001")
        .collect();
    assert_eq!(tries.len(), 2);
    assert_eq!(
        (&tries[0]["success"], &tries[1]["success"]),
        (&false.into(), &true.into())
    );
    assert!(suite.project.path("tried").exists());
}

#[test]
fn a_configuration_that_is_wrong_fails_the_list() {
    if is_missing() {
        return;
    }
    let suite = Suite::new("iterations: none", "- hello");
    let finished = suite.nextest("");
    assert_ne!(finished.code, Some(0), "{finished}");
    let _ = finished.says("`iterations`: expected");
    fs::remove_file(suite.project.path("configs/simulation.yaml")).expect("it was written");
    let finished = suite.nextest("");
    assert_ne!(finished.code, Some(0), "{finished}");
    let _ = finished.says("configuration file not found");
    assert!(package().path("Cargo.toml").exists());
}
