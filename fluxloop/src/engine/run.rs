use std::{borrow::Cow, time::Duration};

use backon::{BackoffBuilder, ExponentialBuilder};
use jiff::Timestamp;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::{Clock, Settings, Stop, StopLevel, failure::outcome};
use crate::{
    event::{Failure, Outcome, Run},
    host::{AgentCall, AgentHost, Answer, Ended},
    plan::Case,
    worker::protocol::CallContext,
};

/// The longest pause before a retry.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// An attempt that failed and is followed by another.
#[derive(Debug)]
pub(super) struct Retry {
    pub(super) case: Case,
    pub(super) attempt: u32,
    pub(super) failure: Failure,
    pub(super) delay: Duration,
}

/// What every run of an experiment needs.
pub(super) struct Runner<'a, H> {
    pub(super) agent: &'a str,
    pub(super) settings: &'a Settings,
    pub(super) host: &'a H,
    pub(super) clock: &'a dyn Clock,
    pub(super) stop: Stop,
    pub(super) retries: mpsc::UnboundedSender<Retry>,
}

/// A run that ended; `unavailable` says why no other can be made.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) run: Run,
    pub(super) unavailable: Option<String>,
}

impl<H: AgentHost> Runner<'_, H> {
    /// Runs a case to its end: its attempts, and the pauses between them.
    pub(super) async fn run(&self, case: Case, started_at: Timestamp) -> Done {
        let began = Instant::now();
        let mut pauses = self.pauses(case.seed);
        let mut spent = Duration::ZERO;
        let mut attempts = 0;
        loop {
            let answer = self
                .attempt(&case, self.settings.timeout.saturating_sub(spent))
                .await;
            spent += answer.duration;
            attempts += answer.calls;
            let retryable = matches!(&answer.ended, Ended::Error(error) if error.transient);
            let unavailable = match &answer.ended {
                Ended::Unavailable(reason) => Some(reason.clone()),
                _ => None,
            };
            let outcome = outcome(answer.ended, self.settings.timeout, &self.settings.secrets);
            if retryable
                && spent < self.settings.timeout
                && let Outcome::Failed(failure) = &outcome
                && let Some(delay) = pauses.next()
                && self.pause(&case, attempts, failure, delay).await
            {
                continue;
            }
            let run = Run {
                trace_id: case.trace_id(),
                case,
                started_at,
                completed_at: self.clock.now(),
                duration: spent,
                wall: began.elapsed(),
                attempts,
                outcome,
            };
            return Done { run, unavailable };
        }
    }

    async fn attempt(&self, case: &Case, limit: Duration) -> Answer {
        let context = CallContext {
            iteration: case.iteration,
            turn: 1,
            seed: case.seed,
            persona: case.persona_json.as_deref().map(Cow::Borrowed),
            metadata: case.input.metadata.as_deref().map(Cow::Borrowed),
            conversation: None,
        };
        self.host
            .call(AgentCall {
                agent: self.agent,
                arguments: &case.input.arguments,
                context,
                limit,
            })
            .await
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
        let retry = Retry {
            case: case.clone(),
            attempt,
            failure: failure.clone(),
            delay,
        };
        // Nobody listens once the experiment has ended, and then nothing more is to be said.
        let _ = self.retries.send(retry);
        tokio::select! {
            () = sleep(delay) => true,
            () = stop.reaches(StopLevel::Drain) => false,
        }
    }
}
