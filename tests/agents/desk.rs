//! An agent with tools, and checks that look at it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use fluxloop::{CheckResult, RunView};

type Answer = Result<String, Box<dyn std::error::Error + Send + Sync>>;

#[fluxloop::tool]
fn lookup_order(order: u32) -> String {
    format!("order {order} is paid")
}

#[fluxloop::tool]
fn refund(order: u32, note: &str) -> bool {
    order == 12 && !note.is_empty()
}

/// Does what the customer says.
#[fluxloop::agent]
fn serve(input: &str) -> Answer {
    static HAS_FAILED: AtomicBool = AtomicBool::new(false);
    match input {
        "refund" | "long" => {
            let paid = lookup_order(12);
            let note = if input == "long" { "x".repeat(100_000) } else { paid };
            refund(12, &note);
            Ok("Done: order 12 is refunded.".to_owned())
        }
        "flaky" => {
            lookup_order(12);
            if !HAS_FAILED.swap(true, Ordering::SeqCst) {
                refund(12, "in vain");
                return Err(fluxloop::transient("busy").into());
            }
            Ok("Order 12 is paid.".to_owned())
        }
        "fail" => Err("no such order".into()),
        "rude" => Ok("Obviously\nnot.".to_owned()),
        other => Ok(other.to_owned()),
    }
}

/// Nothing is obvious.
#[fluxloop::check]
fn polite(run: &RunView) -> CheckResult {
    let text = run.text();
    CheckResult::expect(!text.contains("Obviously"), format!("expected kind words, found {text:?}"))
}

#[fluxloop::check]
fn sees_what_happened(run: &RunView) {
    let names: Vec<_> = run.tool_calls().iter().map(|call| call.name()).collect();
    assert_eq!(names, ["lookup_order", "refund"]);
    let refund = &run.tool_calls()[1];
    assert_eq!(refund.arguments().unwrap()["note"], "order 12 is paid");
    assert_eq!(refund.output().unwrap(), true);
    assert_eq!(run.persona().unwrap().name, "novice");
    assert_eq!(run.metadata()["topic"], "money");
    assert_eq!((run.turns(), run.iteration()), (1, 0));
    assert!(run.duration() > Duration::ZERO && run.token_usage().is_none());
}

#[fluxloop::check]
fn panics(run: &RunView) {
    panic!("no words for {:?}", run.text());
}

#[fluxloop::check]
fn aborts(_: &RunView) {
    std::process::abort();
}

#[fluxloop::check]
async fn endless(_: &RunView) -> bool {
    std::future::pending().await
}

#[fluxloop::check]
fn torn(_: &RunView) -> CheckResult {
    CheckResult::not_judged("nobody knows")
}
