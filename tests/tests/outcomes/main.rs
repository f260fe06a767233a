//! How runs end: each end is told apart, is one run's alone, and stands in every file.

mod aborting;
mod crashes;
mod retries;
mod returns;
mod timeouts;

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;
use tests::{Home, Project, unruly};

/// The runs of an experiment: one misbehaves.
const RUNS: usize = 20;
/// Its place among them: in flight with the first of the others.
const PLACE: usize = 3;

const HOMES: [Home; 2] = [Home::Library, Home::Example];

/// Nineteen inputs that do as asked, by `innocent`, and one that does not.
fn with_one(culprit: &str, innocent: impl Fn(usize) -> String) -> Vec<String> {
    let mut inputs: Vec<String> = (0..RUNS).map(innocent).collect();
    culprit.clone_into(&mut inputs[PLACE]);
    inputs
}

/// Runs them, and takes the culprit's row out of the audited rows; all others have succeeded.
#[track_caller]
fn culprit(project: &Project, input: &str, arguments: &str) -> (Value, BTreeMap<String, Value>) {
    let finished = project.experiment(arguments).exits(100);
    let mut runs = project.latest().audited();
    assert_eq!(runs.len(), RUNS, "{finished}");
    let culprit = runs.remove(input).expect("its row");
    for row in runs.values() {
        assert_eq!(row["success"], true, "{row}\n{finished}");
    }
    assert_eq!(project.latest().summary()["status"], "completed");
    (culprit, runs)
}

/// `say 7`, and what comes of it.
fn say(index: usize) -> String {
    format!("say {index}")
}

/// Every run but those in `called` was called once, and those so often; the row says so where it is not once.
#[track_caller]
fn assert_attempts(row: &Value, expected: u64) {
    let expected = (expected > 1).then_some(expected);
    assert_eq!(row["attempts"].as_u64(), expected, "{row}");
}

/// How often a `tally` was called.
fn calls(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |tally| tally.len())
}

fn one(agent: (Home, &str), config: &str, culprit: &str) -> Project {
    unruly(agent, config, with_one(culprit, say))
}
