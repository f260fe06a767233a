//! From inputs and recordings to parameters.

use std::borrow::Cow;

use fluxloop::{
    Context, Persona,
    agent::{AgentEntry, Registry},
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::invocation::{agent, call, input, misfit, output, recording};

#[derive(Debug, Deserialize, Serialize)]
struct Ticket {
    order: u32,
    #[serde(default)]
    lines: Vec<String>,
}

#[fluxloop::agent]
fn text(input: String) -> String {
    input
}

#[fluxloop::agent]
async fn borrowed_text(input: &str) -> String {
    tokio::task::yield_now().await;
    input.to_owned()
}

#[fluxloop::agent]
fn cow<'a>(input: Cow<'a, str>, _: &Context) -> Cow<'a, str> {
    input
}

#[fluxloop::agent]
fn ticket(ticket: Ticket) -> Ticket {
    ticket
}

#[fluxloop::agent]
async fn borrowed_ticket(ticket: &Ticket) -> u32 {
    tokio::task::yield_now().await;
    ticket.order
}

#[fluxloop::agent]
fn anything(input: Value) -> Value {
    input
}

#[fluxloop::agent]
fn numbers(numbers: &[i64]) -> i64 {
    numbers.iter().sum()
}

#[fluxloop::agent]
fn pair((left, right): (i64, i64), _: &Context) -> i64 {
    left - right
}

#[fluxloop::agent]
async fn several(ticket: &Ticket, ctx: &Context, note: Option<String>, r#type: &str) -> Value {
    tokio::task::yield_now().await;
    json!([ticket.order, ctx.turn(), note, r#type])
}

#[fluxloop::agent]
fn first_takes_all(question: String, locale: Option<String>) -> (String, Option<String>) {
    (question, locale)
}

#[fluxloop::agent]
fn both_required(question: String, locale: &str) -> String {
    question + locale
}

#[fluxloop::agent]
fn all_optional(a: Option<u8>, b: Option<u8>) -> Value {
    json!([a, b])
}

#[fluxloop::agent]
fn no_parameters() -> &'static str {
    "ran"
}

type Surroundings = Context;

#[fluxloop::agent]
fn context_first(ctx: &Surroundings, question: &str) -> Value {
    let persona = ctx.persona().map(|persona| persona.name.clone());
    json!([question, persona, ctx.iteration(), ctx.turn(), ctx.seed()])
}

#[test]
fn one_parameter_takes_the_whole_input() {
    assert_eq!(output("agents::binding:text", &input(&json!("hi"))), "hi");
    assert_eq!(
        output("agents::binding:borrowed_text", &input(&json!("h\u{e9}\n"))),
        "h\u{e9}\n"
    );
    assert_eq!(output("agents::binding:cow", &input(&json!("hi"))), "hi");
    assert_eq!(output("agents::binding:numbers", &input(&json!([1, 2]))), 3);
    assert_eq!(output("agents::binding:pair", &input(&json!([1, 2]))), -1);
    let order = json!({ "order": 7, "lines": ["a"], "ticket": "a key like any other" });
    let expected = json!({ "order": 7, "lines": ["a"] });
    assert_eq!(output("agents::binding:ticket", &input(&order)), expected);
    assert_eq!(output("agents::binding:borrowed_ticket", &input(&order)), 7);
}

#[test]
fn numbers_keep_every_digit() {
    let exact: Value = serde_json::from_str("18446744073709551615").unwrap();
    assert_eq!(output("agents::binding:anything", &input(&exact)), exact);
}

#[test]
fn several_parameters_are_bound_by_name() {
    let arguments =
        json!({ "type": "refund", "ticket": { "order": 7 }, "note": "asap", "extra": 1 });
    let expected = json!([7, 1, "asap", "refund"]);
    assert_eq!(
        output("agents::binding:several", &input(&arguments)),
        expected
    );
    assert_eq!(
        output("agents::binding:several", &recording(&arguments)),
        expected
    );
}

#[test]
fn the_first_of_several_takes_an_input_that_is_no_mapping() {
    assert_eq!(
        output("agents::binding:first_takes_all", &input(&json!("why?"))),
        json!(["why?", null])
    );
    let named = json!({ "question": "why?", "locale": "de" });
    assert_eq!(
        output("agents::binding:first_takes_all", &input(&named)),
        json!(["why?", "de"])
    );
}

#[test]
fn an_option_that_nothing_provides_is_none() {
    let arguments = json!({ "type": "refund", "ticket": { "order": 7 } });
    let expected = json!([7, 1, null, "refund"]);
    assert_eq!(
        output("agents::binding:several", &input(&arguments)),
        expected
    );
    assert_eq!(
        output("agents::binding:all_optional", &input(&json!({ "b": 2 }))),
        json!([null, 2])
    );
    assert_eq!(
        output("agents::binding:all_optional", &input(&json!(1))),
        json!([1, null])
    );
}

#[test]
fn an_agent_without_parameters_takes_any_input() {
    for value in [json!(null), json!("hi"), json!({ "a": 1 })] {
        assert_eq!(
            output("agents::binding:no_parameters", &input(&value)),
            "ran"
        );
    }
    assert_eq!(
        output(
            "agents::binding:no_parameters",
            &recording(&json!({ "a": 1 }))
        ),
        "ran"
    );
}

#[test]
fn a_recording_binds_a_single_parameter_by_name_as_well() {
    let recorded = recording(&json!({ "input": "hi", "other": 1 }));
    assert_eq!(output("agents::binding:text", &recorded), "hi");
    insta::assert_snapshot!(misfit("agents::binding:text", &recording(&json!({ "text": "hi" }))), @"parameter `input`: nothing provides it: the recording has `text`");
    insta::assert_snapshot!(misfit("agents::binding:text", &recording(&json!({}))), @"parameter `input`: nothing provides it: the recording has no keys");
}

#[test]
fn the_context_is_the_runs_own() {
    let context = Context::default()
        .with_persona(Persona::named("novice"))
        .with_iteration(4)
        .with_turn(2)
        .with_seed(99);
    let reply = call(
        agent("agents::binding:context_first"),
        &input(&json!("why?")),
        context,
    );
    assert_eq!(reply.unwrap().unwrap().get(), r#"["why?","novice",4,2,99]"#);
}

#[test]
fn what_does_not_fit_is_named_with_the_types_own_message() {
    insta::assert_snapshot!(misfit("agents::binding:text", &input(&json!(5))), @"parameter `input`: invalid type: integer `5`, expected a string");
    insta::assert_snapshot!(misfit("agents::binding:borrowed_text", &input(&json!({ "a": 1 }))), @"parameter `input`: invalid type: map, expected a string");
    insta::assert_snapshot!(misfit("agents::binding:ticket", &input(&json!({ "lines": [] }))), @"parameter `ticket`: missing field `order`");
    insta::assert_snapshot!(misfit("agents::binding:ticket", &input(&json!({ "order": -1 }))), @"parameter `ticket`: invalid value: integer `-1`, expected u32");
    insta::assert_snapshot!(misfit("agents::binding:pair", &input(&json!([1]))), @"parameter `(left, right)`: invalid length 1, expected a tuple of size 2");
    insta::assert_snapshot!(misfit("agents::binding:pair", &recording(&json!({ "pair": [1] }))), @"parameter `(left, right)`: nothing provides it: the recording has `pair`");
}

#[test]
fn what_nothing_provides_is_named_with_what_is_there() {
    insta::assert_snapshot!(misfit("agents::binding:both_required", &input(&json!("a question"))), @"parameter `locale`: nothing provides it: the input is no mapping, so the first parameter takes it whole");
    insta::assert_snapshot!(misfit("agents::binding:several", &input(&json!({ "order": 7 }))), @"parameter `ticket`: nothing provides it: the input has `order`");
    insta::assert_snapshot!(misfit("agents::binding:several", &input(&json!({ "ticket": { "order": 7 }, "note": null }))), @"parameter `type`: nothing provides it: the input has `note`, `ticket`");
    let many: serde_json::Map<_, _> = (10..30).map(|n| (format!("key{n}"), json!(n))).collect();
    insta::assert_snapshot!(misfit("agents::binding:several", &input(&many.into())), @"parameter `ticket`: nothing provides it: the input has `key10`, `key11`, `key12`, `key13`, `key14`, `key15`, `key16`, `key17`, `key18`, `key19` and 10 more");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    // The agents' own names among the keys, so that each of them is reached.
    let key = prop_oneof![
        "ticket|note|type|question|locale|input|a|b|order|lines",
        any::<String>(),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn binding_any_json_ends_in_an_argument_or_a_named_misfit(value in any_json()) {
        let mut calls = vec![input(&value)];
        if value.is_object() {
            calls.push(recording(&value));
        }
        let registry = Registry::collect().unwrap();
        let agents = registry.agents().filter(|agent| agent.module_path == module_path!());
        for agent in agents.collect::<Vec<&AgentEntry>>() {
            for arguments in &calls {
                if let Err(misfit) = (agent.bind)(arguments) {
                    prop_assert!(!misfit.parameter.is_empty() && !misfit.message.is_empty());
                }
            }
        }
    }
}
