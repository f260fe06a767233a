//! Agents that tell what they do.
#![expect(clippy::unused_async, reason = "agents do what they like")]

use std::io;

use serde_json::{Value, json};
use tracing::{Instrument as _, Level, debug, error, field::Empty, info, info_span, trace};

/// Spans and events of every kind.
#[fluxloop::agent]
pub(crate) async fn chatty(input: String) -> String {
    info!(target: "elsewhere", "from elsewhere");
    debug!(target: "elsewhere", "too quiet");
    debug!(
        length = input.len(),
        ratio = 0.5,
        known = true,
        missing = f64::NAN,
        "a word\nand another"
    );
    trace!("too quiet even here");
    let span = info_span!("outer", order = 12, late = Empty, r#type = "refund");
    async {
        tokio::task::yield_now().await;
        span_inside(&input).await;
        tracing::Span::current().record("late", "told later");
    }
    .instrument(span.clone())
    .await;
    drop(span);
    info_span!(parent: None, "nobody's").in_scope(|| info!("lost"));
    info_span!(
        "renamed",
        otel.name = "by its real name",
        otel.status_code = "ERROR",
        otel.status_message = "no route"
    );
    input
}

#[tracing::instrument(level = "debug")]
async fn span_inside(word: &str) {
    tokio::task::yield_now().await;
    tracing::warn!(?word);
}

/// Work on other tasks and threads.
#[fluxloop::agent]
pub(crate) async fn spread(input: String) -> String {
    let outer = info_span!("outer");
    async {
        let task = tokio::spawn(async { info!("on a task") }.instrument(info_span!("task")));
        let current = tokio::spawn(async { info!("on a bare task") }.in_current_span());
        let here = tracing::Span::current();
        let blocking = tokio::task::spawn_blocking(move || {
            here.in_scope(|| info_span!("blocking").in_scope(|| info!("on a thread")));
        });
        let _ = tokio::join!(task, current, blocking);
    }
    .instrument(outer)
    .await;
    input
}

/// A plain function.
#[fluxloop::agent]
pub(crate) fn blocking(input: String) -> String {
    let _span = info_span!("inside", %input).entered();
    info!("said");
    input
}

/// Leaves a span that outlives it.
#[fluxloop::agent]
pub(crate) async fn outlived(input: String) -> String {
    tokio::spawn(std::future::pending::<()>().instrument(info_span!("endless")));
    input
}

/// Waits in a span for ever.
#[fluxloop::agent]
pub(crate) async fn waits(_input: String) {
    std::future::pending::<()>()
        .instrument(info_span!("waiting"))
        .await;
}

/// Fails in different ways.
#[fluxloop::agent]
pub(crate) async fn fails(input: String) -> Result<String, io::Error> {
    match input.as_str() {
        "error" => fallible().await?,
        "panic" => panics().instrument(info_span!("around")).await,
        "task" => {
            let task = tokio::spawn(async { panic!("on a task") }.instrument(info_span!("task")));
            let _: Result<(), _> = task.await;
        }
        _ => {
            let _span = info_span!("held").entered();
            error!(error = "not the span's", "trying again");
            let wrapped = io::Error::other(Wrapped(io::ErrorKind::NotFound.into()));
            info!(
                error = &wrapped as &(dyn std::error::Error + 'static),
                "with causes"
            );
        }
    }
    Ok(input)
}

#[derive(Debug, thiserror::Error)]
#[error("wrapped")]
struct Wrapped(#[source] io::Error);

#[tracing::instrument(err)]
async fn fallible() -> Result<(), io::Error> {
    tokio::task::yield_now().await;
    Err(io::Error::other("it broke"))
}

async fn panics() {
    tokio::task::yield_now().await;
    let _inner = info_span!("inner").entered();
    let _caught = std::panic::catch_unwind(|| {
        let _unharmed = info_span!("guilty").entered();
        panic!("caught")
    });
    panic!("seen by a span");
}

/// Says what nobody should read.
#[fluxloop::agent]
pub(crate) async fn secretive(input: String) -> String {
    info!(api_key = %input, gen_ai.usage.input_tokens = 5, "the key is sk-of-the-shop");
    let span = info_span!(
        "with",
        otel.name = "with sk-of-the-shop",
        header = "Bearer abcdef123456",
        late = Empty
    );
    span.record("late", "sk-of-the-shop");
    fluxloop::observe!(
        "credentials",
        json!({"password": input, "max_tokens": 7, "of": "sk-of-the-shop"})
    );
    input
}

/// Says more than anybody wants to read.
#[fluxloop::agent]
pub(crate) async fn verbose(input: String) -> String {
    let long = "é".repeat(1_000);
    info_span!("long", %long);
    info!("{long}");
    fluxloop::observe!("list", vec![long; 2]);
    input
}

/// Makes a burst that no buffer holds.
#[fluxloop::agent]
pub(crate) async fn bursts(events: u32) -> u32 {
    let word = "x".repeat(900);
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let word = word.clone();
            let burst = async move {
                for number in 0..events {
                    info!(task, number, %word);
                }
            };
            tokio::spawn(burst.in_current_span())
        })
        .collect();
    for task in tasks {
        task.await.expect("it ends");
    }
    events
}

/// Tells a word of its own, everywhere.
#[fluxloop::agent]
pub(crate) async fn gossip(word: String) -> String {
    let tasks: Vec<_> = (0..4)
        .map(|task| {
            let word = word.clone();
            let told = async move {
                for _ in 0..4 {
                    tokio::task::yield_now().await;
                    info!(%word);
                    let word = word.clone();
                    let here = info_span!("deeper", %word);
                    let blocking = tokio::task::spawn_blocking(move || {
                        here.in_scope(|| info!(heard = %word, "on a thread"));
                    });
                    blocking.await.expect("it ends");
                }
            };
            tokio::spawn(told.instrument(info_span!("task", task)))
        })
        .collect();
    for task in tasks {
        task.await.expect("it ends");
    }
    word
}

/// Installs a subscriber of its own.
#[fluxloop::agent]
pub(crate) async fn installs(
    how: String,
) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
    use tracing_subscriber::{layer::SubscriberExt as _, util::SubscriberInitExt as _};
    static ONCE: std::sync::Once = std::sync::Once::new();
    let with_layer = how != "without";
    match how.as_str() {
        "panics" => tracing_subscriber::registry().init(),
        "errors" => tracing_subscriber::registry().try_init()?,
        _ => ONCE.call_once(|| {
            let layer = with_layer.then(fluxloop::layer);
            tracing_subscriber::registry().with(layer).init();
        }),
    }
    info_span!("after").in_scope(|| info!("installed"));
    Ok(tracing::enabled!(Level::INFO))
}

/// Asks models as their clients do.
#[fluxloop::agent]
pub(crate) async fn asks(_input: Value) {
    let agent = info_span!(
        "invoke_agent",
        gen_ai.operation.name = "invoke_agent",
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty
    );
    async {
        for tokens in [10_u64, 20] {
            let chat = info_span!(
                "chat",
                gen_ai.operation.name = "chat",
                gen_ai.request.model = "gpt-4o",
                gen_ai.response.model = Empty,
                gen_ai.usage.input_tokens = Empty,
                gen_ai.usage.output_tokens = Empty,
                gen_ai.input.messages = r#"[{"role":"user"}]"#
            );
            chat.record("gen_ai.response.model", "gpt-4o-mini");
            chat.record("gen_ai.usage.input_tokens", tokens);
        }
        let tool = info_span!(
            "execute_tool",
            gen_ai.operation.name = "execute_tool",
            gen_ai.tool.name = Empty,
            gen_ai.tool.call.arguments = Empty,
            gen_ai.tool.call.result = Empty
        );
        async {
            let tool = tracing::Span::current();
            tool.record("gen_ai.tool.name", "lookup");
            tool.record("gen_ai.tool.call.arguments", r#"{"order": 12}"#);
            info!("looking");
            tool.record("gen_ai.tool.call.result", "shipped");
        }
        .instrument(tool)
        .await;
        let unnamed = info_span!(
            "execute_tool",
            gen_ai.operation.name = "execute_tool",
            gen_ai.tool.name = Empty
        );
        unnamed.in_scope(|| info_span!("within").in_scope(|| {}));
    }
    .instrument(agent.clone())
    .await;
    agent.record("gen_ai.usage.input_tokens", 30);
    info_span!(
        "older",
        llm.usage.prompt_tokens = 3,
        llm.usage.completion_tokens = 4
    );
    info_span!("unknown", gen_ai.operation.name = "chat");
    let late = info_span!(
        "late",
        gen_ai.operation.name = "chat",
        gen_ai.input.messages = Empty
    );
    late.in_scope(|| info!("asking"));
    late.record("gen_ai.input.messages", r#"[{"role":"system"}]"#);
    // The words of langchain-rust.
    let plain = info_span!(
        "llm.generate",
        model = "m-small",
        prompt_tokens = Empty,
        completion_tokens = Empty
    );
    plain.record("prompt_tokens", 6);
    plain.record("completion_tokens", 7);
    let tool = info_span!("tool.call", tool = "weigh", error = Empty);
    tool.record("error", "no scales");
}
