//! Agents whose process dies: the run that killed it is found, whatever else was in flight.

use serde_json::{Value, json};
use tests::{Home, Project, unruly};

use super::{HOMES, RUNS, assert_attempts, culprit, one, say, with_one};

/// Orders that end the process, and how the row tells them apart.
fn deaths() -> [(&'static str, Value); 5] {
    let exited = |code: i32| {
        json!({
            "kind": "crash", "exit_code": code,
            "message": format!("the agent's process exited with code {code}"),
        })
    };
    let died = |signal: i32, name: &str| {
        json!({
            "kind": "crash", "signal": signal,
            "message": format!("the agent's process died of signal {signal} ({name})"),
        })
    };
    [
        ("abort", died(6, "SIGABRT: aborted")),
        ("exit 0", exited(0)),
        ("exit 7", exited(7)),
        (
            "kill",
            died(9, "SIGKILL: killed, perhaps for want of memory"),
        ),
        ("overflow", Value::Null),
    ]
}

#[track_caller]
fn assert_death(row: &Value, expected: &Value) {
    if expected.is_null() {
        // The standard library of a program reports an overflow and aborts; that of a loaded library does not.
        let (kind, signal) = (&row["error"]["kind"], row["error"]["signal"].as_u64());
        assert_eq!(kind, "crash", "{row}");
        assert!(matches!(signal, Some(6 | 11)), "{row}");
    } else {
        assert_eq!(&row["error"], expected);
    }
}

#[test]
fn alone_it_is_told_at_once() {
    for (home, agent) in HOMES.into_iter().zip(["works", "acts"]) {
        for (order, expected) in deaths() {
            let project = one((home, agent), "", order);
            let (row, others) = culprit(&project, order, "--parallel 1");
            assert_death(&row, &expected);
            assert_attempts(&row, 1);
            for row in others.values() {
                assert_attempts(row, 1);
            }
        }
    }
}

/// Seven runs that wait, and one that dies when they do.
fn crowd(agent: (Home, &str), config: &str, order: &str) -> (Project, String) {
    let project = unruly(agent, config, [""; 0]);
    let room = project.path("room");
    std::fs::create_dir(&room).expect("a folder");
    let room = room.display();
    let culprit = format!("after 7 {room} {order}");
    let inputs = with_one(&culprit, |index| match index {
        0..8 => format!("linger {room}/{index}"),
        _ => say(index),
    });
    (project.inputs(&tests::list(inputs)), culprit)
}

#[test]
fn in_company_each_suspect_runs_again_alone() {
    for (home, agent) in HOMES.into_iter().zip(["acts", "works"]) {
        for (order, expected) in deaths() {
            let (project, input) = crowd((home, agent), "", order);
            let (row, others) = culprit(&project, &input, "--parallel 8");
            assert_death(&row, &expected);
            assert_attempts(&row, 2);
            for (input, row) in others {
                let suspect = input.starts_with("linger");
                assert_attempts(&row, if suspect { 2 } else { 1 });
            }
        }
    }
}

#[test]
fn without_reruns_every_suspect_crashed() {
    for (home, agent) in HOMES.into_iter().zip(["works", "acts"]) {
        let config = "runner: { crash_rerun: false }";
        let (project, _) = crowd((home, agent), config, "abort");
        let finished = project.experiment("--parallel 8").exits(100);
        let runs = project.latest().audited();
        assert_eq!(runs.len(), RUNS, "{finished}");
        for (input, row) in runs {
            let suspect = !input.starts_with("say");
            let kind = if suspect { json!("crash") } else { Value::Null };
            assert_eq!(row["error"]["kind"], kind, "{row}");
            assert_attempts(&row, 1);
        }
    }
}

#[test]
fn a_crash_for_each_run_stops_nothing() {
    let project = unruly(
        (Home::Library, "works"),
        "",
        (0..RUNS).map(|index| format!("exit {index}")),
    );
    let _ = project.experiment("--parallel 4").exits(100);
    let runs = project.latest().audited();
    assert_eq!(runs.len(), RUNS);
    for (input, row) in runs {
        let code: u64 = input.replace("exit ", "").parse().expect("a code");
        assert_eq!(row["error"]["exit_code"], code, "{row}");
    }
}
