use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

use super::{
    AgentCall, AgentHost, Answer, Death, Ended, Logs, StartError, WorkerCommand,
    agent_time::AgentTime,
    process::{Fate, LiveWorker, Reports, RunEnd},
    socket::Addresses,
};
use crate::{
    agent::{Arguments, BindError},
    worker::protocol::{AgentInfo, ObserveOptions},
};

/// How long an agent may take to stop once it was told to, before its process is ended.
const CANCEL_GRACE: Duration = Duration::from_secs(1);
/// How often a worker may fail to start in a row before nothing is called any more.
const START_ATTEMPTS: u32 = 3;
/// Bindings asked for at once: enough to keep a worker busy, few enough to bound what is on its way.
const BIND_WINDOW: usize = 256;

/// How a [`WorkerHost`] works.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// The most calls in flight at once.
    pub parallel: usize,
    /// Call the suspects of a crash again, each alone; otherwise all of them count as crashed.
    pub crash_rerun: bool,
    /// Takes what the agents print.
    pub logs: Logs,
    /// What to record of what happens in calls; nothing where absent.
    pub observe: Option<ObserveOptions>,
}

/// Agents in a worker process that is replaced when it dies.
///
/// A worker that dies with one run in flight has said which run crashed. With several, each is run again
/// alone, in a worker of its own. An agent that ignores its deadline costs its worker: a thread that cannot
/// be stopped lets the others finish first, a runtime that does not answer ends at once and its other runs
/// are called again.
#[derive(Debug)]
pub struct WorkerHost {
    command: WorkerCommand,
    options: WorkerOptions,
    addresses: Mutex<Addresses>,
    current: Mutex<Arc<LiveWorker>>,
    /// Held while a worker starts: one is enough.
    starting: tokio::sync::Mutex<()>,
    /// Workers for suspects, at most one a core at a time.
    alone: Semaphore,
    agents: Vec<AgentInfo>,
}

impl WorkerHost {
    /// Starts the first worker.
    ///
    /// # Errors
    ///
    /// When it does not start, or is none.
    pub async fn start(command: WorkerCommand, options: WorkerOptions) -> Result<Self, StartError> {
        let addresses = Addresses::new().map_err(|source| StartError::Spawn {
            program: "its socket's folder".to_owned(),
            source,
        })?;
        let addresses = Mutex::new(addresses);
        let first = LiveWorker::start(&command, &options, &addresses).await?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            command,
            addresses,
            agents: first.agents.clone(),
            current: Mutex::new(Arc::new(first)),
            starting: tokio::sync::Mutex::default(),
            alone: Semaphore::new(cores.min(options.parallel)),
            options,
        })
    }

    /// The agents registered in the worker, sorted by id.
    #[must_use]
    pub fn agents(&self) -> &[AgentInfo] {
        &self.agents
    }

    /// Checks that arguments fit an agent, without calling it. One answer for each of the arguments, in their order.
    ///
    /// # Errors
    ///
    /// When the worker dies over it.
    pub async fn bind<'a>(
        &self,
        agent: &str,
        arguments: impl Iterator<Item = &'a Arguments>,
    ) -> io::Result<Vec<Option<BindError>>> {
        bind(&self.current(), agent, arguments).await
    }

    /// Ends the worker, and with it every process that it started.
    pub async fn shut_down(&self) {
        let worker = self.current();
        worker.shut_down().await;
    }

    /// Ends the worker at once, whatever it is doing.
    pub async fn kill(&self) {
        let worker = self.current();
        worker.kill();
        worker.shut_down().await;
    }

    fn current(&self) -> Arc<LiveWorker> {
        Arc::clone(&self.slot())
    }

    fn slot(&self) -> MutexGuard<'_, Arc<LiveWorker>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The worker that takes calls now; a new one where the last takes no more.
    async fn usable(&self) -> Result<Arc<LiveWorker>, StartError> {
        let current = self.current();
        if current.is_usable() {
            return Ok(current);
        }
        let _starting = self.starting.lock().await;
        let current = self.current();
        if current.is_usable() {
            return Ok(current);
        }
        let fresh = Arc::new(self.start_another().await?);
        *self.slot() = Arc::clone(&fresh);
        Ok(fresh)
    }

    async fn start_another(&self) -> Result<LiveWorker, StartError> {
        let mut failures = 0;
        loop {
            let started = LiveWorker::start(&self.command, &self.options, &self.addresses).await;
            failures += 1;
            if started.is_ok() || failures == START_ATTEMPTS {
                return started;
            }
        }
    }

    /// Runs a suspect of a crash with nothing beside it.
    async fn call_alone(&self, call: AgentCall<'_>, calls: u32) -> Answer {
        // Never closed, so a permit always comes.
        let _permit = self.alone.acquire().await;
        let worker = match self.start_another().await {
            Ok(worker) => worker,
            Err(error) => return unavailable(&error, calls),
        };
        let (end, duration) = call_worker(&worker, call, calls, LiveWorker::kill).await;
        // Killed at the end of this function: the next suspect gets one that is fresh.
        let ended = match end {
            End::Run(end) => ended(end),
            End::Died(fate) => Ended::Crashed(fate.death),
            End::TimedOut => Ended::TimedOut,
        };
        worker.kill();
        Answer {
            ended,
            duration,
            calls: calls + 1,
        }
    }
}

impl AgentHost for WorkerHost {
    async fn call(&self, call: AgentCall<'_>) -> Answer {
        let mut calls = 0;
        loop {
            let worker = match self.usable().await {
                Ok(worker) => worker,
                Err(error) => return unavailable(&error, calls),
            };
            let (end, duration) = call_worker(&worker, call.clone(), calls, LiveWorker::kill).await;
            calls += 1;
            let ended = match end {
                // Ended for another run's sake, which is over: this loop ends with the runs.
                End::Died(fate) if fate.killed => continue,
                End::Died(fate) if fate.in_flight > 1 && self.options.crash_rerun => {
                    return self.call_alone(call, calls).await;
                }
                End::Died(fate) => Ended::Crashed(fate.death),
                End::TimedOut => Ended::TimedOut,
                End::Run(end) => ended(end),
            };
            return Answer {
                ended,
                duration,
                calls,
            };
        }
    }
}

/// Asks a worker whether arguments fit an agent: an answer for each, in their order.
pub(super) async fn bind<'a>(
    worker: &LiveWorker,
    agent: &str,
    arguments: impl Iterator<Item = &'a Arguments>,
) -> io::Result<Vec<Option<BindError>>> {
    let mut answers = Vec::new();
    let mut asked = std::collections::VecDeque::new();
    let mut arguments = arguments.fuse();
    loop {
        while asked.len() < BIND_WINDOW
            && let Some(arguments) = arguments.next()
        {
            asked.push_back(worker.bind(agent, arguments));
        }
        match asked.pop_front() {
            None => return Ok(answers),
            Some(answer) => answers.push(answer.await.map_err(|_| {
                let death = worker
                    .fate()
                    .map_or_else(|| "it is gone".to_owned(), |fate| fate.death.to_string());
                io::Error::other(format!(
                    "the worker died while the inputs were checked: {death}"
                ))
            })?),
        }
    }
}

pub(super) fn unavailable(error: &StartError, calls: u32) -> Answer {
    Answer {
        ended: Ended::Unavailable(error.to_string()),
        duration: Duration::ZERO,
        calls,
    }
}

/// How a call of one worker ended.
pub(super) enum End {
    Run(RunEnd),
    Died(Fate),
    TimedOut,
}

/// Calls one worker, and sees to the deadline. `give_up` is for one that does not answer.
pub(super) async fn call_worker(
    worker: &LiveWorker,
    call: AgentCall<'_>,
    calls_before: u32,
    give_up: fn(&LiveWorker),
) -> (End, Duration) {
    let (open_questions, questions) = watch::channel(0);
    let reports = Reports {
        sender: call.reports,
        calls_before,
        open_questions,
    };
    let mut time = AgentTime::begin(questions);
    let (run, mut end) = worker.call(call.agent, call.arguments, call.context, reports);
    let ended = tokio::select! {
        biased;
        ended = &mut end => Some(ended),
        () = time.reaches(call.limit) => None,
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
            (End::TimedOut, call.limit)
        }
    }
}

pub(super) fn ended(end: RunEnd) -> Ended {
    match end {
        RunEnd::Returned(returned) => Ended::Returned(returned),
        RunEnd::Error(error) => Ended::Error(error),
        RunEnd::Panicked(panic) => Ended::Panicked(panic),
        RunEnd::Unbound(unbound) => Ended::Unbound(unbound),
        RunEnd::Died(fate) => Ended::Crashed(fate.death),
        // Nobody cancelled it: its worker was ending.
        RunEnd::Cancelled | RunEnd::Abandoned => Ended::Crashed(Death::unknown()),
    }
}
