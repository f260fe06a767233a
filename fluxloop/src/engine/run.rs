use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use jiff::Timestamp;
use serde_json::value::RawValue;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::{
    Approver, Clock, Settings, Stop, StopLevel, failure,
    notice::{Decided, Notice, Told, TurnBegan, TurnEnd},
    recording::mask,
    talk::Talk,
};
use crate::{
    event::{ConversationEnd, Failure, FailureKind, Outcome, Run},
    host::{AgentHost, Ended, Returned},
    plan::Case,
    supervisor::{DecisionRequest, Step, Supervisor},
};

/// The longest pause before a retry.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// What every run of an experiment needs.
pub(super) struct Runner<'a, H> {
    pub(super) agent: &'a str,
    pub(super) settings: &'a Settings,
    pub(super) host: &'a H,
    pub(super) supervisor: Option<&'a Supervisor>,
    /// Who allows tools; where there is nobody, every tool is allowed.
    pub(super) approver: Option<&'a dyn Approver>,
    pub(super) clock: &'a dyn Clock,
    pub(super) stop: Stop,
    pub(super) notices: mpsc::UnboundedSender<Notice>,
}

/// A run that ended; `fatal` says why no other can succeed.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) run: Run,
    pub(super) fatal: Option<Fatal>,
}

/// What ends an experiment.
#[derive(Debug)]
pub(super) enum Fatal {
    /// No worker can be started any more.
    Unavailable(String),
    /// The supervisor's provider refuses the key.
    Refused(String),
}

/// How a turn ended.
enum Turn {
    Answered(Box<RawValue>),
    Failed(Failure, Option<Fatal>),
}

impl<H: AgentHost> Runner<'_, H> {
    /// Runs a case to its end: one turn, or a conversation as long as the supervisor goes on.
    pub(super) async fn run(&self, case: Case, started_at: Timestamp) -> Done {
        let began = Instant::now();
        let mut talk = Talk::begin(&case, self.supervisor.is_some());
        let mut fatal = None;
        let (outcome, end) = loop {
            self.turn_begins(&case, &talk);
            let spent_before = talk.spent;
            let turn = self.turn(&case, &mut talk).await;
            self.turn_ends(&case, &talk, spent_before, &turn);
            let output = match turn {
                Turn::Answered(output) => output,
                Turn::Failed(failure, reason) => {
                    fatal = reason;
                    break (Outcome::Failed(failure), ConversationEnd::Error);
                }
            };
            talk.answers(&output);
            match self.decide(&case, &mut talk).await {
                Ok(None) => {}
                Ok(Some(end)) => break (Outcome::Returned(output), end),
                Err((failure, reason)) => {
                    fatal = reason;
                    break (Outcome::Failed(failure), ConversationEnd::Error);
                }
            }
        };
        let answered = std::mem::take(&mut talk.answered);
        let mut run = Run {
            trace_id: case.trace_id(),
            case,
            started_at,
            completed_at: self.clock.now(),
            duration: talk.spent,
            wall: began.elapsed(),
            attempts: talk.attempts,
            outcome,
            checks: Vec::new(),
            usage: None,
            cost: None,
            observations_dropped: 0,
            conversation: talk.record(end, self.supervisor),
        };
        if self.judge(&mut run, answered).await {
            run.completed_at = self.clock.now();
            run.wall = began.elapsed();
        }
        Done { run, fatal }
    }

    fn turn_begins(&self, case: &Case, talk: &Talk) {
        if self.supervisor.is_some() {
            let began = TurnBegan {
                case: case.clone(),
                turn: talk.turn,
                at: self.clock.now(),
                history: talk.history().to_vec(),
            };
            self.tell(case, Told::TurnBegan(Box::new(began)));
        }
    }

    fn turn_ends(&self, case: &Case, talk: &Talk, spent_before: Duration, turn: &Turn) {
        if self.supervisor.is_some() {
            let end = TurnEnd {
                turn: talk.turn,
                at: self.clock.now(),
                duration: talk.spent.saturating_sub(spent_before),
                result: match turn {
                    Turn::Answered(output) => Ok(output.clone()),
                    Turn::Failed(failure, _) => Err(failure.clone()),
                },
            };
            self.tell(case, Told::TurnEnded(Box::new(end)));
        }
    }

    /// Nobody listens once the experiment has ended, and then nothing more is to be said.
    pub(super) fn tell(&self, case: &Case, what: Told) {
        let case = case.index;
        let _ = self.notices.send(Notice { case, what });
    }

    /// Gets one answer from the agent: its attempts, and the pauses between them.
    async fn turn(&self, case: &Case, talk: &mut Talk) -> Turn {
        let mut pauses = self.pauses(case.seed);
        loop {
            let answer = self.attempt(case, talk).await;
            talk.spent += answer.duration;
            talk.attempts += answer.calls;
            let retryable = matches!(&answer.ended, Ended::Error(error) if error.transient);
            let fatal = match &answer.ended {
                Ended::Unavailable(reason) => Some(Fatal::Unavailable(reason.clone())),
                _ => None,
            };
            let failure = match failure::answer(
                answer.ended,
                self.settings.timeout,
                &self.settings.secrets,
            ) {
                Ok(Returned { output, state }) => {
                    talk.state = state.or(talk.state.take());
                    return Turn::Answered(self.settings.secrets.redact_json(&output).into_owned());
                }
                Err(failure) => failure,
            };
            if retryable
                && talk.spent < self.settings.timeout
                && let Some(delay) = pauses.next()
                && self.pause(case, talk.attempts, &failure, delay).await
            {
                continue;
            }
            return Turn::Failed(failure, fatal);
        }
    }

    /// Asks the supervisor how the conversation goes on. `None`: the user has said something.
    async fn decide(
        &self,
        case: &Case,
        talk: &mut Talk,
    ) -> Result<Option<ConversationEnd>, (Failure, Option<Fatal>)> {
        let Some(supervisor) = self.supervisor else {
            return Ok(Some(ConversationEnd::Stopped(None)));
        };
        if talk.turn >= self.settings.max_turns {
            return Ok(Some(ConversationEnd::MaxTurns));
        }
        let request = DecisionRequest {
            case,
            turn: talk.turn,
            max_turns: self.settings.max_turns,
            may_stop: talk.turn >= self.settings.min_turns,
            history: talk.history(),
        };
        let asked_at = self.clock.now();
        let result = supervisor.decide(&request).await;
        let decided = Decided {
            turn: talk.turn,
            asked_at,
            at: self.clock.now(),
            result: mask::decision(result, &self.settings.secrets),
        };
        let step = match &decided.result {
            Ok(decision) => Ok(decision.step.clone()),
            Err(error) => {
                let fatal = error.refused.then(|| Fatal::Refused(error.message.clone()));
                let failure = Failure::new(FailureKind::SupervisorError, &error.message);
                Err((failure, fatal))
            }
        };
        self.tell(case, Told::Decided(Box::new(decided)));
        Ok(match step? {
            Step::Continue(message) => {
                talk.goes_on(case, message);
                None
            }
            Step::Stop { reason, closing } => {
                if let Some(closing) = closing {
                    talk.closes(closing);
                }
                Some(ConversationEnd::Stopped(reason))
            }
        })
    }

    fn pauses(&self, seed: u64) -> backon::ExponentialBackoff {
        ExponentialBuilder::new()
            .with_min_delay(self.settings.retry_delay)
            .with_max_delay(LONGEST_PAUSE.max(self.settings.retry_delay))
            .with_factor(2.0)
            .with_jitter()
            .with_jitter_seed(seed)
            .with_max_times(usize::try_from(self.settings.max_retries).unwrap_or(usize::MAX))
            .build()
    }

    /// Waits before another attempt. `false` where the experiment ends meanwhile.
    async fn pause(&self, case: &Case, attempt: u32, failure: &Failure, delay: Duration) -> bool {
        let mut stop = self.stop.clone();
        if stop.level() > StopLevel::Run {
            return false;
        }
        let retry = Told::Retry {
            case: Box::new(case.clone()),
            attempt,
            failure: Box::new(failure.clone()),
            delay,
        };
        self.tell(case, retry);
        tokio::select! {
            () = sleep(delay) => true,
            () = stop.reaches(StopLevel::Drain) => false,
        }
    }
}
