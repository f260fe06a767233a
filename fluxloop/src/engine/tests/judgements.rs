//! Runs that returned, and what they are judged by: what counts, what does not, and what becomes of the run.

use serde_json::{Value, json, value::to_raw_value};

use super::doubles::{QUICK, Setup, Step};
use super::*;
use crate::{
    engine::ToolSight,
    expect::{JudgedCheck, Judgement},
    supervisor::{MockSupervisor, Supervisor},
    worker::protocol::{Happening, Level, SpanEnd, SpanKind, SpanStart, Usage},
};

/// A tool is called with these arguments.
fn calls(id: u64, name: &'static str, arguments: &Value) -> Happening<'static> {
    Happening::SpanStart(SpanStart {
        id,
        parent: None,
        name: name.into(),
        kind: SpanKind::Tool,
        level: Level::Info,
        input: to_raw_value(arguments).ok().map(std::borrow::Cow::Owned),
        attributes: None,
    })
}

/// A generation that used so many tokens; none that told of any.
fn generation(id: u64, tokens: Option<(u64, Option<u64>)>) -> [Happening<'static>; 2] {
    [
        Happening::SpanStart(SpanStart {
            id,
            parent: None,
            name: "chat".into(),
            kind: SpanKind::Generation,
            level: Level::Info,
            input: None,
            attributes: None,
        }),
        Happening::SpanEnd(SpanEnd {
            id,
            input: None,
            kind: None,
            output: None,
            error: None,
            attributes: None,
            model: None,
            usage: tokens.map(|(input, output)| Usage {
                input_tokens: Some(input),
                output_tokens: output,
                ..Usage::default()
            }),
        }),
    ]
}

fn expecting(steps: impl IntoIterator<Item = Step>, expect: Value) -> Setup {
    let mut setup = Setup::new(steps, 1);
    setup.expect = expect;
    setup
}

/// Has one more question.
fn and_now() -> Supervisor {
    Supervisor::Mock(MockSupervisor {
        scripted_questions: vec!["and now?".to_owned()],
        ..MockSupervisor::default()
    })
}

/// Each check of the first run in a line.
fn told(setup: &Setup) -> String {
    let line = |check: &JudgedCheck| {
        let result = serde_json::to_value(check.result).expect("a word");
        let message = check.message.as_deref().unwrap_or("-");
        format!(
            "{} {}: {message}",
            check.check,
            result.as_str().unwrap_or_default()
        )
    };
    let lines: Vec<_> = setup.recorder.checks[0].iter().map(line).collect();
    lines.join("\n")
}

#[tokio::test(start_paused = true)]
async fn every_expectation_is_judged_and_one_that_fails_fails_the_run() {
    // The double says `said s3cret-value` after 10 ms.
    let mut setup = expecting(
        [QUICK],
        json!({
            "contains": ["said", "sorry"],
            "not_contains": "s3cret-value",
            "equals": "said ***",
            "matches": "^said .{3}$",
            "max_duration_ms": 9.5,
            "max_tokens": 10,
            "max_turns": 3,
            "termination": "completed",
            "tools_called": [],
        }),
    );
    let finished = setup.run().await.unwrap();
    insta::assert_snapshot!(told(&setup), @r#"
    contains failed: expected "sorry" in the output, found "said ***"
    not_contains failed: expected no "***" in the output, found "said ***"
    equals passed: -
    matches passed: -
    max_duration_ms failed: expected at most 9.5 ms, found 10 ms
    max_turns not_judged: the run was no conversation
    max_tokens not_judged: no generation was observed, so no tokens are known
    tools_called passed: -
    termination not_judged: the run was no conversation
    "#);
    assert_eq!(setup.recorder.kinds, [Some(FailureKind::ExpectationFailed)]);
    insta::assert_snapshot!(setup.recorder.texts, @r#""said ***"{"kind":"expectation_failed","message":"contains: expected \"sorry\" in the output, found \"said ***\"\nnot_contains: expected no \"***\" in the output, found \"said ***\"\nmax_duration_ms: expected at most 9.5 ms, found 10 ms"}"#);
    assert_eq!(finished.statistics.counts().failed, 1);
    // It failed, and what it returned is kept, in the run's span, too.
    let end = setup.recorder.observations.last().unwrap();
    assert!(
        end.contains("said ***") && end.contains("expectation_failed"),
        "{end}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_of_which_all_holds_or_cannot_be_judged_succeeds() {
    let mut setup = expecting([QUICK], json!({"contains": "said", "max_tokens": 1}));
    let finished = setup.run().await.unwrap();
    assert_eq!(finished.statistics.counts().successful, 1);
    let results: Vec<_> = setup.recorder.checks[0]
        .iter()
        .map(|check| check.result)
        .collect();
    assert_eq!(results, [Judgement::Passed, Judgement::NotJudged]);
}

#[tokio::test(start_paused = true)]
async fn runs_that_did_not_return_are_not_judged_and_rejected_ones_not_retried() {
    let mut setup = expecting(
        [Step::Err { transient: false }, QUICK],
        json!({"contains": "x"}),
    );
    setup.inputs = 2;
    setup.settings.max_retries = 3;
    setup.checks = vec!["polite"];
    setup.run().await.unwrap();
    let kinds = [FailureKind::AgentError, FailureKind::ExpectationFailed];
    assert_eq!(setup.recorder.kinds, kinds.map(Some));
    assert!(setup.recorder.checks[0].is_empty());
    assert_eq!(setup.recorder.checks[1].len(), 2);
    assert_eq!(setup.recorder.attempts, [1, 1]);
    assert_eq!(setup.host.views.borrow().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn calls_of_attempts_that_came_to_nothing_do_not_count() {
    let lookup = json!({"order": 12});
    let mut setup = expecting(
        [
            Step::TellAndFail(vec![
                calls(1, "lookup", &lookup),
                calls(2, "refund", &lookup),
            ]),
            Step::Tell(vec![calls(1, "lookup", &lookup)]),
        ],
        json!({"tools_called": {
            "calls": [{"name": "lookup", "arguments": {"order": 12}}],
            "match": "exact",
        }}),
    );
    setup.settings.max_retries = 1;
    setup.run().await.unwrap();
    assert_eq!(setup.recorder.attempts, [2]);
    assert_eq!(told(&setup), "tools_called passed: -");
}

#[tokio::test(start_paused = true)]
async fn tools_of_every_turn_count_and_conversations_have_ends() {
    let mut setup = expecting(
        [
            Step::Tell(vec![calls(1, "lookup", &json!({}))]),
            Step::Tell(vec![calls(1, "refund", &json!({}))]),
        ],
        json!({
            "tools_called": ["lookup", "refund"],
            "max_turns": 1,
            "termination": "max_turns",
        }),
    );
    setup.supervisor = Some(and_now());
    setup.run().await.unwrap();
    insta::assert_snapshot!(told(&setup), @r"
    max_turns failed: expected at most 1, found 2
    tools_called passed: -
    termination failed: expected `max_turns`, found `supervisor_stop`
    ");
}

#[tokio::test(start_paused = true)]
async fn what_was_cut_or_never_recorded_is_not_judged() {
    let cut = json!({"truncated": "{\"order\":", "bytes": 99_999});
    let tools = json!({"tools_called": [{"name": "lookup", "arguments": {"order": 12}}]});
    let mut setup = expecting([Step::Tell(vec![calls(1, "lookup", &cut)])], tools.clone());
    setup.run().await.unwrap();
    insta::assert_snapshot!(told(&setup), @"tools_called not_judged: the arguments of `lookup` were not recorded as a whole (`observe.max_value_bytes`)");
    for sight in [
        ToolSight::Nothing,
        ToolSight::OfTalkative,
        ToolSight::Marked,
    ] {
        let mut setup = expecting([QUICK], tools.clone());
        setup.settings.tools = sight;
        setup.run().await.unwrap();
        let said = told(&setup);
        assert!(
            said.starts_with("tools_called not_judged: "),
            "{sight:?}: {said}"
        );
    }
    // What is heard of an agent with a subscriber of its own shows that it listens.
    let happened = vec![calls(1, "other", &json!({}))];
    let mut setup = expecting([Step::Tell(happened)], tools);
    setup.settings.tools = ToolSight::OfTalkative;
    setup.run().await.unwrap();
    assert!(told(&setup).starts_with("tools_called failed: "));
}

#[tokio::test(start_paused = true)]
async fn observations_that_are_dropped_are_known_of_all_the_same() {
    let tell = (1..=3).map(|id| calls(id, "lookup", &json!({}))).collect();
    let mut setup = expecting(
        [Step::Tell(tell)],
        json!({"tools_called": {"calls": ["lookup", "lookup", "lookup"], "match": "exact"}}),
    );
    setup.settings.max_observations = 1;
    setup.run().await.unwrap();
    assert_eq!(told(&setup), "tools_called passed: -");
}

#[tokio::test(start_paused = true)]
async fn tokens_are_judged_as_far_as_they_are_known() {
    let cases = [
        (vec![generation(1, Some((6, Some(4))))], "passed: -"),
        (
            vec![generation(1, Some((6, Some(5))))],
            "failed: expected at most 10, found 11",
        ),
        (
            vec![generation(1, Some((6, Some(1)))), generation(2, None)],
            "not_judged: a generation did not tell all of its tokens; 7 are known of",
        ),
        (
            vec![
                generation(1, Some((6, None))),
                generation(2, Some((5, Some(0)))),
            ],
            "failed: expected at most 10, found at least 11",
        ),
        (
            Vec::new(),
            "not_judged: no generation was observed, so no tokens are known",
        ),
    ];
    for (generations, said) in cases {
        let tell = generations.into_iter().flatten().collect();
        let mut setup = expecting([Step::Tell(tell)], json!({"max_tokens": 10}));
        setup.run().await.unwrap();
        assert_eq!(told(&setup), format!("max_tokens {said}"));
    }
    // A generation that is cut off tells nothing.
    let [begins, _] = generation(2, None);
    let [first, then] = generation(1, Some((1, Some(1))));
    let mut setup = expecting(
        [Step::Tell(vec![first, then, begins])],
        json!({"max_tokens": 10}),
    );
    setup.run().await.unwrap();
    assert!(told(&setup).contains("not_judged"), "{}", told(&setup));
}

#[tokio::test(start_paused = true)]
async fn checks_that_live_with_the_agents_say_what_they_say() {
    let mut setup = expecting([QUICK], json!({"contains": "said"}));
    setup.checks = vec![
        "polite", "rude", "torn", "panics", "endless", "aborts", "gone", "polite",
    ];
    setup.run().await.unwrap();
    insta::assert_snapshot!(told(&setup), @r"
    contains passed: -
    polite passed: -
    rude failed: it said ***
    torn not_judged: who knows
    panics failed: panicked at src/checks.rs:7: assertion failed
      left: 1
    endless failed: the check said nothing within 60 s (`runner.timeout_seconds`)
    aborts failed: while the check looked at the run, the agent's process died of signal 6 (SIGABRT: aborted)
    gone not_judged: nobody can be asked: no `gone`
    ");
    // Each once, and each with the time that a run has.
    assert_eq!(setup.host.views.borrow().len(), 7);
    assert_eq!(setup.host.limits.borrow()[1], Duration::from_mins(1));
    assert_eq!(setup.recorder.kinds, [Some(FailureKind::ExpectationFailed)]);
}

#[tokio::test(start_paused = true)]
async fn a_check_sees_the_whole_run() {
    let happened = vec![calls(1, "lookup", &json!({"order": 12}))];
    let mut setup = Setup::new([Step::Tell(happened), QUICK], 1);
    setup.supervisor = Some(and_now());
    setup.checks = vec!["polite"];
    setup.run().await.unwrap();
    let mut view = setup.host.views.borrow()[0].clone();
    view["duration_ns"].take();
    // In the order of their keys, whoever else is in the build.
    view.sort_all_objects();
    insta::assert_json_snapshot!(view, @r#"
    {
      "case": "agent::any::in0::iter_0",
      "conversation": [
        {
          "content": "hello",
          "role": "user"
        },
        {
          "content": "told",
          "role": "assistant"
        },
        {
          "content": "and now?",
          "role": "user"
        },
        {
          "content": "said ***",
          "role": "assistant"
        }
      ],
      "duration_ns": null,
      "input": "hello",
      "iteration": 0,
      "output": "said ***",
      "termination_reason": "supervisor_stop",
      "tool_calls": [
        {
          "arguments": {
            "order": 12
          },
          "name": "lookup"
        }
      ],
      "turns": 2
    }
    "#);
}
