//! Checks in a worker: what they say, and what becomes of those that do not.

use std::sync::Arc;

use fluxloop::{
    CheckResult, RunView,
    host::{CheckCall, Checked},
};

use super::*;

/// Does what the run's output says.
#[fluxloop::check]
fn obedient(run: &RunView) -> CheckResult {
    match &*run.text() {
        "abort" => std::process::abort(),
        "panic" => panic!("obeyed"),
        "block" => std::thread::sleep(Duration::from_mins(10)),
        "who knows" => return CheckResult::not_judged("nobody"),
        _ => {}
    }
    let words = run.text().split(' ').count();
    CheckResult::expect(words == 1, format!("expected a word, found {words}"))
}

#[fluxloop::check(name = "patient")]
async fn waits(run: &RunView) -> Result<bool, serde_json::Error> {
    let milliseconds: u64 = run.parse()?;
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    Ok(true)
}

async fn check(
    host: &WorkerHost,
    check: &str,
    output: serde_json::Value,
    limit: Duration,
) -> Checked {
    let view = Arc::new(RunView::of("a question", output));
    host.check(CheckCall {
        check,
        view: &view,
        limit,
    })
    .await
}

#[tokio::test]
async fn they_say_what_they_say_and_the_worker_lives_on() {
    let (host, _) = host(2, true).await;
    let names: Vec<_> = host
        .checks()
        .iter()
        .map(|check| check.name.as_str())
        .collect();
    assert_eq!(names, ["obedient", "patient"]);
    assert!(host.checks()[0].file.ends_with("checks.rs") && host.checks()[0].line > 1);
    for (output, result) in [
        ("word", CheckResult::Passed),
        ("two words", CheckResult::failed("expected a word, found 2")),
        ("who knows", CheckResult::not_judged("nobody")),
    ] {
        match check(&host, "obedient", json!(output), LONG).await {
            Checked::Judged(found) => assert_eq!(found, result, "{output}"),
            other => panic!("{output}: {other:?}"),
        }
    }
    match check(&host, "obedient", json!("panic"), LONG).await {
        Checked::Panicked(panic) => {
            assert_eq!(panic.message, "obeyed");
            assert!(panic.file.unwrap().ends_with("checks.rs") && panic.line.is_some());
        }
        other => panic!("{other:?}"),
    }
    match check(&host, "patient", json!("soon"), LONG).await {
        Checked::Judged(CheckResult::Failed(message)) => {
            assert!(message.contains("invalid type: string"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    match check(&host, "unheard_of", json!(1), LONG).await {
        Checked::Judged(CheckResult::NotJudged(reason)) => {
            assert!(reason.contains("no check `unheard_of`"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(
        returned(&obey(&host, "still there").await),
        "\"still there\""
    );
}

#[tokio::test]
async fn one_that_takes_too_long_is_stopped() {
    let (host, _) = host(2, true).await;
    let found = check(&host, "patient", json!(600_000), SHORT).await;
    assert!(matches!(found, Checked::TimedOut), "{found:?}");
    // One that blocks its thread costs its worker, and nobody else notices.
    let found = check(&host, "obedient", json!("block"), SHORT).await;
    assert!(matches!(found, Checked::TimedOut), "{found:?}");
    assert_eq!(
        returned(&obey(&host, "still there").await),
        "\"still there\""
    );
}

#[tokio::test]
async fn one_that_takes_its_worker_down_takes_no_run_with_it() {
    let (host, _) = host(2, true).await;
    let (found, answer) = tokio::join!(
        check(&host, "obedient", json!("abort"), LONG),
        call(&host, "patient", json!(50), LONG),
    );
    match found {
        Checked::Crashed(death) => assert_eq!(death.signal, Some(6)),
        other => panic!("{other:?}"),
    }
    assert_eq!(returned(&answer), "50");
    // And an agent that dies beside a check is not the check's fault.
    let (found, answer) = tokio::join!(
        check(&host, "patient", json!(50), LONG),
        obey(&host, "abort"),
    );
    assert!(
        matches!(found, Checked::Judged(CheckResult::Passed)),
        "{found:?}"
    );
    assert!(
        matches!(answer.ended, Ended::Crashed(_)),
        "{:?}",
        answer.ended
    );
}
