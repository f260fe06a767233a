use std::path::Path;

use fluxloop::{
    artifact::read::{ObservationTree, RecordedRun},
    visible::acts,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::terminal::{Verbosity, sanitize::width};

mod sample;

use sample::{observations, runs, summary, talk};

/// Each width that a page may have: two terminals, a narrow one, and none.
const PAGES: [(&str, Option<usize>); 4] = [
    ("80", Some(80)),
    ("200", Some(200)),
    ("40", Some(40)),
    ("none", None),
];

fn page(columns: Option<usize>, verbosity: Verbosity) -> Page {
    Page::new(columns, false, verbosity)
}

fn run(row: &Value) -> RecordedRun {
    serde_json::from_str(&row.to_string()).unwrap()
}

fn tree(rows: &[Value]) -> ObservationTree {
    let mut tree = ObservationTree::default();
    for row in rows {
        tree.push(serde_json::from_str(&row.to_string()).unwrap());
    }
    tree
}

fn listed(summary: &Value, rows: &[Value], most: usize, page: Page) -> String {
    let mut table = RunTable::new(most);
    for row in rows {
        table.add(&run(row));
    }
    let summary = serde_json::from_str(&summary.to_string()).unwrap();
    let directory = Path::new("experiments/exp_20241101_143022");
    head(&summary, directory, table.counts(), page) + "\n" + &table.text(page)
}

fn shown(row: &Value, observations: Option<&[Value]>, page: Page) -> String {
    let tree = observations.map(tree);
    let view = CaseView {
        run: &run(row),
        observations: tree.as_ref(),
        most: 500,
    };
    view.text(page)
}

#[test]
fn an_experiment_on_every_page() {
    for (name, columns) in PAGES {
        let page = page(columns, Verbosity::Normal);
        let text = listed(&summary(), &runs(), 50, page);
        insta::assert_snapshot!(format!("experiment_{name}"), text);
    }
}

#[test]
fn a_conversation_on_every_page() {
    for (name, columns) in PAGES {
        let page = page(columns, Verbosity::Normal);
        let text = shown(&talk(), Some(&observations()), page);
        insta::assert_snapshot!(format!("conversation_{name}"), text);
    }
}

#[test]
fn verbose_shows_values_whole() {
    let page = page(Some(80), Verbosity::Verbose);
    insta::assert_snapshot!(shown(&talk(), Some(&observations()), page));
}

#[test]
fn verbose_lists_names_and_messages_whole() {
    let mut rows = runs();
    rows[3]["error"]["message"] = json!("why ".repeat(150));
    let text = listed(&summary(), &rows, 50, page(Some(80), Verbosity::Verbose));
    assert!(text.contains("answer::hurried_user::where-is-my-order-a-1002-81feea::iter_0"));
    // A beginning is kept of each, so that memory stays bounded.
    assert!(
        text.contains(&format!("agent_error: {}…", "why ".repeat(100))),
        "{text}"
    );
}

#[test]
fn quiet_shows_the_essentials() {
    let page = page(Some(80), Verbosity::Quiet);
    insta::assert_snapshot!(shown(&runs()[2], None, page), @"
    ✗ answer::novice_user::cancel-a-1001-5feeee::iter_0
      trace_002 · persona novice_user · iteration 0 · 310.2ms

    Input
      Cancel A-1001

    Error
      panic at src/desk.rs:30
      called `Option::unwrap()` on a `None` value
      in the order desk
      caused by: the shelf is empty
      caused by: nobody refilled it
    ");
}

#[test]
fn checks_are_told_with_what_became_of_them() {
    let row = json!({
        "trace_id": "trace_9", "case": "run::any::x::iter_0", "success": false, "duration_ms": 5.0, "output": "no",
        "error": {"kind": "expectation_failed", "message": "contains: expected \"order\" in the output, found \"no\""},
        "checks": [
            {"check": "matches", "result": "passed"},
            {"check": "contains", "result": "failed", "message": "expected \"order\" in the output, found \"no\""},
            {"check": "max_tokens", "result": "not_judged", "message": "no generation was observed, so no tokens are known"},
            {"check": "of_later\u{1b}[2J", "result": "half", "message": "a\nb"},
        ],
    });
    let text = shown(&row, None, page(Some(60), Verbosity::Normal));
    insta::assert_snapshot!(text, @r#"
    ✗ run::any::x::iter_0
      trace_9 · iteration 0 · 5.0ms

    Error
      expectation_failed
      contains: expected "order" in the output, found "no"

    Output
      no

    Checks
      ✓ matches
      ✗ contains: expected "order" in the output, found "no"
      ? max_tokens: not judged: no generation was observed, so
        no tokens are known
      ? of_later\u{1b}[2J: half: a
        b

    Observations
      not recorded: the experiment ran with `save_traces: false`
    "#);
}

#[test]
fn what_was_not_observed_is_said() {
    let page = page(Some(80), Verbosity::Normal);
    let row = json!({
        "trace_id": "trace_9", "case": "run::any::x::iter_0", "success": false, "duration_ms": 5.0, "attempts": 4,
        "input": {"order": 7},
        "error": {"kind": "crash", "message": "its process died", "signal": 6, "transient": true},
    });
    insta::assert_snapshot!(shown(&row, None, page), @"
    ✗ run::any::x::iter_0
      trace_9 · iteration 0 · 5.0ms · 4 attempts

    Input
      {\"order\":7}

    Error
      crash (signal 6, transient)
      its process died

    Observations
      not recorded: the experiment ran with `save_traces: false`
    ");
    let only_itself =
        [json!({"trace_id": "trace_9", "type": "span_start", "name": "agent_run", "id": "0"})];
    let text = shown(&row, Some(&only_itself), page);
    assert!(
        text.ends_with("Observations\n  nothing within the run was observed\n"),
        "{text}"
    );
}

#[test]
fn a_run_without_a_row_shows_what_it_had_done() {
    let begun: Vec<_> = observations().into_iter().take(4).collect();
    let page = page(Some(80), Verbosity::Normal);
    insta::assert_snapshot!(unfinished("trace_001", &tree(&begun), 500, page), @r#"
    ? trace_001
      still running, or killed on its way: it has no result

    Observations
      agent_run  unfinished  "Where is my order A-1002?"
      └─ turn 1  unfinished
         └─ tool lookup_order  unfinished  {"order":"A-1002"}
            └─ • cache miss  key="A-1002"
    "#);
}

#[test]
fn an_experiment_that_goes_on_is_counted_by_its_rows() {
    let mut running = summary();
    running["status"] = json!("running");
    running["completed_at"] = Value::Null;
    running["gate"]["passed"] = Value::Null;
    running["total_traces"] = json!(1);
    let text = listed(&running, &runs()[..3], 50, page(None, Verbosity::Normal));
    let lines: Vec<_> = text.lines().collect();
    assert!(
        lines.contains(&"Status:       running, or killed before its end"),
        "{text}"
    );
    assert!(
        lines.contains(&"Runs:         3 of 4 finished: 2 succeeded, 1 failed"),
        "{text}"
    );
    assert!(
        lines.contains(&"Gate:         not judged: at most 0 may fail, at least 95% must succeed"),
        "{text}"
    );
}

#[test]
fn of_many_runs_the_failed_ones_come_first_and_the_rest_is_counted() {
    let row = |id: u64, success: bool| {
        let error = if success {
            Value::Null
        } else {
            json!({"kind": "timeout", "message": ""})
        };
        json!({
            "trace_id": format!("trace_{id}"), "case": format!("case {id}"), "success": success,
            "duration_ms": 1.0, "error": error,
        })
    };
    let rows: Vec<_> = (1..=20).rev().map(|id| row(id, id % 9 != 0)).collect();
    let shown = |most| {
        let text = listed(&json!({}), &rows, most, page(Some(80), Verbosity::Normal));
        text.split_once("\n\n").unwrap().1.to_owned()
    };
    insta::assert_snapshot!(shown(4), @"
      TRACE     CASE     DURATION  ERROR
    ✗ trace_9   case 9      1.0ms  timeout
    ✗ trace_18  case 18     1.0ms  timeout
    ✓ trace_1   case 1      1.0ms
    ✓ trace_2   case 2      1.0ms
      … and 16 that succeeded (`--limit all` shows every run)
    ");
    assert!(
        shown(1).ends_with("… and 19: 1 failed, 18 succeeded (`--limit all` shows every run)\n")
    );
    assert_eq!(shown(usize::MAX).lines().count(), 21);
}

#[test]
fn of_many_observations_the_first_are_shown() {
    let tree = tree(&observations());
    let row = talk();
    let view = CaseView {
        run: &run(&row),
        observations: Some(&tree),
        most: 2,
    };
    let text = view.text(page(Some(80), Verbosity::Normal));
    let (_, drawn) = text.split_once("Observations\n").unwrap();
    insta::assert_snapshot!(drawn, @"
    agent_run    1.23s
    ├─ turn 1  900.2ms
    … and 11 more (`--limit all` shows every observation)
    12 more were dropped while it ran (`observe.max_per_run`)
    ");
}

#[test]
fn branches_leave_half_of_the_page() {
    let rows: Vec<_> = (0..200_u32)
        .map(|id| json!({
            "trace_id": "t", "type": "span_start", "name": format!("level {id}"), "id": id.to_string(),
            "parent_id": id.checked_sub(1).map(|id| id.to_string()),
        }))
        .collect();
    let text = unfinished("t", &tree(&rows), 500, page(Some(40), Verbosity::Normal));
    for line in text.lines() {
        assert!(width(line) <= 40, "{line}");
    }
    insta::assert_snapshot!(text.lines().last().unwrap().trim_start(), @"…                 └─ level 199  unfin…");
}

/// Texts that steer terminals, break lines and pass for lines of ours.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "(\\PC|\n|\r|\t|[\u{0}-\u{a0}]|[\u{200b}-\u{206f}]|❤|\u{fe0f}){0,30}",
        Just("\u{1b}[2J\u{1b}]0;x\u{7}\r\n✗ forged\n\nError\n  forged".to_owned()),
        Just("界".repeat(120)),
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_was_said_neither_acts_nor_leaves_its_place(
        text in hostile(),
        number in 0.0..1e12,
        columns in prop_oneof![Just(None), (40_usize..220).prop_map(Some)],
        whole in any::<bool>(),
        kind in prop_oneof![Just("tool"), Just("generation"), Just("span"), Just("turn"), Just("supervisor")],
    ) {
        let verbosity = if whole { Verbosity::Verbose } else { Verbosity::Normal };
        let page = page(columns, verbosity);
        let error = json!({"kind": text, "message": text, "causes": [text], "file": text, "line": 3});
        let row = json!({
            "trace_id": text, "case": text, "success": false, "persona": text, "input": text, "output": {"a": text},
            "duration_ms": number, "error": error, "conversation_state": text, "termination_reason": text,
            "termination_detail": text, "turn_count": 3, "supervisor": {"provider": text, "model": text},
            "conversation_history": [
                {"turn": 1, "role": text, "content": text, "actions": [text, text]},
                {"turn": 2, "role": "user", "content": text},
            ],
        });
        let observed = [
            json!({"trace_id": "t", "type": "span_start", "name": text, "id": "0", "kind": kind, "input": text}),
            json!({
                "trace_id": "t", "type": "event", "name": text, "parent_id": "0", "level": "WARN",
                "attributes": {"message": text, text.clone(): text}, "output": text,
            }),
            json!({
                "trace_id": "t", "type": "span_end", "name": text, "id": "0", "kind": kind, "output": [text],
                "duration_ms": number, "error": error, "attributes": {"model": text, text.clone(): [text]},
            }),
        ];
        let case = shown(&row, Some(&observed), page);
        let summary = json!({"experiment_name": text, "target": text, "status": text});
        let list = listed(&summary, &[row], 5, page);
        for shown in [&case, &list] {
            prop_assert!(!shown.contains(|c| c != '\n' && acts(c)), "{shown:?}");
        }
        // The head of a case is its name, which is broken nowhere.
        for line in case.lines().skip(1) {
            let is_ours = ["", "Input", "Output", "Error", "Conversation", "Observations"].contains(&line);
            prop_assert!(is_ours || line.starts_with("  "), "{line:?}");
            prop_assert!(columns.is_none_or(|columns| width(line) <= columns), "{line:?} in {columns:?}");
        }
        prop_assert_eq!(case.lines().filter(|line| *line == "Error").count(), 1);
    }
}
