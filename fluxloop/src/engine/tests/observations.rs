//! What happens within runs: in which order it is told, what is closed, what is summed, what is too much.

use serde_json::{json, value::to_raw_value};

use super::doubles::{QUICK, Setup, Step};
use super::*;
use crate::{
    supervisor::{MockSupervisor, Supervisor},
    worker::protocol::{
        Happening, Level, PointInTime, SpanEnd, SpanError, SpanKind, SpanStart, Usage,
    },
};

fn begins(id: u64, parent: Option<u64>, name: &'static str, kind: SpanKind) -> Happening<'static> {
    Happening::SpanStart(SpanStart {
        id,
        parent,
        name: name.into(),
        kind,
        level: Level::Info,
        input: None,
        attributes: None,
    })
}

fn end_of(id: u64) -> SpanEnd<'static> {
    SpanEnd {
        id,
        kind: None,
        input: None,
        output: None,
        error: None,
        attributes: None,
        model: None,
        usage: None,
    }
}

/// The end of a generation, with the model that was asked among its attributes.
fn asked_for(model: &str, end: &Happening<'static>) -> Happening<'static> {
    let Happening::SpanEnd(end) = end.clone() else {
        panic!("expected an end: {end:?}");
    };
    Happening::SpanEnd(SpanEnd {
        attributes: Some(json(&json!({"gen_ai.request.model": model}))),
        ..end
    })
}

fn ends(id: u64) -> Happening<'static> {
    Happening::SpanEnd(end_of(id))
}

fn moment(parent: Option<u64>, name: &'static str) -> Happening<'static> {
    Happening::Event(PointInTime {
        parent,
        name: name.into(),
        kind: SpanKind::Span,
        level: Level::Debug,
        input: None,
        output: None,
        attributes: None,
    })
}

fn json(value: &serde_json::Value) -> std::borrow::Cow<'static, serde_json::value::RawValue> {
    std::borrow::Cow::Owned(to_raw_value(value).expect("JSON"))
}

#[tokio::test(start_paused = true)]
async fn a_run_has_one_span_around_all_that_happens_in_it() {
    let mut setup = Setup::new(
        [Step::Tell(vec![
            begins(1, None, "desk", SpanKind::Span),
            begins(2, Some(1), "lookup_order", SpanKind::Tool),
            moment(Some(2), "found it"),
            Happening::SpanEnd(SpanEnd {
                output: Some(json(&json!({"key": "s3cret-value"}))),
                ..end_of(2)
            }),
            ends(1),
            moment(None, "answering"),
        ])],
        1,
    );
    setup.run().await.expect("it finishes");
    insta::assert_snapshot!(setup.recorder.observations.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn what_is_left_open_is_closed_with_its_run_and_marked() {
    let left = vec![
        begins(1, None, "outer", SpanKind::Span),
        begins(2, Some(1), "inner", SpanKind::Tool),
        begins(3, Some(2), "done", SpanKind::Span),
        ends(3),
    ];
    let mut setup = Setup::new([Step::TellAndCrash(left)], 1);
    setup.run().await.expect("it finishes");
    insta::assert_snapshot!(setup.recorder.observations.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn turns_and_decisions_stand_around_what_happens_in_them() {
    let mut asks = begins(1, None, "chat", SpanKind::Generation);
    if let Happening::SpanStart(start) = &mut asks {
        start.attributes = Some(json(&json!({"gen_ai.request.model": "gpt-4o-mini"})));
    }
    let first = vec![
        asks,
        begins(2, Some(1), "lookup", SpanKind::Tool),
        ends(2),
        ends(1),
        // This one's model and input are known when it has answered.
        begins(3, None, "chat", SpanKind::Generation),
        begins(4, Some(3), "check", SpanKind::Tool),
        ends(4),
        Happening::SpanEnd(SpanEnd {
            model: Some("gpt-4o".into()),
            input: Some(json(&json!({"key": "s3cret-value"}))),
            ..end_of(3)
        }),
    ];
    let second = vec![
        begins(1, None, "chat", SpanKind::Span),
        Happening::SpanEnd(SpanEnd {
            kind: Some(SpanKind::Generation),
            model: Some("claude".into()),
            error: Some(SpanError {
                message: "the key s3cret-value is refused".into(),
                panic: false,
            }),
            ..end_of(1)
        }),
    ];
    let mut setup = Setup::new([Step::Tell(first), Step::Tell(second)], 1);
    setup.supervisor = Some(Supervisor::Mock(MockSupervisor {
        scripted_questions: vec!["And then?".to_owned()],
        ..MockSupervisor::default()
    }));
    setup.run().await.expect("it finishes");
    insta::assert_snapshot!(setup.recorder.observations.join("\n"));
    let conversation = &setup.recorder.conversations[0];
    assert_eq!(
        conversation.actions_of(1),
        [
            "generation:gpt-4o-mini",
            "tool:lookup",
            "generation:gpt-4o",
            "tool:check"
        ]
    );
    assert_eq!(conversation.actions_of(2), ["generation:claude"]);
}

#[tokio::test(start_paused = true)]
async fn tokens_are_summed_and_what_nobody_told_is_absent() {
    let used = |id, input, output| {
        Happening::SpanEnd(SpanEnd {
            usage: Some(Usage {
                input_tokens: input,
                output_tokens: output,
                ..Usage::default()
            }),
            ..end_of(id)
        })
    };
    let generation = |id| begins(id, None, "chat", SpanKind::Generation);
    let happenings = vec![
        generation(1),
        used(1, Some(10), Some(3)),
        generation(2),
        used(2, Some(5), None),
    ];
    let mut setup = Setup::new([Step::Tell(happenings), QUICK], 2);
    setup.run().await.expect("it finishes");
    let expected = Usage {
        input_tokens: Some(15),
        output_tokens: Some(3),
        ..Usage::default()
    };
    assert_eq!(setup.recorder.usages, [Some(expected), None]);
}

#[tokio::test(start_paused = true)]
async fn a_cost_is_known_where_each_generation_has_tokens_and_a_price() {
    let chat = |id, model: &'static str, used: bool| {
        let ended = SpanEnd {
            model: Some(model.into()),
            usage: used.then_some(Usage {
                input_tokens: Some(1_000_000),
                output_tokens: Some(500_000),
                ..Usage::default()
            }),
            ..end_of(id)
        };
        [
            begins(id, None, "chat", SpanKind::Generation),
            Happening::SpanEnd(ended),
        ]
    };
    let steps = [
        [chat(1, "small", true), chat(2, "large", true)].concat(),
        [chat(1, "small", true), chat(2, "unknown", true)].concat(),
        [chat(1, "small", true), chat(2, "small", false)].concat(),
        vec![begins(1, None, "lookup", SpanKind::Tool), ends(1)],
        vec![begins(1, None, "chat", SpanKind::Generation), ends(1)],
        // The price is that of the model that was asked, and it is told last.
        vec![
            begins(1, None, "chat", SpanKind::Generation),
            asked_for("small", &chat(1, "small-2026-11-01", true)[1]),
        ],
        // One within another tells of its tokens: the outer one need not.
        vec![
            begins(1, None, "agent", SpanKind::Generation),
            begins(2, Some(1), "chat", SpanKind::Generation),
            chat(2, "small", true)[1].clone(),
            ends(1),
        ],
    ];
    let mut setup = Setup::new(steps.map(Step::Tell), 7);
    let price = |input, output| crate::config::Price { input, output };
    setup.settings.pricing = [
        ("small".to_owned(), price(1.0, 4.0)),
        ("large".to_owned(), price(10.0, 40.0)),
    ]
    .into_iter()
    .collect();
    let finished = setup.run().await.expect("it finishes");
    assert_eq!(
        setup.recorder.costs,
        [Some(33.0), None, None, None, None, Some(3.0), Some(3.0)]
    );
    assert_eq!(
        finished.statistics.cost(),
        None,
        "of some runs it is not known"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_beyond_the_limit_is_counted_and_whole_spans_are_left_out() {
    let happenings = vec![
        begins(1, None, "told", SpanKind::Span),
        moment(Some(1), "told, too"),
        begins(2, Some(1), "left out", SpanKind::Generation),
        moment(Some(2), "left out, too"),
        Happening::SpanEnd(SpanEnd {
            usage: Some(Usage {
                input_tokens: Some(7),
                ..Usage::default()
            }),
            ..end_of(2)
        }),
        ends(1),
    ];
    let mut setup = Setup::new([Step::Tell(happenings)], 1);
    setup.settings.max_observations = 2;
    setup.run().await.expect("it finishes");
    insta::assert_snapshot!(setup.recorder.observations.join("\n"));
    assert_eq!(setup.recorder.dropped, [2]);
    let usage = setup.recorder.usages[0].expect("tokens count all the same");
    assert_eq!(usage.input_tokens, Some(7));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cut_off_keeps_what_was_told() {
    let mut setup = Setup::new(
        [
            Step::Tell(vec![begins(1, None, "open", SpanKind::Span)]),
            Step::Hang,
        ],
        1,
    );
    setup.supervisor = Some(Supervisor::Mock(MockSupervisor {
        scripted_questions: vec!["And then?".to_owned()],
        ..MockSupervisor::default()
    }));
    let (stopper, stop) = Stopper::new();
    setup.stop = stop;
    setup.recorder.stop_at_turn = Some((2, stopper, StopLevel::Now));
    setup.run().await.expect("it finishes");
    insta::assert_snapshot!(setup.recorder.observations.join("\n"));
    assert_eq!(setup.recorder.conversations[0].decisions, 1);
}
