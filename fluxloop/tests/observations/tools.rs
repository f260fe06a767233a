//! `#[fluxloop::tool]`: the functions, and what is recorded of their calls.

use std::{fmt::Display, io};

use fluxloop::worker::protocol::SpanKind;
use serde::Serialize;
use serde_json::{Value, json};

use super::host::call_once;

#[derive(Debug, Serialize)]
struct Order {
    number: u32,
}

/// Neither can be written as JSON nor shown.
struct Database {
    orders: Vec<u32>,
}

#[derive(Debug)]
struct Quiet;

#[fluxloop::tool(skip(database))]
async fn lookup(number: u32, database: &Database) -> Result<Order, io::Error> {
    tokio::task::yield_now().await;
    tracing::info!("looking");
    if !database.orders.contains(&number) {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok(Order {
        number: parse(&number.to_string())?,
    })
}

#[fluxloop::tool(name = "read number")]
fn parse(text: &str) -> io::Result<u32> {
    let number: u32 = text.parse().map_err(io::Error::other)?;
    Ok(number)
}

#[fluxloop::tool]
fn longest<'a, T: Display + Serialize>(
    mut items: Vec<&'a str>,
    (left, _): (u8, u8),
    other: &T,
) -> &'a str {
    items.sort_by_key(|item| item.len() + usize::from(left) + other.to_string().len());
    items.pop().unwrap_or_default()
}

#[fluxloop::tool(skip(return))]
fn opaque(r#type: &str) -> Result<impl Iterator<Item = u32> + use<>, String> {
    if r#type.is_empty() {
        return Err("no type".to_owned());
    }
    Ok(0..3)
}

#[fluxloop::tool]
fn first(items: &mut Vec<u32>) -> Option<&mut u32> {
    items.first_mut()
}

#[fluxloop::tool]
fn debugged(fails: bool) -> Result<(), Quiet> {
    if fails { Err(Quiet) } else { Ok(()) }
}

#[fluxloop::tool]
async fn anyhow_result() -> anyhow::Result<()> {
    let cause = anyhow::anyhow!("no route");
    Err(cause.context("no answer"))
}

#[fluxloop::tool]
async fn panics(secret: &str) {
    let _ = secret;
    panic!("it fell over");
}

impl Database {
    #[fluxloop::tool]
    fn count(&self, above: u32) -> usize {
        self.orders.iter().filter(|order| **order > above).count()
    }

    #[fluxloop::tool]
    async fn add(&mut self, order: u32) -> &[u32] {
        self.orders.push(order);
        &self.orders
    }
}

fn assert_send<T: Send>(value: T) -> T {
    value
}

/// Uses them all.
#[fluxloop::agent]
pub(crate) async fn uses_tools() -> Vec<bool> {
    let mut database = Database { orders: vec![12] };
    let found = assert_send(lookup(12, &database)).await.is_ok();
    let missing = lookup(13, &database).await.is_err();
    let unreadable = parse("x").is_err();
    let word = longest(vec!["a", "abc"], (1, 2), &5) == "abc";
    let three = opaque("x").map(Iterator::count) == Ok(3);
    let none = opaque("").is_err();
    let mut items = vec![1];
    let mutated = first(&mut items).is_some_and(|item| {
        *item = 2;
        true
    }) && items == [2];
    let quiet = debugged(true).is_err() && debugged(false).is_ok();
    let chain = anyhow_result().await.is_err();
    let counted = database.count(5) == 1 && database.add(14).await.len() == 2;
    let fallen = tokio::spawn(tracing::Instrument::in_current_span(panics("opaque")))
        .await
        .is_err();
    vec![
        found, missing, unreadable, word, three, none, mutated, quiet, chain, counted, fallen,
    ]
}

#[tokio::test]
async fn outside_of_a_run_a_tool_is_its_function() {
    assert!(!uses_tools().await.contains(&false));
}

#[tokio::test]
async fn calls_of_tools_are_recorded_with_arguments_and_results() {
    let call = call_once("uses_tools", json!(null)).await.returned();
    let mut recorded = Vec::new();
    for start in call.starts() {
        assert_eq!(start.kind, SpanKind::Tool);
        let end = call.told.iter().find_map(|told| match told {
            fluxloop::worker::protocol::Happening::SpanEnd(end) if end.id == start.id => Some(end),
            _ => None,
        });
        let end = end.expect("an end");
        let value = |json: &Option<std::borrow::Cow<'_, serde_json::value::RawValue>>| {
            json.as_ref()
                .map(|json| serde_json::from_str::<Value>(json.get()).expect("JSON"))
        };
        let error = end
            .error
            .as_ref()
            .map(|error| (error.message.to_string(), error.panic));
        recorded.push((
            start.name.to_string(),
            value(&start.input),
            value(&end.output),
            error,
        ));
    }
    assert_eq!(recorded, expected());
    let lookup = call.starts().next().expect("a tool");
    assert_eq!(
        call.events().next().expect("an event").parent,
        Some(lookup.id)
    );
    assert_eq!(
        call.starts().nth(1).expect("a tool").parent,
        Some(lookup.id)
    );
}

/// Name, input, output, and the error with whether it was a panic.
type Recorded = (String, Option<Value>, Option<Value>, Option<(String, bool)>);

fn expected() -> Vec<Recorded> {
    let of = |name: &str, input: Value, output: Option<Value>, error: Option<&str>| {
        let error = error.map(|error| (error.to_owned(), name == "panics"));
        (name.to_owned(), Some(input), output, error)
    };
    vec![
        of(
            "lookup",
            json!({"number": 12}),
            Some(json!({"number": 12})),
            None,
        ),
        of("read number", json!({"text": "12"}), Some(json!(12)), None),
        of(
            "lookup",
            json!({"number": 13}),
            None,
            Some("entity not found"),
        ),
        of(
            "read number",
            json!({"text": "x"}),
            None,
            Some("invalid digit found in string"),
        ),
        of(
            "longest",
            json!({"items": ["a", "abc"], "argument_2": [1, 2], "other": 5}),
            Some(json!("abc")),
            None,
        ),
        of("opaque", json!({"type": "x"}), None, None),
        of("opaque", json!({"type": ""}), None, Some("no type")),
        of("first", json!({"items": [1]}), Some(json!(1)), None),
        of("debugged", json!({"fails": true}), None, Some("Quiet")),
        of("debugged", json!({"fails": false}), None, None),
        of(
            "anyhow_result",
            json!({}),
            None,
            Some("no answer: no route"),
        ),
        of("count", json!({"above": 5}), Some(json!(1)), None),
        of("add", json!({"order": 14}), Some(json!([12, 14])), None),
        of(
            "panics",
            json!({"secret": "***"}),
            None,
            Some("it fell over"),
        ),
    ]
}
