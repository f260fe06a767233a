//! The engine against a scripted host and a manual clock: no process, no waiting.

mod approvals;
mod conversations;
mod doubles;
mod judgements;
mod observations;

use std::{io, time::Duration};

use tokio::time::Instant;

use super::{Consumers, EngineError, StopLevel, Stopper};
use crate::event::{Event, FailureKind};
use doubles::{Broken, Listener, QUICK, Recorder, Setup, Step};

#[tokio::test(start_paused = true)]
async fn runs_every_case_once_in_order() {
    let mut setup = Setup::new([], 2);
    setup.iterations = 2;
    let finished = setup.run().await.expect("it finishes");
    assert!(finished.verdict.passed && !finished.interrupted);
    insta::assert_snapshot!(setup.recorder.lines.join("\n"), @r"
    started 4
    > agent::any::in0::iter_0
    < trace_001 ok (1)
    > agent::any::in1::iter_0
    < trace_002 ok (2)
    > agent::any::in0::iter_1
    < trace_003 ok (3)
    > agent::any::in1::iter_1
    < trace_004 ok (4)
    finished, interrupted: false
    ");
    let seeds = setup.host.seeds.borrow();
    let distinct: std::collections::HashSet<_> = seeds.iter().collect();
    assert_eq!(
        distinct.len(),
        4,
        "every run has a seed of its own: {seeds:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn keeps_as_many_in_flight_as_asked_and_no_more() {
    for parallel in [1, 3, 50] {
        let mut setup = Setup::new([], 20);
        setup.settings.parallel = parallel;
        setup.run().await.expect("it finishes");
        assert_eq!(setup.host.in_flight.borrow().1, parallel.min(20));
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_stops_no_other_run() {
    let mut setup = Setup::new([Step::Err { transient: false }, Step::Crash, Step::Hang], 5);
    let finished = setup.run().await.expect("it finishes");
    assert_eq!(
        setup.recorder.kinds,
        [
            Some(FailureKind::AgentError),
            Some(FailureKind::Crash),
            Some(FailureKind::Timeout),
            None,
            None
        ]
    );
    assert!(!finished.verdict.passed);
    assert_eq!(finished.statistics.counts().failed, 3);
}

#[tokio::test(start_paused = true)]
async fn only_transient_failures_are_retried() {
    let mut setup = Setup::new(
        [
            Step::Err { transient: false },
            Step::Err { transient: true },
        ],
        2,
    );
    setup.settings.max_retries = 3;
    setup.run().await.expect("it finishes");
    assert_eq!(setup.recorder.attempts, [1, 2]);
    assert_eq!(setup.recorder.kinds, [Some(FailureKind::AgentError), None]);
}

#[tokio::test(start_paused = true)]
async fn retries_pause_longer_each_time_and_come_to_an_end() {
    let mut setup = Setup::new((0..9).map(|_| Step::Err { transient: true }), 1);
    setup.settings.max_retries = 2;
    setup.run().await.expect("it finishes");
    assert_eq!(setup.recorder.attempts, [3]);
    let starts = setup.host.starts.borrow();
    let pauses: Vec<_> = starts
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).saturating_sub(Duration::from_secs(1)))
        .collect();
    assert!(
        pauses[0] >= Duration::from_secs(5) && pauses[0] <= Duration::from_secs(10),
        "{pauses:?}"
    );
    assert!(
        pauses[1] >= Duration::from_secs(10) && pauses[1] <= Duration::from_secs(20),
        "{pauses:?}"
    );
    assert_eq!(
        setup.recorder.durations,
        [Duration::from_secs(3)],
        "pauses are not the agent's time"
    );
    assert!(setup.recorder.walls[0] >= Duration::from_secs(18));
}

#[tokio::test(start_paused = true)]
async fn attempts_share_one_deadline() {
    let mut setup = Setup::new([Step::Err { transient: true }, Step::Hang], 1);
    setup.settings.max_retries = 5;
    setup.run().await.expect("it finishes");
    assert_eq!(
        *setup.host.limits.borrow(),
        [Duration::from_mins(1), Duration::from_secs(59)]
    );
    assert_eq!(
        setup.recorder.kinds,
        [Some(FailureKind::Timeout)],
        "the deadline is never retried"
    );
}

#[tokio::test(start_paused = true)]
async fn the_delay_is_between_starts() {
    let mut setup = Setup::new([], 3);
    setup.settings.parallel = 3;
    setup.settings.run_delay = Duration::from_secs(2);
    setup.run().await.expect("it finishes");
    let starts = setup.host.starts.borrow();
    let gaps: Vec<_> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(gaps, [Duration::from_secs(2); 2]);
}

#[tokio::test(start_paused = true)]
async fn fail_fast_ends_when_the_gate_is_lost() {
    let failing = || Step::Err { transient: false };
    let mut setup = Setup::new([failing(), QUICK, failing()], 9);
    setup.settings.fail_fast = true;
    setup.settings.gate.max_failures = 1;
    let finished = setup.run().await.expect("it finishes");
    assert_eq!(finished.statistics.counts().total, 3);
    assert!(!finished.interrupted && !finished.verdict.passed);
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_experiment_gives_runs_in_flight_five_seconds() {
    let steps = [
        QUICK,
        Step::Echo {
            takes: Duration::from_secs(3),
        },
        Step::Hang,
    ];
    let mut setup = Setup::new(steps, 9);
    setup.settings.parallel = 3;
    let (stopper, stop) = Stopper::new();
    setup.stop = stop;
    setup.recorder.stop_at_run = Some((1, stopper, StopLevel::Drain));
    let finished = setup.run().await.expect("it ends in order");
    assert!(finished.interrupted);
    // The run that starts with the stop still unheard is in flight as well.
    let lines = setup.recorder.lines.join("\n");
    assert!(lines.contains("interrupted with"), "{lines}");
    assert_eq!(
        setup
            .recorder
            .kinds
            .iter()
            .filter(|kind| **kind == Some(FailureKind::Cancelled))
            .count(),
        1,
        "{lines}"
    );
    assert!(lines.contains("< trace_002 ok"), "{lines}");
    assert!(lines.contains("< trace_003 FAILED"), "{lines}");
}

#[tokio::test(start_paused = true)]
async fn a_second_request_ends_at_once() {
    let mut setup = Setup::new([QUICK, Step::Hang], 9);
    setup.settings.parallel = 2;
    let (stopper, stop) = Stopper::new();
    setup.stop = stop;
    setup.recorder.stop_at_run = Some((1, stopper, StopLevel::Now));
    let before = Instant::now();
    let finished = setup.run().await.expect("it ends in order");
    assert!(finished.interrupted);
    assert_eq!(before.elapsed().as_secs(), 0);
    assert!(setup.recorder.kinds.contains(&Some(FailureKind::Cancelled)));
}

#[tokio::test(start_paused = true)]
async fn an_interruption_waits_for_no_retry() {
    let mut setup = Setup::new([Step::Err { transient: true }, QUICK], 2);
    setup.settings.parallel = 2;
    setup.settings.max_retries = 3;
    let (stopper, stop) = Stopper::new();
    setup.stop = stop;
    stopper.ask(StopLevel::Drain);
    setup.run().await.expect("it ends in order");
    assert!(
        setup
            .recorder
            .kinds
            .iter()
            .all(|kind| *kind != Some(FailureKind::Cancelled))
    );
    assert!(
        setup
            .recorder
            .attempts
            .iter()
            .all(|attempts| *attempts == 1)
    );
}

#[tokio::test(start_paused = true)]
async fn results_that_cannot_be_written_end_the_experiment_in_order() {
    let mut setup = Setup::new([], 50);
    setup.settings.parallel = 4;
    setup.recorder.fail_at_run = Some(2);
    let error = setup.run().await.expect_err("it cannot succeed");
    assert!(matches!(error, EngineError::Write(_)), "{error}");
    assert!(
        setup.recorder.kinds.len() <= 6,
        "no more runs start: {:?}",
        setup.recorder.lines
    );
    assert_eq!(
        setup.recorder.lines.last().map(String::as_str),
        Some("finished, interrupted: true")
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_worker_nothing_more_is_called() {
    let mut setup = Setup::new([QUICK, Step::Unavailable], 50);
    let error = setup.run().await.expect_err("it cannot succeed");
    assert!(matches!(error, EngineError::Unavailable(_)), "{error}");
    assert_eq!(setup.recorder.kinds, [None, Some(FailureKind::Crash)]);
}

#[tokio::test(start_paused = true)]
async fn no_secret_is_in_any_event() {
    let mut setup = Setup::new([QUICK, Step::Err { transient: true }], 2);
    setup.settings.max_retries = 1;
    setup.run().await.expect("it finishes");
    let all = format!("{}{}", setup.recorder.texts, setup.recorder.lines.join(""));
    assert!(
        all.contains("***") && !all.contains("s3cret-value"),
        "{all}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_reporter_that_fails_starves_nobody() {
    let mut recorder = Recorder::default();
    let mut broken = Broken(io::ErrorKind::StorageFull, 0);
    let mut gone = Broken(io::ErrorKind::BrokenPipe, 0);
    let mut other = Listener::default();
    let mut consumers = Consumers::new(&mut recorder, vec![&mut gone, &mut broken, &mut other]);
    for _ in 0..3 {
        consumers
            .emit(&Event::Interrupted { in_flight: 0 })
            .expect("the required one works");
    }
    drop(consumers);
    assert_eq!(
        (broken.1, gone.1),
        (1, 1),
        "each is left out after its first failure"
    );
    assert_eq!(
        recorder
            .lines
            .iter()
            .filter(|line| line.starts_with("interrupted"))
            .count(),
        3
    );
    assert_eq!(
        other.warnings,
        ["part of the output stops here: no storage space"],
        "a closed pipe is no problem"
    );
    assert_eq!(other.others, 3);
}
