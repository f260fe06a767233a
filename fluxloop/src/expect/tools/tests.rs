use serde_json::json;

use super::*;

fn call(name: &str) -> ToolCall {
    ToolCall::new(name, json!({"order": 12, "to": {"city": "Oslo"}}))
}

/// A call whose arguments were too long to be recorded.
fn cut(name: &str) -> ToolCall {
    ToolCall {
        arguments: None,
        ..call(name)
    }
}

fn expected(calls: &[(&str, Option<Value>)], by: Match, arguments: ArgumentsBy) -> ToolsExpected {
    let calls = calls.iter().map(|(name, arguments)| ExpectedCall {
        name: (*name).to_owned(),
        arguments: arguments.clone(),
    });
    ToolsExpected {
        calls: calls.collect(),
        by,
        arguments,
    }
}

/// `passed`, `failed` or `not judged`, given what was called.
fn verdict(expected: &ToolsExpected, made: &[ToolCall], missing: Option<&str>) -> &'static str {
    let facts = RunFacts {
        tool_calls: made.to_vec(),
        missing_calls: missing.map(str::to_owned),
        ..RunFacts::default()
    };
    match expected.judge(&facts) {
        Verdict::Passed => "passed",
        Verdict::Failed { .. } => "failed",
        Verdict::NotJudged(_) => "not judged",
    }
}

fn names(names: &str) -> Vec<ToolCall> {
    names.split_whitespace().map(call).collect()
}

#[test]
fn each_order_allows_what_it_says() {
    // What was called, then what becomes of exact, in_order, any_order and subset where `a b` is expected.
    for (made, verdicts) in [
        ("a b", "passed passed passed passed"),
        ("b a", "failed failed passed passed"),
        ("a x b", "failed passed passed failed"),
        ("a", "failed failed failed passed"),
        ("", "failed failed failed passed"),
        ("a b b", "failed passed passed passed"),
        ("x", "failed failed failed failed"),
    ] {
        let found = [Match::Exact, Match::InOrder, Match::AnyOrder, Match::Subset].map(|order| {
            let expected = expected(&[("a", None), ("b", None)], order, ArgumentsBy::Exact);
            verdict(&expected, &names(made), None)
        });
        assert_eq!(found.join(" "), verdicts, "{made}");
    }
}

#[test]
fn what_is_expected_twice_is_called_twice() {
    for order in [Match::InOrder, Match::AnyOrder] {
        let twice = expected(&[("a", None), ("a", None)], order, ArgumentsBy::Exact);
        assert_eq!(verdict(&twice, &names("a"), None), "failed");
        assert_eq!(verdict(&twice, &names("a b a"), None), "passed");
    }
}

#[test]
fn arguments_are_compared_as_asked() {
    let whole = json!({"to": {"city": "Oslo"}, "order": 12.0});
    let part = json!({"to": {"city": "Oslo"}});
    let wrong = json!({"order": 13});
    for (arguments, by, found) in [
        (&whole, ArgumentsBy::Exact, "passed"),
        (&part, ArgumentsBy::Exact, "failed"),
        (&part, ArgumentsBy::Subset, "passed"),
        (&wrong, ArgumentsBy::Subset, "failed"),
        (&wrong, ArgumentsBy::Ignored, "passed"),
    ] {
        let expected = expected(&[("a", Some(arguments.clone()))], Match::InOrder, by);
        assert_eq!(
            verdict(&expected, &[call("a")], None),
            found,
            "{arguments} {by:?}"
        );
    }
}

#[test]
fn one_that_takes_any_arguments_leaves_the_others_theirs() {
    let calls = [
        ToolCall::new("a", json!({"n": 1})),
        ToolCall::new("a", json!({"n": 2})),
    ];
    let picky = [("a", None), ("a", Some(json!({"n": 1})))];
    let wanted = expected(&picky, Match::AnyOrder, ArgumentsBy::Exact);
    assert_eq!(verdict(&wanted, &calls, None), "passed");
    let neither = [("a", Some(json!({"n": 1}))), ("a", Some(json!({"n": 1})))];
    let wanted = expected(&neither, Match::AnyOrder, ArgumentsBy::Exact);
    assert_eq!(verdict(&wanted, &calls, None), "failed");
}

#[test]
fn what_is_not_known_is_judged_only_where_it_makes_no_difference() {
    let arguments = Some(json!({"order": 12}));
    let wanted = expected(&[("a", arguments)], Match::InOrder, ArgumentsBy::Subset);
    assert_eq!(verdict(&wanted, &[cut("a")], None), "not judged");
    assert_eq!(verdict(&wanted, &[cut("a"), call("a")], None), "passed");
    assert_eq!(verdict(&wanted, &[cut("b")], None), "failed");
    let any = expected(&[("a", None)], Match::InOrder, ArgumentsBy::Exact);
    assert_eq!(verdict(&any, &[cut("a")], None), "passed");
}

#[test]
fn calls_that_nobody_knows_of_may_be_any() {
    // As above, for `a b`, where calls may be missing.
    for (made, verdicts) in [
        ("a b", "not judged, passed, passed, not judged"),
        ("a", "not judged, not judged, not judged, not judged"),
        ("b a", "failed, not judged, passed, not judged"),
        ("a x b", "failed, passed, passed, failed"),
    ] {
        let found = [Match::Exact, Match::InOrder, Match::AnyOrder, Match::Subset].map(|order| {
            let expected = expected(&[("a", None), ("b", None)], order, ArgumentsBy::Exact);
            verdict(&expected, &names(made), Some("observation is off"))
        });
        assert_eq!(found.join(", "), verdicts, "{made}");
    }
    let none = expected(&[], Match::Exact, ArgumentsBy::Exact);
    assert_eq!(verdict(&none, &[], Some("off")), "not judged");
    assert_eq!(verdict(&none, &names("a"), Some("off")), "failed");
    assert_eq!(verdict(&none, &[], None), "passed");
}

#[test]
fn messages_show_what_was_expected_and_called() {
    let wanted = [("lookup", Some(json!({"order": 12}))), ("refund", None)];
    let facts = RunFacts {
        tool_calls: vec![ToolCall::new("lookup", json!({"order": 13})), cut("cancel")],
        ..RunFacts::default()
    };
    let shown =
        [Match::Exact, Match::InOrder, Match::AnyOrder, Match::Subset].map(|order| match expected(
            &wanted,
            order,
            ArgumentsBy::Exact,
        )
        .judge(&facts)
        {
            Verdict::Failed { expected, found } => format!("expected {expected}, found {found}"),
            other => panic!("{other:?}"),
        });
    insta::assert_snapshot!(shown.join("\n"), @r#"
    expected exactly the calls lookup{"order":12}, refund, found lookup{"order":13}, cancel
    expected the calls lookup{"order":12}, refund in this order, found lookup{"order":13}, cancel
    expected the calls lookup{"order":12}, refund in any order, found lookup{"order":13}, cancel
    expected no calls but lookup{"order":12}, refund, found lookup{"order":13}, cancel
    "#);
    let none = expected(&[], Match::Exact, ArgumentsBy::Exact).judge(&facts);
    insta::assert_debug_snapshot!(none, @r#"
    Failed {
        expected: "no call of a tool",
        found: "lookup{\"order\":13}, cancel",
    }
    "#);
}
