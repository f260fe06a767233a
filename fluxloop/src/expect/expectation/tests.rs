use serde_json::{Value, json};

use super::*;
use crate::{
    expect::{Judgement, sample},
    summary::sample::SampleRun,
};

/// What becomes of the one expectation of a run that returned this.
fn judged(expect: &Value, output: &Value) -> JudgedCheck {
    let (expectations, _) = sample(expect, &[]);
    let run = SampleRun::default().returns(output.clone());
    let mut judged = expectations.judge(&run, &RunFacts::default());
    assert_eq!(judged.len(), 1, "{judged:?}");
    judged.remove(0)
}

fn holds(expect: &Value, output: &Value) -> bool {
    judged(expect, output).result == Judgement::Passed
}

fn message(expect: &Value, output: &Value) -> String {
    let judged = judged(expect, output);
    assert_eq!(judged.result, Judgement::Failed, "{judged:?}");
    judged.message.unwrap()
}

#[test]
fn texts_are_looked_for_as_they_are() {
    let output = json!("Refund sent: 30 EUR\nBye");
    assert!(holds(&json!({"contains": ["Refund", "30"]}), &output));
    assert!(!holds(&json!({"contains": "refund"}), &output));
    assert!(holds(
        &json!({"not_contains": ["refund", "sorry"]}),
        &output
    ));
    assert!(!holds(&json!({"not_contains": ["sorry", "Bye"]}), &output));
    assert!(holds(
        &json!({"matches": ["(?i)^refund", r"\d+ EUR"]}),
        &output
    ));
    assert!(!holds(&json!({"matches": "^Bye"}), &output));
    // Of what is no text, its JSON.
    let reply = json!({"cents": 3000});
    assert!(holds(&json!({"contains": "\"cents\":3000"}), &reply));
    assert!(holds(&json!({"not_contains": "euros"}), &reply));
    insta::assert_snapshot!(message(&json!({"contains": ["Refund", "a", "b"]}), &output), @r#"expected "a" and "b" in the output, found "Refund sent: 30 EUR\nBye""#);
    insta::assert_snapshot!(message(&json!({"not_contains": "30"}), &output), @r#"expected no "30" in the output, found "Refund sent: 30 EUR\nBye""#);
    insta::assert_snapshot!(message(&json!({"matches": ["x+", "y"]}), &reply), @r#"expected a match of `x+` and a match of `y` in the output, found "{\"cents\":3000}""#);
}

#[test]
fn values_are_equal_however_they_are_written() {
    for (expected, output) in [
        (json!("done"), json!("done")),
        (json!(30), json!(30.0)),
        (json!(30), json!("30")),
        (json!(true), json!("true")),
        (
            json!({"a": [1, {"b": null}]}),
            json!({"a": [1.0, {"b": null}]}),
        ),
        (json!({"a": 1}), json!("{ \"a\": 1 }")),
        (json!([1, 2]), json!("[1,2]")),
        (json!(null), json!(null)),
    ] {
        assert!(
            holds(&json!({"equals": expected}), &output),
            "{expected} {output}"
        );
    }
    for (expected, output) in [
        (json!("done"), json!("done ")),
        (json!("30"), json!(30)),
        (json!({"a": 1}), json!({"a": 1, "b": 2})),
        (json!([1, 2]), json!([2, 1])),
        (json!(null), json!("null")),
        (json!({"a": 1}), json!("a: 1")),
    ] {
        assert!(
            !holds(&json!({"equals": expected}), &output),
            "{expected} {output}"
        );
    }
    insta::assert_snapshot!(message(&json!({"equals": {"cents": 1}}), &json!({"cents": 2})), @r#"expected {"cents":1}, found {"cents":2}"#);
    insta::assert_snapshot!(message(&json!({"equals": "a"}), &json!("b\nc")), @r#"expected "a", found "b\nc""#);
}

#[test]
fn limits_hold_to_the_last() {
    // It takes 245.125 ms.
    for (most, held) in [(245.125, true), (246.0, true), (245.1, false)] {
        assert_eq!(
            holds(&json!({"max_duration_ms": most}), &json!("")),
            held,
            "{most}"
        );
    }
}

#[test]
fn secrets_are_masked_in_what_is_expected_as_in_what_is_returned() {
    let (expectations, _) = sample(
        &json!({
            "contains": "s3cret-value",
            "equals": {"key": "s3cret-value"},
            "tools_called": [{"name": "a", "arguments": {"key": "s3cret-value"}}],
        }),
        &[],
    );
    let masked = expectations.masked(&Secrets::new(["s3cret-value"]));
    let run = SampleRun::default().returns(json!({"key": "***"}));
    let facts = RunFacts {
        tool_calls: vec![crate::ToolCall::new("a", json!({"key": "***"}))],
        ..RunFacts::default()
    };
    let judged = masked.judge(&run, &facts);
    assert!(
        judged.iter().all(|check| check.result == Judgement::Passed),
        "{judged:?}"
    );
}

#[cfg(feature = "json-schema")]
#[test]
fn schemas_judge_values_and_the_json_in_texts() {
    let schema = json!({"json_schema": {
        "type": "object",
        "properties": {"cents": {"type": "integer", "maximum": 5000}, "to": {"type": "string"}},
        "required": ["cents"],
    }});
    assert!(holds(&schema, &json!({"cents": 3000})));
    assert!(holds(&schema, &json!("{\"cents\": 3000}")));
    assert!(holds(
        &json!({"json_schema": {"type": "string"}}),
        &json!("{\"a\": 1}")
    ));
    assert!(!holds(&json!({"json_schema": false}), &json!(1)));
    insta::assert_snapshot!(message(&schema, &json!({"cents": 9000, "to": 7})), @r#"expected what the schema says, found {"cents":9000,"to":7} (9000 is greater than the maximum of 5000 at `/cents`; 7 is not of type "string" at `/to`)"#);
    insta::assert_snapshot!(message(&schema, &json!("{\"euros\": 30}")), @r#"expected what the schema says, found {"euros":30} ("cents" is a required property)"#);
    insta::assert_snapshot!(message(&schema, &json!("thirty euros")), @r#"expected what the schema says, found "thirty euros" ("thirty euros" is not of type "object")"#);
}
