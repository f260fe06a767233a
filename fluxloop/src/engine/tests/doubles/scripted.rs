use std::{cell::RefCell, collections::VecDeque, time::Duration};

use serde_json::value::{RawValue, to_raw_value};
use tokio::time::{Instant, sleep};

use crate::{
    agent::{AgentError, Arguments},
    check::CheckResult,
    host::{AgentCall, AgentHost, Answer, CallReport, CheckCall, Checked, Death, Ended, Returned},
    worker::protocol::{Happening, Panic},
};

/// What the scripted agent does in one call.
#[derive(Clone)]
pub(in super::super) enum Step {
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

pub(in super::super) const QUICK: Step = Step::Echo {
    takes: Duration::from_millis(10),
};

/// Answers calls in the order they come, then echoes.
#[derive(Default)]
pub(in super::super) struct Scripted {
    pub(in super::super) steps: RefCell<VecDeque<Step>>,
    pub(in super::super) in_flight: RefCell<(usize, usize)>,
    pub(in super::super) limits: RefCell<Vec<Duration>>,
    pub(in super::super) seeds: RefCell<Vec<u64>>,
    pub(in super::super) starts: RefCell<Vec<Instant>>,
    pub(in super::super) inputs: RefCell<Vec<String>>,
    /// Of each call: turn, messages before, state.
    pub(in super::super) contexts: RefCell<Vec<(u32, usize, Option<String>)>>,
    /// Of each check: the run that it saw.
    pub(in super::super) views: RefCell<Vec<serde_json::Value>>,
}

impl Scripted {
    pub(super) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
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
