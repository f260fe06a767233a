//! The host against real worker processes: this test executable is its own worker.
#![cfg(all(feature = "engine", unix))]

use std::{
    path::{Path, PathBuf},
    pin::Pin,
    task::Poll,
    time::Duration,
};

use fluxloop::{
    agent::Arguments,
    host::{AgentCall, AgentHost, Answer, Ended, Logs, WorkerCommand, WorkerHost, WorkerOptions},
    secret::Secrets,
    worker::protocol::CallContext,
};
use serde_json::{json, value::to_raw_value};

#[path = "worker_host/agents.rs"]
mod agents;
#[path = "worker_host/approvals.rs"]
mod approvals;
#[path = "worker_host/checks.rs"]
mod checks;

/// The worker's entry: this executable, told to run this one test, becomes a worker.
#[test]
fn entry() {
    fluxloop::worker::test_entry();
}

async fn host(parallel: usize, crash_rerun: bool) -> (WorkerHost, Logs) {
    let command = WorkerCommand {
        program: std::env::current_exe().expect("it runs"),
        arguments: ["--exact", "entry", "--nocapture"].map(Into::into).to_vec(),
        environment: Vec::new(),
        working_directory: PathBuf::from(env!("CARGO_MANIFEST_DIR")),
    };
    let logs = Logs::new(Secrets::new(["s3cret-value"]));
    let options = WorkerOptions {
        parallel,
        crash_rerun,
        logs: logs.clone(),
        observe: None,
    };
    (
        WorkerHost::start(command, options)
            .await
            .expect("the worker starts"),
        logs,
    )
}

async fn call(host: &WorkerHost, agent: &str, input: serde_json::Value, limit: Duration) -> Answer {
    let arguments = Arguments::Input(to_raw_value(&input).expect("JSON"));
    let context = CallContext {
        turn: 1,
        ..CallContext::default()
    };
    let agent = format!("worker_host::agents:{agent}");
    host.call(AgentCall {
        agent: &agent,
        arguments: &arguments,
        context,
        limit,
        reports: tokio::sync::mpsc::unbounded_channel().0,
    })
    .await
}

const LONG: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(100);

async fn obey(host: &WorkerHost, order: &str) -> Answer {
    call(host, "obey", json!(order), LONG).await
}

#[track_caller]
fn returned(answer: &Answer) -> &str {
    match &answer.ended {
        Ended::Returned(returned) => returned.output.get(),
        other => panic!("expected an output, found {other:?}"),
    }
}

#[tokio::test]
async fn says_which_agents_it_holds() {
    let (host, _) = host(1, true).await;
    let ids: Vec<_> = host
        .agents()
        .iter()
        .map(|agent| agent.id.as_str())
        .collect();
    assert_eq!(
        ids,
        ["asking", "echo", "impatient", "obey", "patient", "stuck"]
            .map(|name| format!("worker_host::agents:{name}"))
    );
    let echo = &host.agents()[1];
    assert!(
        echo.file.ends_with("agents.rs") && echo.line > 1,
        "{echo:?}"
    );
    host.shut_down().await;
}

#[tokio::test]
async fn each_death_is_told_apart_and_the_next_run_goes_on() {
    let (host, _) = host(1, true).await;
    for (order, signal, exit_code) in [
        ("abort", Some(6), None),
        ("exit", None, Some(7)),
        ("kill", Some(9), None),
        ("overflow", Some(6), None),
    ] {
        match obey(&host, order).await.ended {
            Ended::Crashed(death) => assert_eq!(
                (death.signal, death.exit_code),
                (signal, exit_code),
                "{order}"
            ),
            other => panic!("{order}: expected a crash, found {other:?}"),
        }
        assert_eq!(
            returned(&obey(&host, "fine").await),
            r#""fine""#,
            "after {order}"
        );
    }
    host.shut_down().await;
}

#[tokio::test]
async fn a_panic_has_its_place_and_costs_no_worker() {
    let (host, _) = host(1, true).await;
    match obey(&host, "panic").await.ended {
        Ended::Panicked(panic) => {
            assert_eq!(panic.message, "obeyed: panic");
            assert!(
                panic.file.is_some_and(|file| file.ends_with("agents.rs")) && panic.line.is_some()
            );
        }
        other => panic!("expected a panic, found {other:?}"),
    }
    assert!(matches!(
        obey(&host, "payload").await.ended,
        Ended::Panicked(_)
    ));
    host.shut_down().await;
}

#[tokio::test]
async fn of_many_runs_in_flight_only_the_culprits_crash() {
    let (host, _) = host(32, true).await;
    let calls = (0..30).map(|n| {
        let host = &host;
        async move {
            match n {
                7 | 21 => obey(host, "abort").await,
                _ => call(host, "patient", json!(50), LONG).await,
            }
        }
    });
    let answers = at_once(calls).await;
    for (n, answer) in answers.iter().enumerate() {
        let crashed = matches!(answer.ended, Ended::Crashed(_));
        assert_eq!(crashed, n == 7 || n == 21, "run {n}: {answer:?}");
    }
    assert!(
        answers.iter().any(|answer| answer.calls > 1),
        "suspects were called again"
    );
    host.shut_down().await;
}

#[tokio::test]
async fn without_reruns_every_suspect_counts_as_crashed() {
    let (host, _) = host(4, false).await;
    let slow = call(&host, "patient", json!(60_000), LONG);
    let (slow, abort) = tokio::join!(slow, obey(&host, "abort"));
    assert!(matches!(slow.ended, Ended::Crashed(_)) && matches!(abort.ended, Ended::Crashed(_)));
    assert_eq!(slow.calls, 1);
    host.shut_down().await;
}

#[tokio::test]
async fn a_deadline_ends_a_run_whatever_it_does() {
    let (host, _) = host(8, true).await;
    for (agent, input) in [
        ("patient", json!(60_000)),
        ("obey", json!("block")),
        ("stuck", json!("x")),
    ] {
        let answer = call(&host, agent, input, SHORT).await;
        assert!(
            matches!(answer.ended, Ended::TimedOut),
            "{agent}: {answer:?}"
        );
        assert_eq!(answer.duration, SHORT);
        assert_eq!(
            returned(&call(&host, "echo", json!("on"), LONG).await),
            r#""on""#,
            "after {agent}"
        );
    }
    host.shut_down().await;
}

#[tokio::test]
async fn a_blocked_thread_costs_no_other_run() {
    let (host, _) = host(8, true).await;
    let others = at_once((0..5).map(|_| call(&host, "patient", json!(2_000), LONG)));
    let (others, blocked) = tokio::join!(others, call(&host, "obey", json!("block"), SHORT));
    assert!(matches!(blocked.ended, Ended::TimedOut));
    for other in &others {
        assert_eq!((returned(other), other.calls), ("2000", 1));
    }
    host.shut_down().await;
}

#[tokio::test]
async fn transient_errors_are_marked() {
    let (host, _) = host(1, true).await;
    match obey(&host, "reset").await.ended {
        Ended::Error(error) => assert!(error.transient, "{error:?}"),
        other => panic!("expected an error, found {other:?}"),
    }
    host.shut_down().await;
}

#[tokio::test]
async fn what_agents_print_goes_to_the_logs_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (host, logs) = host(2, true).await;
    logs.open(folder.path());
    let (printed, echoed) = tokio::join!(
        obey(&host, "print"),
        call(&host, "echo", json!("mine"), LONG)
    );
    assert_eq!(
        (returned(&printed), returned(&echoed)),
        (r#""print""#, r#""mine""#)
    );
    host.shut_down().await;
    let stdout = read(folder.path(), "stdout.log");
    assert_eq!(stdout.matches("a flood of rubbish").count(), 20_000);
    assert!(stdout.contains("no newline"));
    let stderr = read(folder.path(), "stderr.log");
    assert!(
        stderr.contains("the key is ***") && !stderr.contains("s3cret-value"),
        "{stderr}"
    );
    assert_eq!(logs.problem(), None);
}

#[tokio::test]
async fn no_process_stays_behind() {
    let (host, _) = host(1, true).await;
    assert!(matches!(
        obey(&host, "orphan").await.ended,
        Ended::Crashed(_)
    ));
    host.shut_down().await;
    let listed = std::process::Command::new("ps")
        .args(["-eo", "args="])
        .output()
        .expect("ps runs");
    let listed = String::from_utf8_lossy(&listed.stdout);
    assert!(
        !listed.lines().any(|line| line.trim() == "sleep 613"),
        "{listed}"
    );
}

#[tokio::test]
async fn inputs_are_checked_without_calling() {
    let (host, _) = host(1, true).await;
    let inputs: Vec<_> = (0..1_000)
        .map(|n| {
            if n % 100 == 7 {
                json!({"not": "text"})
            } else {
                json!("abort")
            }
        })
        .map(|input| Arguments::Input(to_raw_value(&input).expect("JSON")))
        .collect();
    let answers = host
        .bind("worker_host::agents:obey", inputs.iter())
        .await
        .expect("the worker lives");
    assert_eq!(answers.len(), 1_000);
    let wrong: Vec<_> = answers
        .iter()
        .enumerate()
        .filter_map(|(n, error)| error.as_ref().map(|error| (n, error)))
        .collect();
    assert_eq!(wrong.len(), 10);
    assert!(
        wrong
            .iter()
            .all(|(n, error)| n % 100 == 7 && error.parameter == "input"),
        "{wrong:?}"
    );
    host.shut_down().await;
}

#[tokio::test]
async fn a_worker_that_is_none_is_an_error_with_what_it_wrote() {
    let logs = Logs::new(Secrets::new(Vec::<String>::new()));
    let command = WorkerCommand {
        program: PathBuf::from("sh"),
        arguments: ["-c", "echo cannot load the library >&2; exit 3"]
            .map(Into::into)
            .to_vec(),
        environment: Vec::new(),
        working_directory: PathBuf::from("/"),
    };
    let error = WorkerHost::start(
        command,
        WorkerOptions {
            parallel: 1,
            crash_rerun: true,
            logs,
            observe: None,
        },
    )
    .await;
    assert_eq!(
        error.expect_err("it is no worker").to_string(),
        "the worker ended before it was ready: the agent's process exited with code 3; it wrote:\ncannot load the library"
    );
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect("the log is there")
}

/// All of these at once.
async fn at_once<F: Future<Output = Answer>>(calls: impl IntoIterator<Item = F>) -> Vec<Answer> {
    let mut calls: Vec<Pin<Box<F>>> = calls.into_iter().map(Box::pin).collect();
    let mut answers: Vec<Option<Answer>> = calls.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (call, answer) in calls.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let Poll::Ready(ready) = call.as_mut().poll(context)
            {
                *answer = Some(ready);
            }
        }
        if answers.iter().all(Option::is_some) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    answers.into_iter().flatten().collect()
}
