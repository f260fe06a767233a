//! The engine against a scripted host and a manual clock: no process, no waiting.

use std::{cell::RefCell, collections::VecDeque, io, time::Duration};

use jiff::Timestamp;
use serde_json::{Map, json, value::to_raw_value};
use tokio::time::{Instant, sleep};

use super::{Clock, Consumers, EngineError, Experiment, Settings, Stop, StopLevel, Stopper};
use crate::{
    agent::AgentError,
    artifact::ArtifactError,
    config::Gate,
    event::{Consumer, Event, FailureKind, Finished, Outcome, Started},
    host::{AgentCall, AgentHost, Answer, Death, Ended},
    input::RawInput,
    plan::Plan,
    secret::Secrets,
};

/// What the scripted agent does in one call.
#[derive(Clone)]
enum Step {
    Echo { takes: Duration },
    Err { transient: bool },
    Crash,
    Unavailable,
    Hang,
}

const QUICK: Step = Step::Echo {
    takes: Duration::from_millis(10),
};

/// Answers calls in the order they come, then echoes.
#[derive(Default)]
struct Scripted {
    steps: RefCell<VecDeque<Step>>,
    in_flight: RefCell<(usize, usize)>,
    limits: RefCell<Vec<Duration>>,
    seeds: RefCell<Vec<u64>>,
    starts: RefCell<Vec<Instant>>,
}

impl Scripted {
    fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: RefCell::new(steps.into_iter().collect()),
            ..Self::default()
        }
    }
}

impl AgentHost for Scripted {
    async fn call(&self, call: AgentCall<'_>) -> Answer {
        self.limits.borrow_mut().push(call.limit);
        self.seeds.borrow_mut().push(call.context.seed);
        self.starts.borrow_mut().push(Instant::now());
        {
            let mut in_flight = self.in_flight.borrow_mut();
            in_flight.0 += 1;
            in_flight.1 = in_flight.1.max(in_flight.0);
        }
        let step = self.steps.borrow_mut().pop_front().unwrap_or(QUICK);
        let called = Instant::now();
        let ended = match step {
            Step::Echo { takes } => {
                sleep(takes).await;
                Ended::Returned(to_raw_value(&"said s3cret-value").expect("a string"))
            }
            Step::Err { transient } => {
                sleep(Duration::from_secs(1)).await;
                let message = "no answer, the key was s3cret-value".to_owned();
                Ended::Error(AgentError {
                    message,
                    causes: vec!["s3cret-value".to_owned()],
                    transient,
                })
            }
            Step::Crash => Ended::Crashed(Death {
                signal: Some(6),
                exit_code: None,
            }),
            Step::Unavailable => Ended::Unavailable("it does not start".to_owned()),
            Step::Hang => {
                sleep(call.limit).await;
                Ended::TimedOut
            }
        };
        self.in_flight.borrow_mut().0 -= 1;
        Answer {
            ended,
            duration: called.elapsed(),
            calls: 1,
        }
    }
}

/// Time as the paused runtime counts it.
struct ManualClock(Instant);

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.0.elapsed()
    }
}

/// Keeps what matters of every event, and may fail.
#[derive(Default)]
struct Recorder {
    lines: Vec<String>,
    kinds: Vec<Option<FailureKind>>,
    durations: Vec<Duration>,
    walls: Vec<Duration>,
    attempts: Vec<u32>,
    texts: String,
    fail_at_run: Option<usize>,
    stop_at_run: Option<(usize, Stopper, StopLevel)>,
}

impl Recorder {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::ExperimentStarted(started) => {
                self.lines.push(format!("started {}", started.planned))
            }
            Event::RunStarted(case) => self.lines.push(format!("> {}", case.name)),
            Event::RunRetried {
                case,
                attempt,
                failure,
                ..
            } => {
                self.lines.push(format!(
                    "retry {} after {attempt}: {}",
                    case.name, failure.message
                ));
            }
            Event::RunFinished { run, so_far } => {
                let (word, kind) = match &run.outcome {
                    Outcome::Returned(output) => {
                        self.texts.push_str(output.get());
                        ("ok", None)
                    }
                    Outcome::Failed(failure) => {
                        self.texts
                            .push_str(&serde_json::to_string(failure).expect("plain data"));
                        ("FAILED", Some(failure.kind))
                    }
                };
                self.lines.push(format!(
                    "< {} {word} ({})",
                    run.trace_id,
                    so_far.counts().total
                ));
                self.kinds.push(kind);
                self.durations.push(run.duration);
                self.walls.push(run.wall);
                self.attempts.push(run.attempts);
                if let Some((at, stopper, level)) = &self.stop_at_run
                    && self.kinds.len() == *at
                {
                    stopper.ask(*level);
                }
            }
            Event::Warning(text) => self.lines.push(format!("warning {text}")),
            Event::Interrupted { in_flight } => {
                self.lines.push(format!("interrupted with {in_flight}"))
            }
            Event::ExperimentFinished(finished) => {
                self.lines
                    .push(format!("finished, interrupted: {}", finished.interrupted));
            }
        }
    }
}

impl Consumer for Recorder {
    type Error = ArtifactError;

    fn event(&mut self, event: &Event<'_>) -> Result<(), ArtifactError> {
        self.take(event);
        if matches!(event, Event::RunFinished { .. }) && self.fail_at_run == Some(self.kinds.len())
        {
            return Err(ArtifactError::sample());
        }
        Ok(())
    }
}

/// A reporter whose output is closed after the first event.
struct Broken(io::ErrorKind, usize);

impl Consumer for Broken {
    type Error = io::Error;

    fn event(&mut self, _: &Event<'_>) -> io::Result<()> {
        self.1 += 1;
        Err(self.0.into())
    }
}

/// A reporter that works.
#[derive(Default)]
struct Listener {
    warnings: Vec<String>,
    others: usize,
}

impl Consumer for Listener {
    type Error = io::Error;

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Warning(text) => self.warnings.push((*text).to_owned()),
            _ => self.others += 1,
        }
        Ok(())
    }
}

struct Setup {
    host: Scripted,
    settings: Settings,
    inputs: usize,
    iterations: u32,
    recorder: Recorder,
    stop: Stop,
}

impl Setup {
    fn new(steps: impl IntoIterator<Item = Step>, inputs: usize) -> Self {
        let (_, stop) = Stopper::new();
        Self {
            host: Scripted::new(steps),
            settings: Settings {
                parallel: 1,
                run_delay: Duration::ZERO,
                timeout: Duration::from_secs(60),
                max_retries: 0,
                retry_delay: Duration::from_secs(5),
                fail_fast: false,
                gate: Gate {
                    max_failures: 0,
                    min_success_rate: None,
                },
                secrets: Secrets::new(["s3cret-value"]),
            },
            inputs,
            iterations: 1,
            recorder: Recorder::default(),
            stop,
        }
    }

    fn plan(&self) -> Plan {
        let inputs: Vec<_> = (0..self.inputs)
            .map(|n| RawInput {
                id: Some(format!("in{n}")),
                input: json!("hello"),
                persona: None,
                metadata: Map::new(),
                place: "inputs.yaml:1".to_owned(),
            })
            .collect();
        let mut config = crate::config::Config::sample();
        config.iterations = self.iterations.try_into().expect("at least 1");
        Plan::new(&config, &inputs, 7)
            .expect("a plan")
            .for_agent("agent")
    }

    async fn run(&mut self) -> Result<Finished, EngineError> {
        let plan = self.plan();
        let clock = ManualClock(Instant::now());
        let mut started = Started::new("test", "/none", "tests:agent", clock.now());
        started.planned = plan.len();
        let experiment = Experiment {
            plan: &plan,
            agent: "agent",
            settings: &self.settings,
            host: &self.host,
        };
        let mut consumers = Consumers::new(&mut self.recorder, Vec::new());
        experiment
            .run(started, &clock, self.stop.clone(), &mut consumers)
            .await
    }
}

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
        .map(|pair| pair[1] - pair[0] - Duration::from_secs(1))
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
        [Duration::from_secs(60), Duration::from_secs(59)]
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
