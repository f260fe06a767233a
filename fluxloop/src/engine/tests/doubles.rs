//! A scripted host, a manual clock, and consumers that remember.

use std::{cell::RefCell, collections::VecDeque, fmt::Write as _, io, time::Duration};

use jiff::Timestamp;
use serde_json::{
    json,
    value::{RawValue, to_raw_value},
};
use tokio::time::{Instant, sleep};

use crate::engine::{
    Approver, Clock, Consumers, EngineError, Experiment, Settings, Stop, StopLevel, Stopper,
    ToolSight,
};
use crate::{
    agent::{AgentError, Arguments},
    artifact::ArtifactError,
    check::CheckResult,
    config::{Gate, Pricing},
    event::{
        Consumer, ConversationRecord, Event, FailureKind, Finished, Observation, Started, What,
    },
    expect::{JudgedCheck, sample},
    host::{AgentCall, AgentHost, Answer, CallReport, CheckCall, Checked, Death, Ended, Returned},
    input::RawInput,
    plan::Plan,
    secret::Secrets,
    supervisor::Supervisor,
    worker::protocol::{Happening, Panic, Usage},
};

/// What the scripted agent does in one call.
#[derive(Clone)]
pub(super) enum Step {
    Echo {
        takes: Duration,
    },
    /// Answers, and keeps this state.
    Keep(&'static str),
    Err {
        transient: bool,
    },
    /// Tells of these happenings, a millisecond apart, and answers.
    Tell(Vec<Happening<'static>>),
    /// Tells of these happenings, and fails in a way that may pass.
    TellAndFail(Vec<Happening<'static>>),
    /// Tells of these happenings, and dies.
    TellAndCrash(Vec<Happening<'static>>),
    Crash,
    Unavailable,
    Hang,
}

pub(super) const QUICK: Step = Step::Echo {
    takes: Duration::from_millis(10),
};

/// Answers calls in the order they come, then echoes.
#[derive(Default)]
pub(super) struct Scripted {
    pub(super) steps: RefCell<VecDeque<Step>>,
    pub(super) in_flight: RefCell<(usize, usize)>,
    pub(super) limits: RefCell<Vec<Duration>>,
    pub(super) seeds: RefCell<Vec<u64>>,
    pub(super) starts: RefCell<Vec<Instant>>,
    pub(super) inputs: RefCell<Vec<String>>,
    /// Of each call: turn, messages before, state.
    pub(super) contexts: RefCell<Vec<(u32, usize, Option<String>)>>,
    /// Of each check: the run that it saw.
    pub(super) views: RefCell<Vec<serde_json::Value>>,
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
        if let Arguments::Input(input) = call.arguments {
            self.inputs.borrow_mut().push(input.get().to_owned());
        }
        let before: Vec<serde_json::Value> = call
            .context
            .conversation
            .as_deref()
            .map_or_else(Vec::new, |messages| {
                serde_json::from_str(messages.get()).expect("messages")
            });
        let state = call
            .context
            .state
            .as_deref()
            .map(|state| state.get().to_owned());
        self.contexts
            .borrow_mut()
            .push((call.context.turn, before.len(), state));
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
                Ended::Returned(Returned {
                    output: to_raw_value(&"said s3cret-value").expect("a string"),
                    state: None,
                })
            }
            Step::Keep(state) => Ended::Returned(Returned {
                output: to_raw_value("kept").expect("a string"),
                state: Some(RawValue::from_string(state.to_owned()).expect("JSON")),
            }),
            Step::Err { transient } => {
                sleep(Duration::from_secs(1)).await;
                let message = "no answer, the key was s3cret-value".to_owned();
                Ended::Error(AgentError {
                    message,
                    causes: vec!["s3cret-value".to_owned()],
                    transient,
                })
            }
            Step::Tell(happenings) => {
                tell(&call, happenings);
                Ended::Returned(Returned {
                    output: to_raw_value("told").expect("a string"),
                    state: None,
                })
            }
            Step::TellAndCrash(happenings) => {
                tell(&call, happenings);
                Ended::Crashed(ABORTED)
            }
            Step::TellAndFail(happenings) => {
                tell(&call, happenings);
                Ended::Error(busy())
            }
            Step::Crash => Ended::Crashed(ABORTED),
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

    async fn check(&self, call: CheckCall<'_>) -> Checked {
        self.limits.borrow_mut().push(call.limit);
        self.judge(call)
    }
}

impl Scripted {
    /// What a check says goes by its name.
    fn judge(&self, call: CheckCall<'_>) -> Checked {
        let view = serde_json::to_value(&**call.view).expect("plain data");
        self.views.borrow_mut().push(view);
        match call.check {
            "polite" => Checked::Judged(CheckResult::Passed),
            "rude" => Checked::Judged(CheckResult::failed("it said s3cret-value")),
            "torn" => Checked::Judged(CheckResult::not_judged("who knows")),
            "panics" => Checked::Panicked(Panic {
                message: "assertion failed\n  left: 1".to_owned(),
                file: Some("src/checks.rs".to_owned()),
                line: Some(7),
            }),
            "endless" => Checked::TimedOut,
            "aborts" => Checked::Crashed(ABORTED),
            other => Checked::Unavailable(format!("no `{other}`")),
        }
    }
}

const ABORTED: Death = Death {
    signal: Some(6),
    exit_code: None,
    hung_up: false,
};

fn busy() -> AgentError {
    AgentError {
        message: "busy".to_owned(),
        causes: Vec::new(),
        transient: true,
    }
}

fn tell(call: &AgentCall<'_>, happenings: Vec<Happening<'static>>) {
    for (number, what) in (0..).zip(happenings) {
        let report = CallReport::Observed {
            calls_before: 0,
            at_ns: number * 1_000_000,
            what,
        };
        call.reports.send(report).expect("the engine listens");
    }
}

/// Time as the paused runtime counts it.
pub(super) struct ManualClock(Instant);

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.0.elapsed()
    }
}

/// Keeps what matters of every event, and may fail.
#[derive(Default)]
pub(super) struct Recorder {
    pub(super) lines: Vec<String>,
    pub(super) kinds: Vec<Option<FailureKind>>,
    pub(super) durations: Vec<Duration>,
    pub(super) walls: Vec<Duration>,
    pub(super) attempts: Vec<u32>,
    pub(super) texts: String,
    pub(super) fail_at_run: Option<usize>,
    pub(super) stop_at_run: Option<(usize, Stopper, StopLevel)>,
    pub(super) stop_at_turn: Option<(u32, Stopper, StopLevel)>,
    pub(super) conversations: Vec<ConversationRecord>,
    pub(super) observations: Vec<String>,
    pub(super) usages: Vec<Option<Usage>>,
    pub(super) dropped: Vec<u64>,
    pub(super) costs: Vec<Option<f64>>,
    pub(super) checks: Vec<Vec<JudgedCheck>>,
}

impl Recorder {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::ExperimentStarted(started) => {
                self.lines.push(format!("started {}", started.planned));
            }
            Event::RunStarted(case) => self.lines.push(format!("> {}", case.name)),
            Event::Observed { run, observation } => self.observe(*run, observation),
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
            Event::TurnStarted {
                case,
                turn,
                max_turns,
                says,
            } => {
                self.lines
                    .push(format!("> {} {turn}/{max_turns}: {says}", case.trace_id()));
                if let Some((at, stopper, level)) = &self.stop_at_turn
                    && turn == at
                {
                    stopper.ask(*level);
                }
            }
            Event::RunFinished { run, so_far } => {
                if let Some(output) = run.outcome.output() {
                    self.texts.push_str(output.get());
                }
                let failure = run.outcome.failure();
                if let Some(failure) = failure {
                    self.texts
                        .push_str(&serde_json::to_string(failure).expect("plain data"));
                }
                let word = if failure.is_some() { "FAILED" } else { "ok" };
                let kind = failure.map(|failure| failure.kind);
                self.lines.push(format!(
                    "< {} {word} ({})",
                    run.trace_id,
                    so_far.counts().total
                ));
                self.kinds.push(kind);
                self.durations.push(run.duration);
                self.walls.push(run.wall);
                self.attempts.push(run.attempts);
                self.conversations.extend(run.conversation.clone());
                self.usages.push(run.usage);
                self.costs.push(run.cost);
                self.checks.push(run.checks.clone());
                self.dropped.push(run.observations_dropped);
                if let Some((at, stopper, level)) = &self.stop_at_run
                    && self.kinds.len() == *at
                {
                    stopper.ask(*level);
                }
            }
            Event::Warning(text) => self.lines.push(format!("warning {text}")),
            Event::Interrupted { in_flight } => {
                self.lines.push(format!("interrupted with {in_flight}"));
            }
            Event::ExperimentFinished(finished) => {
                self.lines
                    .push(format!("finished, interrupted: {}", finished.interrupted));
            }
        }
    }
}

impl Recorder {
    /// How often the supervisor has decided.
    pub(super) fn decisions(&self) -> usize {
        let ends = self
            .observations
            .iter()
            .filter(|line| line.contains("< decision_"));
        ends.count()
    }

    /// `<run> > <id> in <parent>: <kind> <name> <attributes>`, `<` for an end, `.` for a moment.
    fn observe(&mut self, run: u64, observation: &Observation<'_>) {
        let mut line = String::new();
        let (sign, more) = match &observation.what {
            What::Start { input } => (">", text(input.as_deref())),
            What::Moment { input, .. } => (".", text(input.as_deref())),
            What::End(ended) => {
                let error = serde_json::to_string(&ended.error).expect("plain data");
                let error = if ended.error.is_some() {
                    error
                } else {
                    String::new()
                };
                let input = ended.input.as_deref();
                let input = input.map_or_else(String::new, |input| format!("for {input} "));
                (
                    "<",
                    format!(
                        "{input}{}{error} after {:?}",
                        text(ended.output.as_deref()),
                        ended.duration
                    ),
                )
            }
        };
        write!(line, "{run} {sign}").expect("a string");
        for (word, id) in [(" ", observation.id), (" in ", observation.parent)] {
            if let Some(id) = id {
                write!(line, "{word}{id}").expect("a string");
            }
        }
        write!(line, ": {:?} {} {more}", observation.kind, observation.name).expect("a string");
        if let Some(attributes) = &observation.attributes {
            write!(line, " {attributes}").expect("a string");
        }
        self.observations.push(line);
    }
}

fn text(json: Option<&RawValue>) -> String {
    json.map(|json| json.get().to_owned()).unwrap_or_default()
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
pub(super) struct Broken(pub(super) io::ErrorKind, pub(super) usize);

impl Consumer for Broken {
    type Error = io::Error;

    fn event(&mut self, _: &Event<'_>) -> io::Result<()> {
        self.1 += 1;
        Err(self.0.into())
    }
}

/// A reporter that works.
#[derive(Default)]
pub(super) struct Listener {
    pub(super) warnings: Vec<String>,
    pub(super) others: usize,
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

pub(super) struct Setup {
    pub(super) host: Scripted,
    pub(super) settings: Settings,
    pub(super) inputs: usize,
    pub(super) iterations: u32,
    pub(super) recorder: Recorder,
    pub(super) stop: Stop,
    pub(super) supervisor: Option<Supervisor>,
    /// What is expected of all runs.
    pub(super) expect: serde_json::Value,
    /// The checks that all runs are judged by.
    pub(super) checks: Vec<&'static str>,
}

impl Setup {
    pub(super) fn new(steps: impl IntoIterator<Item = Step>, inputs: usize) -> Self {
        let (_, stop) = Stopper::new();
        Self {
            host: Scripted::new(steps),
            settings: Settings {
                parallel: 1,
                run_delay: Duration::ZERO,
                timeout: Duration::from_mins(1),
                max_retries: 0,
                retry_delay: Duration::from_secs(5),
                max_turns: 8,
                min_turns: 1,
                fail_fast: false,
                gate: Gate {
                    max_failures: 0,
                    min_success_rate: None,
                    min_case_pass_rate: None,
                },
                max_observations: 10_000,
                pricing: Pricing::default(),
                tools: ToolSight::All,
                secrets: Secrets::new(["s3cret-value"]),
            },
            inputs,
            iterations: 1,
            recorder: Recorder::default(),
            stop,
            supervisor: None,
            expect: json!({}),
            checks: Vec::new(),
        }
    }

    fn plan(&self) -> Plan {
        let inputs: Vec<_> = (0..self.inputs)
            .map(|n| RawInput {
                id: Some(format!("in{n}")),
                input: json!("hello"),
                place: "inputs.yaml:1".to_owned(),
                ..RawInput::default()
            })
            .collect();
        let mut config = crate::config::Config::sample();
        (config.expect, config.checks) = sample(&self.expect, &self.checks);
        config.secrets = self.settings.secrets.clone();
        config.iterations = self.iterations.try_into().expect("at least 1");
        Plan::new(&config, &inputs, 7)
            .expect("a plan")
            .for_agent("agent")
    }

    pub(super) async fn run(&mut self) -> Result<Finished, EngineError> {
        let host = std::mem::take(&mut self.host);
        let finished = self.run_at(&host, None).await;
        self.host = host;
        finished
    }

    /// Runs at another host, with somebody who allows tools.
    pub(super) async fn run_at(
        &mut self,
        host: &impl AgentHost,
        approver: Option<&dyn Approver>,
    ) -> Result<Finished, EngineError> {
        let plan = self.plan();
        let clock = ManualClock(Instant::now());
        let mut started = Started::new("test", "/none", "tests:agent", clock.now());
        started.planned = plan.len();
        let experiment = Experiment {
            plan: &plan,
            agent: "agent",
            settings: &self.settings,
            host,
            supervisor: self.supervisor.as_ref(),
            approver,
        };
        let mut consumers = Consumers::new(&mut self.recorder, Vec::new());
        experiment
            .run(started, &clock, self.stop.clone(), &mut consumers)
            .await
    }
}
