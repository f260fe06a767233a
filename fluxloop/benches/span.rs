//! What a span with three fields costs an agent: `cargo bench --package fluxloop --all-features --bench span`. This program
//! is its own worker. It is to be at most 3 µs.
#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

use std::{path::PathBuf, time::Duration, time::Instant};

use fluxloop::{
    agent::Arguments,
    host::{AgentCall, AgentHost, Ended, Logs, WorkerCommand, WorkerHost, WorkerOptions},
    secret::Secrets,
    worker::protocol::{CallContext, ObserveOptions},
};
use serde_json::{json, value::to_raw_value};

/// Spans in a call: what they send fits into the room before an agent has to wait.
const SPANS: u32 = 10_000;
const CALLS: usize = 20;

#[fluxloop::tool]
fn tool(order: u32, customer: &str, urgent: bool) -> u32 {
    std::hint::black_box((order, customer, urgent)).0
}

/// Nanoseconds for each span, or for each call of a tool.
#[fluxloop::agent]
fn spans(kind: &str) -> f64 {
    let started = Instant::now();
    for number in 0..SPANS {
        if kind == "tool" {
            tool(number, "Ada", true);
        } else {
            tracing::info_span!("order", number, customer = "Ada", urgent = true).in_scope(|| {
                std::hint::black_box(());
            });
        }
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(SPANS)
}

async fn fastest(kind: &str, observe: Option<ObserveOptions>) -> f64 {
    let command = WorkerCommand {
        program: std::env::current_exe().expect("it runs"),
        arguments: Vec::new(),
        environment: Vec::new(),
        working_directory: PathBuf::from("."),
    };
    let options = WorkerOptions {
        parallel: 1,
        crash_rerun: false,
        logs: Logs::new(Secrets::default()),
        observe,
    };
    let host = WorkerHost::start(command, options)
        .await
        .expect("it starts");
    let arguments = Arguments::Input(to_raw_value(&json!(kind)).expect("JSON"));
    let mut fastest = f64::INFINITY;
    for _ in 0..CALLS {
        let (reports, mut told) = tokio::sync::mpsc::unbounded_channel();
        let call = AgentCall {
            agent: "span:spans",
            arguments: &arguments,
            context: CallContext::default(),
            limit: Duration::from_mins(1),
            reports,
        };
        if let Ended::Returned(returned) = host.call(call).await.ended {
            fastest = fastest.min(returned.output.get().parse().expect("a number"));
        }
        while told.try_recv().is_ok() {}
    }
    host.shut_down().await;
    fastest
}

fn main() {
    fluxloop::worker::test_entry();
    // `cargo test --benches` builds and starts benchmarks, too.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let observe = ObserveOptions {
        filter: "info".to_owned(),
        max_value_bytes: 64 * 1024,
        own_subscriber: false,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        for kind in ["span", "tool"] {
            let recorded = fastest(kind, Some(observe.clone())).await;
            let idle = fastest(kind, None).await;
            println!("a {kind} with three fields: {recorded:.0} ns recorded, {idle:.1} ns not (at most 3000)");
        }
    });
}
