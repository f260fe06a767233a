use proptest::prelude::*;

use super::*;
use crate::{
    event::{ConversationEnd, ConversationRecord, Failure, Outcome},
    summary::sample::SampleRun,
    supervisor::{MockSupervisor, Supervisor, TokenUsage},
};

fn of(durations: &[Duration]) -> Statistics {
    let mut statistics = Statistics::new();
    for duration in durations {
        statistics.record(
            &SampleRun {
                duration: *duration,
                ..SampleRun::default()
            }
            .returns("yes"),
        );
    }
    statistics
}

fn failed(kind: FailureKind, persona: Option<&'static str>) -> Run {
    SampleRun {
        persona,
        ..SampleRun::default()
    }
    .ends(Outcome::Failed(Failure::new(kind, "no")))
}

/// The smallest duration that `percent` of the runs did not exceed, from all of them.
fn exact_percentile(durations: &[Duration], percent: usize) -> Duration {
    let mut sorted = durations.to_vec();
    sorted.sort();
    sorted[(sorted.len() * percent).div_ceil(100) - 1]
}

#[test]
fn nothing_has_no_rate_no_mean_and_no_percentiles() {
    let statistics = Statistics::new();
    assert_eq!(statistics.counts(), Counts::default());
    assert_eq!(statistics.counts().success_rate, None);
    assert_eq!(statistics.avg_duration_ms(), None);
    assert_eq!(statistics.durations_ms(), None);
    assert!(statistics.failure_groups().is_empty());
}

#[test]
fn runs_count_for_all_for_their_persona_and_for_their_kind_of_failure() {
    let mut statistics = Statistics::new();
    statistics.record(&SampleRun::default().returns("yes"));
    statistics.record(&failed(FailureKind::Timeout, Some("novice_user")));
    statistics.record(&failed(FailureKind::Timeout, Some("expert_user")));
    statistics.record(&failed(FailureKind::Panic, None));

    let counts = statistics.counts();
    assert_eq!((counts.total, counts.successful, counts.failed), (4, 1, 3));
    assert_eq!(counts.success_rate, Some(0.25));
    let personas: Vec<_> = statistics
        .by_persona()
        .iter()
        .map(|(name, counts)| (name.as_str(), counts.total, counts.success_rate))
        .collect();
    assert_eq!(
        personas,
        [("expert_user", 1, Some(0.0)), ("novice_user", 2, Some(0.5))]
    );
    let kinds: Vec<_> = statistics.failures_by_kind().iter().collect();
    assert_eq!(
        kinds,
        [(&FailureKind::Panic, &1), (&FailureKind::Timeout, &2)]
    );
}

#[test]
fn one_run_is_its_own_percentiles() {
    let statistics = of(&[Duration::from_nanos(245_123_456)]);
    assert_eq!(
        statistics.durations_ms(),
        Some(DurationsMs {
            min: 245.123,
            p50: 245.123,
            p95: 245.123,
            max: 245.123
        })
    );
    assert_eq!(statistics.avg_duration_ms(), Some(245.123));
}

#[test]
fn the_mean_has_three_decimals() {
    let thirds = [1, 1, 2].map(Duration::from_millis);
    assert_eq!(of(&thirds).avg_duration_ms(), Some(1.333));
}

#[test]
fn durations_beyond_all_bounds_are_recorded() {
    let mut statistics = of(&[Duration::ZERO]);
    let mut endless = SampleRun::default().returns("yes");
    endless.duration = Duration::MAX;
    statistics.record(&endless);
    statistics.record(&endless);
    let durations = statistics.durations_ms().unwrap();
    assert!(durations.min.abs() < f64::EPSILON);
    assert!(durations.max.is_finite());
    assert!(durations.p95 <= durations.max);
}

#[test]
fn milliseconds_are_rounded_to_microseconds() {
    let shown = |nanos| milliseconds(Duration::from_nanos(nanos)).to_string();
    assert_eq!(shown(0), "0");
    assert_eq!(shown(499), "0");
    assert_eq!(shown(500), "0.001");
    assert_eq!(shown(245_000_000), "245");
    assert_eq!(shown(250_500_000), "250.5");
    assert_eq!(shown(999_999_500), "1000");
    // A day, and the microseconds are still told.
    assert_eq!(shown(86_400_000_001_000), "86400000.001");
}

fn durations() -> impl Strategy<Value = Vec<Duration>> {
    // From nanoseconds to days, each order of magnitude as likely as the others.
    let duration = (0_u32..48)
        .prop_flat_map(|bits| (1_u64 << bits..2_u64 << bits).prop_map(Duration::from_nanos));
    prop::collection::vec(duration, 1..300)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_ends_are_exact_and_percentiles_within_a_thousandth(durations in durations()) {
        let found = of(&durations).durations_ms().unwrap();
        let ends = (milliseconds(*durations.iter().min().unwrap()), milliseconds(*durations.iter().max().unwrap()));
        prop_assert_eq!((found.min, found.max), ends);
        for (percent, found) in [(50, found.p50), (95, found.p95)] {
            let exact = milliseconds(exact_percentile(&durations, percent));
            // Rounding to microseconds comes on top.
            prop_assert!(
                (found - exact).abs() <= exact * 0.001 + 0.001,
                "p{} is {}, not {}", percent, found, exact
            );
        }
    }

    #[test]
    fn the_order_of_runs_is_of_no_consequence(durations in durations()) {
        let reversed: Vec<_> = durations.iter().rev().copied().collect();
        let (one, other) = (of(&durations), of(&reversed));
        prop_assert_eq!(one.durations_ms(), other.durations_ms());
        prop_assert_eq!(one.avg_duration_ms(), other.avg_duration_ms());
    }
}

/// A conversation with a decision for each of these, and what it used besides.
fn supervised(usages: &[u64], besides: Option<u64>) -> Run {
    let usage = |tokens| TokenUsage {
        input_tokens: tokens,
        output_tokens: 1,
        total_tokens: tokens + 1,
    };
    let mut run = SampleRun::default().returns("yes");
    let end = ConversationEnd::Stopped(None);
    let supervisor = Supervisor::Mock(MockSupervisor::default());
    let mut conversation = ConversationRecord::new(end, (1, Vec::new()), &supervisor);
    conversation.decisions = u32::try_from(usages.len()).unwrap();
    for tokens in usages.iter().copied().chain(besides) {
        *conversation.usage.get_or_insert_default() += usage(tokens);
    }
    run.conversation = Some(conversation);
    run
}

#[test]
fn what_the_supervisor_used_is_summed_up() {
    let mut statistics = of(&[Duration::from_millis(1)]);
    assert_eq!(statistics.supervision(), None, "no conversation");
    statistics.record(&supervised(&[], None));
    assert_eq!(statistics.supervision().unwrap().token_usage, None);
    statistics.record(&supervised(&[100, 200], None));
    // The decision that failed is none, and was paid for.
    statistics.record(&supervised(&[300], Some(50)));
    let supervision = statistics.supervision().unwrap();
    assert_eq!(
        (supervision.provider.as_str(), supervision.decisions),
        ("mock", 3)
    );
    let usage = supervision.token_usage.unwrap();
    assert_eq!(
        (usage.input_tokens, usage.output_tokens, usage.total_tokens),
        (650, 4, 654)
    );
    statistics.record(&supervised(&[u64::MAX - 1], None));
    let usage = statistics.supervision().unwrap().token_usage.unwrap();
    assert_eq!(usage.input_tokens, u64::MAX, "providers may say anything");
}

#[test]
fn tries_of_a_case_are_told_from_those_of_another() {
    let mut statistics = Statistics::of_cases();
    let tried = |case: u64, outcomes: &[bool], statistics: &mut Statistics| {
        for (iteration, passed) in outcomes.iter().enumerate() {
            let sample = SampleRun {
                index: case,
                ..SampleRun::default()
            };
            let mut run = if *passed {
                sample.returns("yes")
            } else {
                sample.ends(Outcome::Failed(Failure::new(FailureKind::Panic, "no")))
            };
            run.case.name = format!("run::any::input_{case}::iter_{iteration}");
            statistics.record(&run);
        }
    };
    tried(0, &[true, true, true, true], &mut statistics);
    tried(1, &[false, true, true, false], &mut statistics);
    tried(2, &[false, false, false, false], &mut statistics);
    let cut_off = Failure::new(FailureKind::Cancelled, "interrupted");
    statistics.record(&SampleRun::default().ends(Outcome::Failed(cut_off)));
    let repeats = statistics.repeats().unwrap();
    assert_eq!(
        (
            repeats.total,
            repeats.always_passed,
            repeats.flaky,
            repeats.never_passed
        ),
        (3, 1, 1, 1)
    );
    assert_eq!(statistics.worst_case_pass_rate(), Some(0.0));
    insta::assert_json_snapshot!(repeats.cases[1]);
    let near = |value: f64, expected: f64| (value - expected).abs() < 1e-12;
    assert!(
        near(repeats.pass_at[&2], (1.0 + 5.0 / 6.0) / 3.0),
        "{repeats:?}"
    );
    assert!(
        near(repeats.pass_all[&2], (1.0 + 1.0 / 6.0) / 3.0),
        "{repeats:?}"
    );
    assert_eq!(
        repeats.pass_at.keys().copied().collect::<Vec<_>>(),
        [1, 2, 4]
    );
    assert_eq!(Statistics::new().repeats(), None);
}
