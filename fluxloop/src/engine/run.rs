use std::{borrow::Cow, time::Duration};

use backon::{BackoffBuilder, ExponentialBuilder};
use jiff::Timestamp;
use serde_json::value::RawValue;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::{Clock, Settings, Stop, StopLevel, failure, talk::Talk};
use crate::{
    event::{ConversationEnd, Decided, Failure, FailureKind, Outcome, Run},
    host::{AgentCall, AgentHost, Answer, Ended, Returned},
    plan::Case,
    supervisor::{DecisionRequest, Said, Step, Supervisor},
    worker::protocol::CallContext,
};

/// The longest pause before a retry.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// What a run has to tell before its end.
#[derive(Debug)]
pub(super) enum Notice {
    /// An attempt failed and is followed by another.
    Retry {
        case: Case,
        attempt: u32,
        failure: Failure,
        delay: Duration,
    },
    /// A turn of a conversation begins.
    Turn {
        case: Case,
        turn: u32,
        /// Everything said, what the user says in this turn last.
        history: Vec<Said>,
    },
}

/// What every run of an experiment needs.
pub(super) struct Runner<'a, H> {
    pub(super) agent: &'a str,
    pub(super) settings: &'a Settings,
    pub(super) host: &'a H,
    pub(super) supervisor: Option<&'a Supervisor>,
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
        let mut talk = Talk::begin(&case);
        let mut fatal = None;
        let (outcome, end) = loop {
            self.tell_turn(&case, &talk);
            let output = match self.turn(&case, &mut talk).await {
                Turn::Answered(output) => output,
                Turn::Failed(failure, reason) => {
                    fatal = reason;
                    break (Outcome::Failed(failure), ConversationEnd::Error);
                }
            };
            talk.answered(&output);
            match self.decide(&case, &mut talk).await {
                Ok(None) => {}
                Ok(Some(end)) => break (Outcome::Returned(output), end),
                Err((failure, reason)) => {
                    fatal = reason;
                    break (Outcome::Failed(failure), ConversationEnd::Error);
                }
            }
        };
        let run = Run {
            trace_id: case.trace_id(),
            case,
            started_at,
            completed_at: self.clock.now(),
            duration: talk.spent,
            wall: began.elapsed(),
            attempts: talk.attempts,
            outcome,
            conversation: talk.record(end, self.supervisor),
        };
        Done { run, fatal }
    }

    fn tell_turn(&self, case: &Case, talk: &Talk) {
        if self.supervisor.is_some() {
            let history = talk.history().to_vec();
            self.tell(Notice::Turn {
                case: case.clone(),
                turn: talk.turn,
                history,
            });
        }
    }

    /// Nobody listens once the experiment has ended, and then nothing more is to be said.
    fn tell(&self, notice: Notice) {
        let _ = self.notices.send(notice);
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

    async fn attempt(&self, case: &Case, talk: &Talk) -> Answer {
        let context = CallContext {
            iteration: case.iteration,
            turn: talk.turn,
            seed: case.seed,
            persona: case.persona_json.as_deref().map(Cow::Borrowed),
            metadata: case.input.metadata.as_deref().map(Cow::Borrowed),
            conversation: talk.before().map(Cow::Owned),
            state: talk.state.as_deref().map(Cow::Borrowed),
            ask_before_tools: false,
        };
        let (reports, _) = mpsc::unbounded_channel();
        let call = AgentCall {
            agent: self.agent,
            arguments: talk.arguments(case),
            context,
            limit: self.settings.timeout.saturating_sub(talk.spent),
            reports,
        };
        self.host.call(call).await
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
        let decision = match supervisor.decide(&request).await {
            Ok(decision) => decision,
            Err(error) => {
                talk.used(error.usage);
                let message = self.settings.secrets.redact(&error.message).into_owned();
                let fatal = error.refused.then(|| Fatal::Refused(message.clone()));
                return Err((Failure::new(FailureKind::SupervisorError, message), fatal));
            }
        };
        let step = decision.step.clone();
        let decided_at = self.clock.now();
        talk.decided(Decided {
            turn: talk.turn,
            asked_at,
            decided_at,
            decision,
        });
        Ok(match step {
            Step::Continue(message) => {
                talk.goes_on(message);
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
        self.tell(Notice::Retry {
            case: case.clone(),
            attempt,
            failure: failure.clone(),
            delay,
        });
        tokio::select! {
            () = sleep(delay) => true,
            () = stop.reaches(StopLevel::Drain) => false,
        }
    }
}
