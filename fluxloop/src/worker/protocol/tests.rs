use std::{borrow::Cow, collections::BTreeMap};

use proptest::{collection, option, prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};

use super::*;

/// Any JSON of a few levels.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// What an optional field can hold: there, `null` is its absence.
fn something() -> impl Strategy<Value = Value> {
    any_json().prop_filter("null is nothing", |value| !value.is_null())
}

fn raw(value: &Value) -> Box<RawValue> {
    to_raw_value(value).unwrap()
}

fn any_arguments() -> impl Strategy<Value = Arguments> {
    prop_oneof![
        any_json().prop_map(|input| Arguments::Input(raw(&input))),
        collection::btree_map(any::<String>(), any_json(), 0..4).prop_map(|named| {
            let named: BTreeMap<_, _> = named
                .into_iter()
                .map(|(name, value)| (name, raw(&value)))
                .collect();
            Arguments::Named(named)
        }),
    ]
}

fn any_request() -> impl Strategy<Value = Request<'static>> {
    let context = (
        any::<u32>(),
        any::<u64>(),
        option::of(something()),
        option::of(something()),
    )
        .prop_map(|(iteration, seed, persona, metadata)| CallContext {
            iteration,
            turn: 1,
            seed,
            persona: persona.map(|persona| Cow::Owned(raw(&persona))),
            metadata: metadata.map(|metadata| Cow::Owned(raw(&metadata))),
            conversation: None,
            state: None,
            ask_before_tools: seed % 2 == 1,
        });
    prop_oneof![
        (any::<u64>(), any::<String>(), any_arguments(), context).prop_map(
            |(run, agent, arguments, context)| Request::Call(Call {
                run,
                agent: Cow::Owned(agent),
                arguments: Cow::Owned(arguments),
                context,
            })
        ),
        (any::<u64>(), any::<String>(), any_arguments()).prop_map(|(bind, agent, arguments)| {
            Request::Bind(Bind {
                bind,
                agent: Cow::Owned(agent),
                arguments: Cow::Owned(arguments),
            })
        }),
        any::<u64>().prop_map(|run| Request::Cancel(Cancel { run })),
        Just(Request::Shutdown(Shutdown {})),
    ]
}

fn any_outcome() -> impl Strategy<Value = WireOutcome<'static>> {
    prop_oneof![
        any_json().prop_map(|output| WireOutcome::Returned(Cow::Owned(raw(&output)))),
        (
            any::<String>(),
            collection::vec(any::<String>(), 0..3),
            any::<bool>()
        )
            .prop_map(|(message, causes, transient)| {
                WireOutcome::Error(AgentError {
                    message,
                    causes,
                    transient,
                })
            }),
        (
            any::<String>(),
            option::of(any::<String>()),
            option::of(any::<u32>())
        )
            .prop_map(|(message, file, line)| WireOutcome::Panic(Panic {
                message,
                file,
                line
            })),
        (any::<String>(), any::<String>()).prop_map(|(parameter, message)| {
            WireOutcome::Unbound(BindError { parameter, message })
        }),
        Just(WireOutcome::Cancelled),
    ]
}

/// What is sent is what is read: the message read back says the same, and takes one line.
fn comes_back<'a, T: Serialize + Deserialize<'a>>(line: &'a str) {
    assert!(!line.contains('\n'), "{line}");
    let read: T = serde_json::from_str(line).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), line);
}

proptest! {
    #[test]
    fn requests_come_back(request in any_request()) {
        comes_back::<Request<'_>>(&serde_json::to_string(&request).unwrap());
    }

    #[test]
    fn results_come_back(
        (run, duration_ns) in any::<(u64, u64)>(),
        outcome in any_outcome(),
        keeps in option::of(any_json()),
    ) {
        let keeps = keeps.map(|state| Keeps { state: Cow::Owned(raw(&state)) });
        let response = Response::Result(RunResult { run, duration_ns, outcome, keeps });
        comes_back::<Response<'_>>(&serde_json::to_string(&response).unwrap());
    }

    #[test]
    fn no_line_makes_the_reader_panic(line in any::<String>()) {
        // Whatever it makes of it: a value or an error.
        let _ = serde_json::from_str::<Response<'_>>(&line);
    }
}

/// The examples of `PROTOCOL.md` are messages; `…` stands for what is of no interest there.
#[test]
fn the_documented_examples_are_messages() {
    let text = include_str!("../PROTOCOL.md")
        .replace("{…}", "{}")
        .replace("[…]", "[]");
    let mut messages = 0;
    let mut pending = String::new();
    for line in text.lines() {
        if !line.starts_with('{') && pending.is_empty() {
            continue;
        }
        pending.push_str(line);
        if serde_json::from_str::<Value>(&pending).is_err() {
            continue;
        }
        let known = serde_json::from_str::<Request<'_>>(&pending).is_ok()
            || serde_json::from_str::<Response<'_>>(&pending).is_ok();
        assert!(known, "{pending}");
        messages += 1;
        pending.clear();
    }
    assert!(pending.is_empty(), "{pending}");
    assert_eq!(messages, 22);
}

#[test]
fn what_is_absent_is_left_out() {
    let bound = Response::Bound(Bound {
        bind: 8,
        error: None,
    });
    assert_eq!(
        serde_json::to_value(bound).unwrap(),
        json!({"bound": {"bind": 8}})
    );
    let unknown_field = r#"{"result":{"run":1,"duration_ns":2,"outcome":"cancelled","later":3}}"#;
    assert!(serde_json::from_str::<Response<'_>>(unknown_field).is_ok());
}
