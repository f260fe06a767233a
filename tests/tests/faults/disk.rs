//! Results that cannot be written.

use std::fs;

use rustix::process::{Resource, Rlimit, prlimit};
use serde_json::Value;
use tests::{Finished, Home, Project, Running, is_there, list, unruly, wait_until};

/// Runs until a file may not grow any more, in the middle of a row.
#[track_caller]
fn filled_up() -> (Project, Finished) {
    let project = unruly((Home::Library, "works"), "", [""; 0]);
    let (begun, go) = (project.path("begun"), project.path("go"));
    let mut orders: Vec<String> = (0..10).map(|index| format!("say {index}")).collect();
    orders[5] = format!("tally {} until {}", begun.display(), go.display());
    let project = project.inputs(&list(&orders));
    let running = Running::start(project.command("run experiment --yes"));
    wait_until("the run in the middle", || is_there(&begun));
    let largest = project.path("experiments/latest/observations.jsonl");
    let size = fs::metadata(largest).expect("it is there").len();
    let limit = Rlimit {
        current: Some(size + 100),
        maximum: Some(size + 100),
    };
    prlimit(Some(running.id()), Resource::Fsize, limit).expect("a limit for our own process");
    project.write("go", "");
    (project, running.finish())
}

#[test]
fn a_disk_that_fills_up_ends_the_experiment_and_keeps_the_rows_before() {
    let (project, finished) = filled_up();
    let finished = finished
        .exits(110)
        .says("error: could not write to `")
        .says("observations.jsonl`")
        .says("caused by: File too large")
        .says("help: ");
    let experiment = project.latest();
    for (name, least) in [
        ("trace_summary.jsonl", 5),
        ("traces.jsonl", 5),
        ("observations.jsonl", 10),
    ] {
        let text = experiment.text(name);
        let (whole, torn) = text.rsplit_once('\n').expect("rows");
        assert_eq!(whole.lines().count(), least, "{name}\n{finished}");
        for line in whole.lines() {
            let row: Value = serde_json::from_str(line).expect("whole rows");
            assert!(row["trace_id"].is_string());
        }
        assert_eq!(
            torn.is_empty(),
            name != "observations.jsonl",
            "{name}: {torn}"
        );
    }
    let summary = experiment.summary();
    assert_eq!(summary["status"], "interrupted", "{finished}");
    assert_eq!(summary["planned_traces"], 10);
}

#[test]
fn where_nothing_can_be_written_no_agent_is_called() {
    let project = unruly((Home::Library, "works"), "", [""; 0]);
    let called = project.path("called");
    let order = format!("tally {} say called", called.display());
    let project = project.inputs(&list([order])).file("taken", "a file");
    let taken = project.path("taken").display().to_string();
    for (directory, reason, hint) in [
        (
            taken.clone(),
            "File exists",
            "something else stands in the way",
        ),
        (
            format!("{taken}/below"),
            "Not a directory",
            "something else stands in the way",
        ),
        ("/proc/e2e".to_owned(), "No such file or directory", ""),
        // Nobody may write there, the administrator neither.
        (
            "/sys/e2e".to_owned(),
            "",
            "choose a directory that you may write to",
        ),
    ] {
        let finished = project
            .experiment(&format!("--output-dir {directory}"))
            .exits(110)
            .says(&format!(
                "error: could not create the directory `{directory}`"
            ))
            .says(reason)
            .says(hint);
        assert!(!called.exists(), "{finished}");
    }
}
