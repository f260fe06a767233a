//! Filter, sample and limit.

use std::num::NonZeroU32;

use proptest::prelude::*;

use super::*;
use crate::config::CaseSelection;

/// A plan of 3 × 4 cases: `novice::a`, `novice::b`, `expert::b`, `expert::c`.
fn config_with(cases: CaseSelection) -> Config {
    let mut config = config(&["novice", "expert"], None);
    config.iterations = 3.try_into().expect("at least 1");
    config.cases = cases;
    config
}

fn count(n: u32) -> Option<NonZeroU32> {
    NonZeroU32::new(n)
}

fn filter(text: &str) -> CaseSelection {
    CaseSelection {
        filter: Some(text.to_owned()),
        ..CaseSelection::default()
    }
}

/// What tells a case from others.
fn told(plan: &Plan) -> Vec<(String, String, u64)> {
    let cases = plan.cases();
    cases
        .map(|case| (case.trace_id(), case.name, case.seed))
        .collect()
}

fn selected(cases: CaseSelection) -> Vec<String> {
    names(&config_with(cases), &inputs())
}

#[test]
fn the_filter_looks_into_names() {
    for (text, expected) in [
        (
            "::c::",
            &[
                "run::expert::c::iter_0",
                "run::expert::c::iter_1",
                "run::expert::c::iter_2",
            ][..],
        ),
        (
            "novice::b",
            &[
                "run::novice::b::iter_0",
                "run::novice::b::iter_1",
                "run::novice::b::iter_2",
            ],
        ),
        (
            "b::iter_1",
            &["run::novice::b::iter_1", "run::expert::b::iter_1"],
        ),
        // As a report has it.
        ("run::expert::c::iter_2", &["run::expert::c::iter_2"]),
        (
            "run::expert::c::iter_",
            &[
                "run::expert::c::iter_0",
                "run::expert::c::iter_1",
                "run::expert::c::iter_2",
            ],
        ),
    ] {
        assert_eq!(selected(filter(text)), expected, "{text}");
    }
    assert_eq!(selected(filter("run::novice")).len(), 6);
}

#[test]
fn a_filter_that_keeps_nothing_says_what_there_is() {
    for text in ["refund", "run", "run::nov", "other::b"] {
        let error = plan(&config_with(filter(text)), &inputs()).expect_err(text);
        assert_eq!(error.kind(), PlanErrorKind::NothingLeft, "{text}");
    }
    let error = plan(&config_with(filter("refund")), &inputs()).expect_err("none is left");
    insta::assert_snapshot!(format!("{error}\nhelp: {}", error.hint()), @"
    no case is left to run: `--filter refund` keeps none of the 12 cases
    help: the text must stand in a case's name, for example in `novice::a::iter_0`; `cargo fluxloop list cases` prints all names
    ");
}

#[test]
fn filter_sample_and_limit_apply_in_this_order() {
    let mut cases = filter("novice");
    assert_eq!(selected(cases.clone()).len(), 6);
    cases.sample = count(3);
    let sampled = selected(cases.clone());
    assert_eq!(sampled.len(), 3);
    assert!(sampled.iter().all(|name| name.contains("novice")));
    cases.limit = count(2);
    assert_eq!(selected(cases), sampled[..2]);
    let more = CaseSelection {
        sample: count(1000),
        limit: count(1000),
        filter: None,
    };
    assert_eq!(selected(more), selected(CaseSelection::default()));
}

#[test]
fn a_sample_is_drawn_by_the_seed() {
    let sample = |size, seed| {
        let mut config = config_with(CaseSelection::default());
        config.iterations = 100.try_into().expect("at least 1");
        config.cases.sample = count(size);
        told(&Plan::new(&config, &inputs(), seed).expect("a plan"))
    };
    assert_eq!(sample(20, 1), sample(20, 1));
    assert_ne!(sample(20, 1), sample(20, 2));
    // A larger one holds the smaller, in the order of the plan.
    let (small, large) = (sample(20, 1), sample(40, 1));
    assert!(small.iter().all(|case| large.contains(case)));
    assert!(large.is_sorted_by_key(|(id, ..)| (id.len(), id.clone())));
    // It is drawn from all over the plan, and not by what agents see as their seed.
    let positions: Vec<usize> = large
        .iter()
        .map(|(id, ..)| id["trace_".len()..].parse().expect("a number"))
        .collect();
    assert!(positions[0] < 60 && positions[39] > 340, "{positions:?}");
    let least = large.iter().map(|(.., seed)| *seed).max();
    assert!(least > Some(u64::MAX / 2), "{large:?}");
}

#[test]
fn what_is_not_run_is_not_checked_and_not_counted() {
    let plan = plan(&config_with(filter("c::iter_2")), &inputs()).expect("a plan");
    let ids: Vec<_> = plan.distinct_inputs().map(|input| &input.id).collect();
    assert_eq!(ids, ["c"]);
    assert_eq!((plan.len(), plan.left_out(), plan.inputs()), (1, 11, 1));
    assert_eq!(plan.personas(), ["expert"]);
    assert!(plan.case(1).is_none());
    assert_eq!(plan.case(0).map(|case| case.index), Some(11));
    assert_eq!(
        plan.case_at(0).map(|case| case.name),
        Some("run::novice::a::iter_0".to_owned())
    );
    let mut first = config_with(CaseSelection::default());
    first.cases.limit = count(2);
    let plan = super::plan(&first, &inputs()).expect("a plan");
    assert_eq!((plan.inputs(), plan.left_out()), (2, 10));
    assert_eq!(plan.personas(), ["novice"]);
}

proptest! {
    #[test]
    fn the_cases_that_are_left_are_as_they_were(
        filter in proptest::option::of("[a-c]|iter_[0-2]|novice|e"),
        sample in proptest::option::of(1_u32..20),
        limit in proptest::option::of(1_u32..20),
    ) {
        let whole = told(&plan(&config_with(CaseSelection::default()), &inputs()).expect("a plan"));
        let cases = CaseSelection { filter, sample: sample.and_then(count), limit: limit.and_then(count) };
        let part = told(&plan(&config_with(cases), &inputs()).expect("a plan"));
        prop_assert!(!part.is_empty());
        prop_assert!(part.len() <= sample.min(limit).or(sample).or(limit).unwrap_or(12) as usize);
        // In the same order, with the same ids, names and seeds.
        let mut rest = whole.iter();
        prop_assert!(part.iter().all(|case| rest.any(|other| other == case)), "{part:?}");
    }
}
