use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Semaphore;

use super::{
    AgentCall, AgentHost, Answer, CheckCall, Checked, Logs, StartError, WorkerCommand, check,
    process::LiveWorker,
    socket::Addresses,
    task::{End, Task},
};
use crate::{
    agent::{Arguments, BindError},
    worker::protocol::{AgentInfo, CheckInfo, ObserveOptions},
};

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
    checks: Vec<CheckInfo>,
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
            checks: first.checks.clone(),
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

    /// The checks registered in the worker, sorted by name.
    #[must_use]
    pub fn checks(&self) -> &[CheckInfo] {
        &self.checks
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
        let worker = self.current();
        bind(&worker, agent, arguments).await
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

    /// Has a task done, by as many workers as it takes.
    async fn carry_out(&self, task: Task<'_>) -> Done {
        let mut calls = 0;
        loop {
            let worker = match self.usable().await {
                Ok(worker) => worker,
                Err(error) => return Done::unavailable(&error, calls),
            };
            let (end, duration) = task.clone().at(&worker, calls, LiveWorker::kill).await;
            calls += 1;
            match &end {
                // Ended for another run's sake, which is over: this loop ends with the runs.
                End::Died(fate) if fate.killed => {}
                End::Died(fate) if fate.in_flight > 1 && self.options.crash_rerun => {
                    return self.carry_out_alone(task, calls).await;
                }
                _ => {
                    return Done {
                        end,
                        duration,
                        calls,
                    };
                }
            }
        }
    }

    /// Has a suspect of a crash done with nothing beside it.
    async fn carry_out_alone(&self, task: Task<'_>, calls: u32) -> Done {
        // Never closed, so a permit always comes.
        let _permit = self.alone.acquire().await;
        let worker = match self.start_another().await {
            Ok(worker) => worker,
            Err(error) => return Done::unavailable(&error, calls),
        };
        let (end, duration) = task.at(&worker, calls, LiveWorker::kill).await;
        // The next suspect gets one that is fresh.
        worker.kill();
        Done {
            end,
            duration,
            calls: calls + 1,
        }
    }
}

/// A task that was carried out.
struct Done {
    end: End,
    duration: Duration,
    /// How often it was begun.
    calls: u32,
}

impl Done {
    fn unavailable(error: &StartError, calls: u32) -> Self {
        Self {
            end: End::Unavailable(error.to_string()),
            duration: Duration::ZERO,
            calls,
        }
    }
}

impl AgentHost for WorkerHost {
    async fn call(&self, call: AgentCall<'_>) -> Answer {
        let done = self.carry_out(Task::Agent(call)).await;
        Answer {
            ended: done.end.of_agent(),
            duration: done.duration,
            calls: done.calls,
        }
    }

    async fn check(&self, call: CheckCall<'_>) -> Checked {
        check::look(call, async |task| self.carry_out(task).await.end).await
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
