//! Processes: none is left behind, and an engine that is killed leaves whole rows.

use rustix::process::Signal;
use serde_json::Value;
use tests::{Home, Running, faulty, is_there, list, processes, unruly, wait_until};

/// A number of seconds to sleep that nothing else on this machine sleeps, and that no test outlives.
fn sleep_of_its_own() -> String {
    format!("9{}.{}", std::process::id(), line!())
}

#[test]
fn a_child_that_holds_the_output_stalls_nothing_and_is_ended() {
    for (parallel, more) in [(1, ""), (4, "x")] {
        let seconds = format!("{}{parallel}", sleep_of_its_own());
        let orders = [
            format!("child {seconds}"),
            "say after".to_owned(),
            format!("panic {more}"),
        ];
        let project = faulty("works", "", &list(&orders));
        let finished = project.experiment(&format!("--no-fail --parallel {parallel}"));
        let _ = finished.exits(0);
        let runs = project.latest().audited();
        assert_eq!(runs["say after"]["output"], "after");
        assert_eq!(processes(&format!("sleep\0{seconds}")), [0; 0]);
    }
}

#[test]
fn a_child_in_a_session_of_its_own_stalls_nothing() {
    let seconds = format!("{}7", sleep_of_its_own());
    let orders = [format!("orphan {seconds}"), "say after".to_owned()];
    let project = faulty("works", "", &list(&orders));
    let running = Running::start(project.command("run experiment --yes"));
    // Also what reads our own output sees its end.
    let _ = running.finish().exits(0);
    assert_eq!(project.latest().audited()["say after"]["output"], "after");
    // It has left the group on purpose: nobody but the one who started it can know it.
    for orphan in processes(&format!("sleep\0{seconds}")) {
        let id = i32::try_from(orphan)
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        let _ = rustix::process::kill_process(id.expect("an id"), Signal::KILL);
    }
}

#[test]
fn after_a_crash_and_a_timeout_nothing_is_left() {
    let mark = format!("E2E_MARK=crash-{}", std::process::id());
    let config = format!(
        "runner: {{ timeout_seconds: 1, environment_vars: {{ {} }} }}",
        mark.replace('=', ": ")
    );
    let orders = ["abort", "block", "wait", "kill", "say after"];
    for (home, agent) in [(Home::Library, "acts"), (Home::Example, "works")] {
        let project = unruly((home, agent), &config, orders);
        let _ = project.experiment("--parallel 2").exits(100);
        assert_eq!(project.latest().audited().len(), orders.len());
        assert_eq!(processes(&mark), [0; 0]);
    }
}

#[test]
fn an_engine_that_is_killed_leaves_whole_rows_and_no_worker() {
    // One whose agents can be stopped, one that blocks its threads for ever.
    for (index, (home, agent, last)) in [
        (Home::Library, "acts", "wait"),
        (Home::Library, "works", "block"),
        (Home::Example, "acts", "block"),
    ]
    .into_iter()
    .enumerate()
    {
        let mark = format!("E2E_MARK=orphan{index}-{}", std::process::id());
        let config = format!(
            "runner: {{ environment_vars: {{ {} }} }}",
            mark.replace('=', ": ")
        );
        let project = unruly((home, agent), &config, [""; 0]);
        let begun = project.path("begun");
        let mut orders: Vec<String> = (0..10).map(|index| format!("say {index}")).collect();
        orders.push(format!("tally {} {last}", begun.display()));
        let project = project.inputs(&list(&orders));
        let mut command = project.command("run experiment --yes");
        // Killed, it cannot remove its socket.
        command.env("TMPDIR", project.path(""));
        let running = Running::start(command);
        wait_until("the run that does not end", || is_there(&begun));
        assert_eq!(processes(&mark).len(), 1, "the worker");
        running.signal(Signal::KILL);
        assert_eq!(running.finish().code, None);
        wait_until("the worker's end", || processes(&mark).is_empty());

        let experiment = project.latest();
        let summary = experiment.summary();
        assert_eq!(summary["status"], "running");
        assert_eq!(summary["completed_at"], Value::Null);
        assert_eq!(summary["planned_traces"], 11);
        let rows = experiment.rows("trace_summary.jsonl");
        let outputs: Vec<_> = rows.iter().map(|row| row["output"].as_str()).collect();
        let expected: Vec<_> = (0..10).map(|index| index.to_string()).collect();
        assert_eq!(
            outputs,
            expected
                .iter()
                .map(|text| Some(text.as_str()))
                .collect::<Vec<_>>()
        );
        assert_eq!(experiment.rows("traces.jsonl").len(), 10);
        assert_eq!(experiment.rows("observations.jsonl").len(), 20);
        assert!(experiment.text("trace_summary.jsonl").ends_with('\n'));
    }
}
