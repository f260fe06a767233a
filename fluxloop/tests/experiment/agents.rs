//! What the tests run.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use fluxloop::Context;

/// Says what it was asked.
#[fluxloop::agent]
async fn echo(input: String) -> String {
    tokio::task::yield_now().await;
    input
}

/// For longer than any test has.
fn blocked() -> ! {
    loop {
        thread::sleep(Duration::from_hours(1));
    }
}

/// Does as it is told.
#[fluxloop::agent]
fn obey(order: &str) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    match order {
        "fail" => Err("no such order".into()),
        "leak" => Err("the key is sk-of-the-test-1234".into()),
        "panic" => panic!("obeyed: panic"),
        "block" => blocked(),
        _ => Ok(format!("done: {order}")),
    }
}

/// Blocks its thread although it is `async`.
#[fluxloop::agent]
async fn rude(order: String) -> String {
    tokio::task::yield_now().await;
    if order == "block" {
        blocked();
    }
    order
}

/// Never answers, and can be stopped.
#[fluxloop::agent]
async fn patient(_input: String) -> String {
    std::future::pending().await
}

/// Fails each second time that it is called.
#[fluxloop::agent]
fn fickle(_input: &str) -> Result<u32, String> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    if call.is_multiple_of(2) {
        Ok(call)
    } else {
        Err("not this time".to_owned())
    }
}

#[fluxloop::tool]
fn look_up(word: &str) -> String {
    format!("found {word}")
}

/// Does, and tells of, something with what it was asked.
#[fluxloop::agent]
async fn tells(input: String) -> String {
    tracing::info!("heard {input}");
    tracing::debug!("whispered {input}");
    let found = tokio::spawn({
        let input = input.clone();
        tracing::Instrument::in_current_span(async move { look_up(&input) })
    });
    tokio::task::yield_now().await;
    found.await.expect("it does not panic")
}

/// Talks, and counts the turns.
#[fluxloop::agent]
fn talks(input: &str, context: &Context) -> String {
    look_up(input);
    format!("{} ({})", input.to_uppercase(), context.turn())
}

/// Wants to do something that has to be approved.
#[fluxloop::agent]
async fn refunds(order: u32, context: &Context) -> bool {
    context.approve_tool("refund", &order).await.is_approved()
}
