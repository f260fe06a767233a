use std::time::Duration;

use serde_json::value::RawValue;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};

use super::{
    AgentCall, Death, Ended,
    agent_time::AgentTime,
    process::{Fate, LiveWorker, Reports, RunEnd},
};

/// How long user code may take to stop once it was told to, before its process is ended.
const CANCEL_GRACE: Duration = Duration::from_secs(1);

/// What a worker is to do.
#[derive(Clone, Debug)]
pub(super) enum Task<'a> {
    /// Run an agent once.
    Agent(AgentCall<'a>),
    /// Have a check look at a run.
    Check {
        check: &'a str,
        view: &'a RawValue,
        limit: Duration,
    },
}

/// How a task ended at a worker.
#[derive(Debug)]
pub(super) enum End {
    Run(RunEnd),
    Died(Fate),
    TimedOut,
    /// There is no worker.
    Unavailable(String),
}

impl Task<'_> {
    fn limit(&self) -> Duration {
        match self {
            Self::Agent(AgentCall { limit, .. }) | Self::Check { limit, .. } => *limit,
        }
    }

    /// Has one worker do it, and sees to the deadline. `give_up` is for one that does not answer.
    pub(super) async fn at(
        self,
        worker: &LiveWorker,
        calls_before: u32,
        give_up: fn(&LiveWorker),
    ) -> (End, Duration) {
        let (open_questions, questions) = watch::channel(0);
        let limit = self.limit();
        let mut time = AgentTime::begin(questions);
        let (run, mut end) = self.begin(worker, calls_before, open_questions);
        let ended = tokio::select! {
            biased;
            ended = &mut end => Some(ended),
            () = time.reaches(limit) => None,
        };
        match ended {
            Some(Ok((RunEnd::Died(fate), _))) => (End::Died(fate), time.spent()),
            Some(Ok((end, duration))) => (End::Run(end), duration.saturating_sub(time.waited())),
            // The worker's state is gone, which its death alone brings about.
            Some(Err(_)) => (End::TimedOut, time.spent()),
            None => {
                worker.cancel(run);
                match timeout(CANCEL_GRACE, end).await {
                    // A thread goes on: the others may finish, and nothing new starts beside it.
                    Ok(Ok((RunEnd::Abandoned, _))) => worker.retire(),
                    Ok(_) => {}
                    Err(_) => give_up(worker),
                }
                (End::TimedOut, limit)
            }
        }
    }

    fn begin(
        self,
        worker: &LiveWorker,
        calls_before: u32,
        open_questions: watch::Sender<usize>,
    ) -> (u64, oneshot::Receiver<(RunEnd, Duration)>) {
        match self {
            Self::Agent(call) => {
                let reports = Reports {
                    sender: call.reports,
                    calls_before,
                    open_questions,
                };
                worker.call(call.agent, call.arguments, call.context, reports)
            }
            Self::Check { check, view, .. } => {
                // It has nothing to tell before its end.
                let (sender, _) = mpsc::unbounded_channel();
                let reports = Reports {
                    sender,
                    calls_before,
                    open_questions,
                };
                worker.check(check, view, reports)
            }
        }
    }
}

impl End {
    /// The end of a call of an agent.
    pub(super) fn of_agent(self) -> Ended {
        match self {
            Self::Run(RunEnd::Returned(returned)) => Ended::Returned(returned),
            Self::Run(RunEnd::Error(error)) => Ended::Error(error),
            Self::Run(RunEnd::Panicked(panic)) => Ended::Panicked(panic),
            Self::Run(RunEnd::Unbound(unbound)) => Ended::Unbound(unbound),
            Self::Run(RunEnd::Died(fate)) | Self::Died(fate) => Ended::Crashed(fate.death),
            // Nobody cancelled it: its worker was ending. A call is no check.
            Self::Run(RunEnd::Cancelled | RunEnd::Abandoned | RunEnd::Checked(_)) => {
                Ended::Crashed(Death::unknown())
            }
            Self::TimedOut => Ended::TimedOut,
            Self::Unavailable(reason) => Ended::Unavailable(reason),
        }
    }
}
