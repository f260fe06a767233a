//! Agents that misbehave.
#![expect(
    clippy::unused_async,
    clippy::exit,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "agents do what they like"
)]

use std::{io::Write as _, process::Command, time::Duration};

use fluxloop::Context;
use serde_json::json;

#[fluxloop::agent]
pub(crate) async fn echo(input: String) -> String {
    tokio::task::yield_now().await;
    input
}

/// Does what the input says.
#[fluxloop::agent]
pub(crate) fn obey(input: String) -> Result<String, std::io::Error> {
    match input.as_str() {
        "abort" => std::process::abort(),
        "exit" => std::process::exit(7),
        "overflow" => return Ok(overflow(0).to_string()),
        "kill" => {
            Command::new("kill")
                .args(["-KILL", &std::process::id().to_string()])
                .status()?;
            std::thread::sleep(Duration::from_mins(10));
        }
        "panic" => panic!("obeyed: {input}"),
        "payload" => std::panic::panic_any(5),
        "block" => std::thread::sleep(Duration::from_mins(10)),
        "reset" => return Err(std::io::ErrorKind::ConnectionReset.into()),
        "orphan" => {
            // It inherits stdout and stderr, and would outlive everyone.
            Command::new("sleep").arg("613").spawn()?;
            std::process::abort();
        }
        "print" => {
            print!(
                "no newline, {{\"result\":{{\"run\":0,\"duration_ns\":0,\"outcome\":{{\"returned\":1}}}}}}"
            );
            std::io::stdout().flush()?;
            eprintln!("the key is s3cret-value");
            for _ in 0..20_000 {
                println!("a flood of rubbish \u{1b}[2J");
            }
        }
        _ => {}
    }
    Ok(input)
}

#[expect(unconditional_recursion, reason = "that is the point")]
fn overflow(depth: u64) -> u64 {
    std::hint::black_box([depth; 1024]);
    overflow(depth + 1) + depth
}

/// Blocks a thread of the runtime, as no async agent should.
#[fluxloop::agent]
pub(crate) async fn stuck(input: String) -> String {
    std::thread::sleep(Duration::from_mins(10));
    input
}

/// Asks for two tools at once, and says how that went.
#[fluxloop::agent]
pub(crate) async fn asking(input: String, context: &Context) -> String {
    let (refund, mail) = tokio::join!(
        context.approve_tool("refund", &json!({ "order": input })),
        context.approve_tool("mail", &[1, 2]),
    );
    format!("{}: {refund}; {mail}", context.auto_approve_tools())
}

/// Does not wait for the answer.
#[fluxloop::agent]
pub(crate) async fn impatient(milliseconds: u64, context: &Context) -> &'static str {
    let question = context.approve_tool("refund", &());
    let patience = Duration::from_millis(milliseconds);
    match tokio::time::timeout(patience, question).await {
        Ok(_) => "answered",
        Err(_) => "in vain",
    }
}

/// Waits, and can be cancelled.
#[fluxloop::agent]
pub(crate) async fn patient(milliseconds: u64) -> u64 {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    milliseconds
}
