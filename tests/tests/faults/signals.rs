//! Ctrl-C: what is in flight gets its time, and everything is written.

use std::fs;

use rustix::process::Signal;
use serde_json::Value;
use tests::{Finished, Home, Project, Running, is_there, list, processes, unruly, wait_until};

/// An experiment with two runs in flight that end when told to, one before them, and three that never start.
struct Interrupted {
    project: Project,
    running: Running,
    mark: String,
}

impl Interrupted {
    fn start(name: &str, (home, agent): (Home, &str), arguments: &str) -> Self {
        let mark = format!("E2E_MARK={name}-{}", std::process::id());
        let config = format!(
            "runner: {{ retry_delay: 3600, environment_vars: {{ {} }} }}",
            mark.replace('=', ": ")
        );
        let project = unruly((home, agent), &config, [""; 0]);
        let (begun, go) = (project.path("begun"), project.path("go"));
        let waits = |index: u32| format!("tally {}{index} until {}", begun.display(), go.display());
        let never = |index: u32| {
            format!(
                "tally {} say never {index}",
                project.path("never").display()
            )
        };
        let orders = [
            "say first".to_owned(),
            waits(1),
            waits(2),
            never(1),
            never(2),
            never(3),
        ];
        let project = project.inputs(&list(orders));
        let arguments = format!("run experiment --yes --parallel 2 {arguments}");
        let running = Running::start(project.command(&arguments));
        wait_until("two runs in flight", || {
            is_there(&project.path("begun1")) && is_there(&project.path("begun2"))
        });
        wait_until("the first row", || {
            is_there(&project.path("experiments/latest/trace_summary.jsonl"))
        });
        Self {
            project,
            running,
            mark,
        }
    }

    fn go(&self) {
        self.project.write("go", "");
    }

    /// Exit code 130, no process left, nothing started any more, and every file says the same. The rows' kinds of error.
    #[track_caller]
    fn ended(self) -> (Finished, Vec<Option<String>>) {
        let finished = self.running.finish().exits(130);
        assert_eq!(processes(&self.mark), [0; 0], "{finished}");
        assert!(!self.project.path("never").exists(), "{finished}");
        let experiment = self.project.latest();
        let runs = experiment.audited();
        assert_eq!(runs.len(), 3, "{finished}");
        let summary = experiment.summary();
        assert_eq!(summary["status"], "interrupted");
        assert_eq!(summary["planned_traces"], 6);
        assert_eq!(
            summary["gate"]["passed"],
            Value::Null,
            "it judges whole experiments"
        );
        assert!(summary["completed_at"].is_string());
        let kinds = runs.values();
        let kinds = kinds.map(|row| row["error"]["kind"].as_str().map(str::to_owned));
        (finished, kinds.collect())
    }
}

#[test]
fn once_those_in_flight_get_their_time() {
    for (name, signal, agent) in [
        ("int", Signal::INT, (Home::Library, "works")),
        ("term", Signal::TERM, (Home::Example, "acts")),
    ] {
        let experiment = Interrupted::start(name, agent, "");
        experiment.running.signal(signal);
        experiment.running.hears(
            "[WARN] Interrupted: waiting up to 5 s for 2 runs in flight; press Ctrl-C again to end at once",
        );
        experiment.go();
        let (finished, kinds) = experiment.ended();
        assert_eq!(kinds, [None, None, None], "{finished}");
        let finished = finished
            .says("3 of 6 finished, then interrupted: 3 succeeded, 0 failed")
            .says("test result: FAILED. 3 passed; 0 failed;");
        assert!(!finished.stderr.contains("(100%)"), "{finished}");
    }
}

#[test]
fn once_those_that_take_longer_are_cut_off() {
    let reports = tempfile::tempdir().expect("a temporary folder");
    let report = reports.path().join("junit.xml");
    let arguments = format!("--no-fail --junit {}", report.display());
    let experiment = Interrupted::start("longer", (Home::Library, "works"), &arguments);
    experiment.running.signal(Signal::INT);
    let (finished, kinds) = experiment.ended();
    let cancelled = Some("cancelled".to_owned());
    assert_eq!(kinds, [None, cancelled.clone(), cancelled], "{finished}");
    // It is reported, too: two runs cut off, and a gate that nothing can be said of. None of them is the agent's fault.
    let report = fs::read_to_string(report).expect("a report");
    assert!(
        report.contains("tests=\"4\" skipped=\"0\" failures=\"0\" errors=\"3\""),
        "{report}"
    );
    assert!(report.contains("interrupted after 3 of 6 runs"), "{report}");
}

#[test]
fn twice_it_ends_at_once() {
    for (name, second) in [("twice", Signal::INT), ("other", Signal::TERM)] {
        let experiment = Interrupted::start(name, (Home::Library, "acts"), "--message-format json");
        experiment.running.signal(Signal::INT);
        experiment.running.hears("Interrupted: waiting");
        experiment.running.signal(second);
        let (finished, kinds) = experiment.ended();
        let cancelled = Some("cancelled".to_owned());
        assert_eq!(kinds, [None, cancelled.clone(), cancelled], "{finished}");
        let last = finished.stdout.lines().last().unwrap_or_default();
        let last: Value = serde_json::from_str(last).expect("JSON");
        assert_eq!(last["reason"], "experiment-finished");
        assert_eq!(last["status"], "interrupted");
    }
}

#[test]
fn a_pause_before_a_retry_is_not_waited_for() {
    let config = "runner: { retry_delay: 3600 }";
    let project = unruly((Home::Library, "works"), config, ["busy"]);
    let running = Running::start(project.command("run experiment --yes -v"));
    running.hears("[INFO] Retrying");
    running.signal(Signal::INT);
    let finished = running.finish().exits(130);
    let row = &project.latest().audited()["busy"];
    assert_eq!(row["error"]["kind"], "agent_error", "{finished}");
    assert_eq!(row["error"]["message"], "the shelf is empty", "{finished}");
}

#[test]
fn what_is_written_is_whole_while_it_is_interrupted() {
    let orders = (0..3000).map(|index| format!("say {index}"));
    let project = unruly((Home::Library, "acts"), "", orders);
    let running = Running::start(project.command("run experiment --yes -i 1000 --parallel 8"));
    let rows = project.path("experiments/latest/trace_summary.jsonl");
    wait_until("rows", || is_there(&rows));
    running.signal(Signal::INT);
    let finished = running.finish().exits(130);
    let experiment = project.latest();
    let rows = experiment.rows("trace_summary.jsonl");
    let summary = experiment.summary();
    assert_eq!(summary["total_traces"], rows.len(), "{finished}");
    assert_eq!(summary["successful"], rows.len(), "{finished}");
    assert_eq!(experiment.rows("traces.jsonl").len(), rows.len());
    assert_eq!(experiment.rows("observations.jsonl").len(), 2 * rows.len());
    let files = fs::read_dir(project.path("experiments/latest")).expect("the experiment");
    let names: Vec<_> = files
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .collect();
    assert!(names.iter().all(|name| !name.contains(".new")), "{names:?}");
}
