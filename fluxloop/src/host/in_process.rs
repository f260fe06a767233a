use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

#[cfg(not(unix))]
use tokio::io::{ReadHalf, WriteHalf};
use tokio::{runtime::Runtime, task::JoinHandle};

use super::{
    AgentCall, AgentHost, Answer, CheckCall, Checked, Death, StartError, check,
    greeting::Greeted,
    life::Life,
    process::LiveWorker,
    task::{End, Task},
    worker::bind,
};
#[cfg(not(unix))]
use crate::worker::in_process::EnginesEnd;
#[cfg(unix)]
use crate::worker::socket::split as halves;
use crate::{
    agent::{Arguments, BindError},
    worker::{
        Outbox,
        in_process::{self, LocalWorker},
        protocol::{AgentInfo, CheckInfo, ObserveOptions},
    },
};

/// How an [`InProcessHost`] works.
#[derive(Clone, Debug)]
pub struct InProcessOptions {
    /// The most calls in flight at once.
    pub parallel: usize,
    /// What to record of what happens in calls; nothing where absent.
    pub observe: Option<ObserveOptions>,
}

/// Agents in this process, on a runtime of their own.
///
/// It is a worker like any other but for what a process of its own would be needed for: an agent that ends the process
/// ends this one, and one that ignores its deadline is left behind with its thread. The calls that come after it get
/// another runtime.
#[derive(Debug)]
pub struct InProcessHost {
    options: InProcessOptions,
    current: Mutex<Arc<LiveWorker>>,
    /// Held while a worker starts: one is enough.
    starting: tokio::sync::Mutex<()>,
}

impl InProcessHost {
    /// Gets the agents ready that are linked into this program.
    ///
    /// # Errors
    ///
    /// When two agents are registered by the same name, or the system gives no threads.
    pub async fn start(options: InProcessOptions) -> Result<Self, StartError> {
        let first = start(&options).await?;
        Ok(Self {
            options,
            current: Mutex::new(Arc::new(first)),
            starting: tokio::sync::Mutex::default(),
        })
    }

    /// The agents that are linked into this program, sorted by id.
    #[must_use]
    pub fn agents(&self) -> Vec<AgentInfo> {
        self.slot().agents.clone()
    }

    /// The checks that are linked into this program, sorted by name.
    #[must_use]
    pub fn checks(&self) -> Vec<CheckInfo> {
        self.slot().checks.clone()
    }

    /// Checks that arguments fit an agent, without calling it. One answer for each of the arguments, in their order.
    ///
    /// # Errors
    ///
    /// When the agents are being shut down.
    pub async fn bind<'a>(
        &self,
        agent: &str,
        arguments: impl Iterator<Item = &'a Arguments>,
    ) -> io::Result<Vec<Option<BindError>>> {
        let worker = Arc::clone(&self.slot());
        bind(&worker, agent, arguments).await
    }

    /// Ends the runtime of the agents. A thread that one of them blocks stays.
    pub async fn shut_down(&self) {
        let worker = Arc::clone(&self.slot());
        worker.shut_down().await;
    }

    fn slot(&self) -> MutexGuard<'_, Arc<LiveWorker>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The worker that takes calls now; a new one where the last takes no more.
    async fn usable(&self) -> Result<Arc<LiveWorker>, StartError> {
        let _starting = self.starting.lock().await;
        let current = Arc::clone(&self.slot());
        if current.is_usable() {
            return Ok(current);
        }
        let fresh = Arc::new(start(&self.options).await?);
        *self.slot() = Arc::clone(&fresh);
        Ok(fresh)
    }
}

impl InProcessHost {
    /// Has a task done. Nobody can end what it blocks: the runs beside it go on, and those that follow do without it.
    async fn carry_out(&self, task: Task<'_>) -> (End, Duration) {
        match self.usable().await {
            Ok(worker) => task.at(&worker, 0, LiveWorker::retire).await,
            Err(error) => (End::Unavailable(error.to_string()), Duration::ZERO),
        }
    }
}

impl AgentHost for InProcessHost {
    async fn call(&self, call: AgentCall<'_>) -> Answer {
        let (end, duration) = self.carry_out(Task::Agent(call)).await;
        Answer {
            calls: u32::from(!matches!(end, End::Unavailable(_))),
            ended: end.of_agent(),
            duration,
        }
    }

    async fn check(&self, call: CheckCall<'_>) -> Checked {
        check::look(call, async |task| self.carry_out(task).await.0).await
    }
}

async fn start(options: &InProcessOptions) -> Result<LiveWorker, StartError> {
    let failed = |why: &dyn std::fmt::Display| StartError::InProcess(why.to_string());
    let LocalWorker {
        runtime,
        serving,
        connection,
        outbox,
    } = in_process::start(options.parallel, options.observe.as_ref())
        .map_err(|error| failed(&error))?;
    let life = RuntimeLife {
        runtime: Some(runtime),
        serving: Some(serving),
        outbox,
    };
    let connection = halves(connection).map_err(|error| failed(&error))?;
    let greeted = Greeted::over(connection).await;
    let greeted = greeted.ok_or_else(|| failed(&"they were shut down"))?;
    Ok(LiveWorker::supervised(life, greeted))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "a socket can fail")]
fn halves(connection: EnginesEnd) -> io::Result<(ReadHalf<EnginesEnd>, WriteHalf<EnginesEnd>)> {
    Ok(tokio::io::split(connection))
}

/// The runtime of agents in this process.
struct RuntimeLife {
    runtime: Option<Runtime>,
    serving: Option<JoinHandle<()>>,
    outbox: Arc<Outbox>,
}

impl Life for RuntimeLife {
    async fn end(&mut self) -> Death {
        if let Some(serving) = &mut self.serving {
            // How it ended does not matter to anybody.
            let _ = serving.await;
            self.serving = None;
        }
        Death::unknown()
    }

    /// Tasks end at their next await. Nobody waits for threads that agents block.
    fn kill(&mut self) {
        // Nobody reads it any more: whoever waits to write or to be written goes on.
        self.outbox.abandon();
        self.serving = None;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    /// What is printed goes where this process prints.
    async fn drain(self) {}
}

impl Drop for RuntimeLife {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The thread that writes where agents block holds on to what is to be written: it has to end as well.
    #[tokio::test]
    async fn nothing_is_left_of_a_worker_that_was_ended() {
        let observe = ObserveOptions {
            filter: "info".to_owned(),
            max_value_bytes: 1_000,
            own_subscriber: false,
        };
        let worker = in_process::start(1, Some(&observe)).unwrap();
        let outbox = Arc::downgrade(&worker.outbox);
        drop(RuntimeLife {
            runtime: Some(worker.runtime),
            serving: Some(worker.serving),
            outbox: worker.outbox,
        });
        while outbox.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
    }
}
