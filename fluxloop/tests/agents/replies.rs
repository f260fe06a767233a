//! What agents return, and what is kept of it.

use std::{collections::BTreeMap, fmt, fs, io};

use anyhow::Context as _;
use fluxloop::agent::AgentError;
use serde::Serialize;
use serde_json::{Value, json};

use crate::invocation::{agent, call, input, output};

#[derive(Serialize)]
struct Refund {
    cents: u64,
}

#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

#[fluxloop::agent]
fn text(input: &str) -> &str {
    input
}

#[fluxloop::agent]
async fn structure(cents: u64) -> Refund {
    tokio::task::yield_now().await;
    Refund { cents }
}

#[fluxloop::agent]
fn silent() {}

#[fluxloop::agent]
fn optional(_: Option<String>) -> Option<u8> {
    None
}

#[fluxloop::agent]
fn opaque(input: String) -> impl Serialize {
    [input]
}

#[fluxloop::agent]
async fn succeeds(input: String) -> anyhow::Result<String> {
    tokio::task::yield_now().await;
    Ok(input)
}

#[fluxloop::agent]
fn unwritable() -> BTreeMap<Vec<u8>, u8> {
    BTreeMap::from([(vec![1], 1)])
}

#[fluxloop::agent]
async fn own_error() -> Result<(), Refused> {
    tokio::task::yield_now().await;
    Err(Refused)
}

#[fluxloop::agent]
fn borrowed_error(input: &str) -> Result<(), &str> {
    Err(input)
}

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[fluxloop::agent]
fn boxed_error() -> Outcome<()> {
    Err(fluxloop::transient(Refused).into())
}

#[fluxloop::agent]
fn missing_file() -> io::Result<String> {
    fs::read_to_string("/nowhere/at all")
}

#[fluxloop::agent]
fn reset() -> anyhow::Result<()> {
    // As `?` makes it of a failed read: no context, which would keep the type reachable.
    Err(io::Error::from(io::ErrorKind::ConnectionReset))?;
    Ok(())
}

#[fluxloop::agent]
async fn marked() -> anyhow::Result<()> {
    tokio::task::yield_now().await;
    let refused: Result<(), Refused> = Err(Refused);
    Ok(refused.map_err(fluxloop::transient)?)
}

#[fluxloop::agent]
async fn marked_in_context() -> anyhow::Result<()> {
    tokio::task::yield_now().await;
    Err(fluxloop::transient(Refused)).context("no refund")
}

#[fluxloop::agent]
fn only_transient() -> Result<(), fluxloop::Transient> {
    Err(fluxloop::transient("busy"))
}

fn error(name: &str) -> AgentError {
    let agent = agent(&format!("agents::replies:{name}"));
    let arguments = input(&json!("broken"));
    call(agent, &arguments, fluxloop::Context::default())
        .unwrap()
        .unwrap_err()
}

fn kept(message: &str, causes: &[&str], transient: bool) -> AgentError {
    serde_json::from_value(json!({ "message": message, "causes": causes, "transient": transient }))
        .unwrap()
}

#[test]
fn whatever_serialises_is_an_output() {
    let text = input(&json!("say \"hi\"\n"));
    assert_eq!(output("agents::replies:text", &text), "say \"hi\"\n");
    assert_eq!(
        output("agents::replies:structure", &input(&json!(u64::MAX))),
        json!({ "cents": u64::MAX })
    );
    assert_eq!(output("agents::replies:silent", &text), Value::Null);
    assert_eq!(output("agents::replies:optional", &text), Value::Null);
    assert_eq!(
        output("agents::replies:opaque", &text),
        json!(["say \"hi\"\n"])
    );
    // Not `{"Ok": …}`: the `Result` is seen behind its alias.
    assert_eq!(output("agents::replies:succeeds", &text), "say \"hi\"\n");
}

#[test]
fn an_output_without_a_form_in_json_is_an_error_that_says_so() {
    insta::assert_snapshot!(error("unwritable").message, @"the agent's answer cannot be written as JSON: key must be a string");
}

#[test]
fn any_error_is_kept() {
    assert_eq!(error("own_error"), kept("refused", &[], false));
    assert_eq!(error("borrowed_error"), kept("broken", &[], false));
    assert!(!error("missing_file").transient);
}

#[test]
fn a_transient_error_is_one_in_every_error_type() {
    assert_eq!(error("boxed_error"), kept("refused", &[], true));
    assert_eq!(error("only_transient"), kept("busy", &[], true));
    assert_eq!(error("marked"), kept("refused", &[], true));
    assert_eq!(
        error("marked_in_context"),
        kept("no refund", &["refused"], true)
    );
    assert!(error("reset").transient);
}
