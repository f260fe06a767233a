use std::{
    io,
    path::PathBuf,
    pin::pin,
    sync::{Arc, mpsc},
    thread::JoinHandle,
};

use tokio::sync::mpsc::UnboundedReceiver;

use super::{
    HarnessError,
    desk::{Answers, Desk},
    nextest::Nextest,
    report,
    suite::Suite,
};
use crate::{
    artifact::{Artifacts, ExperimentDirectory, GitQuestion, GitState, SharedExperiment},
    engine::{
        Approver, Clock as _, Consumers, Experiment, NobodyToAsk, Settings, Signals, Stop,
        StopLevel, Stopper, SystemClock,
    },
    event::{Consumer, Finished, Started},
    host::{Logs, WorkerCommand, WorkerHost, WorkerOptions},
    plan::Plan,
    setup::{Unfit, UnknownCheck},
};

/// An experiment that runs the cases that tests ask for, on a thread of its own.
#[derive(Debug)]
pub(super) struct Session {
    thread: JoinHandle<Result<Finished, HarnessError>>,
    desk: Arc<Desk>,
    directory: PathBuf,
    name: Option<String>,
}

/// An experiment that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) finished: Finished,
    /// Its directory.
    pub(super) directory: PathBuf,
    /// What leads its tests' names, where there are several configurations.
    pub(super) name: Option<String>,
}

impl Session {
    /// Starts the worker, checks the inputs of the selected cases, and makes the experiment's directory.
    pub(super) fn start(
        suite: Suite,
        selected: Vec<u64>,
        nextest: Option<Nextest>,
    ) -> Result<Self, HarnessError> {
        let whole = suite.plan.clone();
        let plan = suite.plan.clone().only(selected);
        let suite = Suite { plan, ..suite };
        let desk = Arc::clone(&suite.desk);
        let name = suite.prefix.clone();
        let demands = desk.open();
        let (ready, is_ready) = mpsc::sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("fluxloop-engine".to_owned())
            .spawn(move || {
                serve(
                    (suite, nextest.map(|nextest| (nextest, whole))),
                    demands,
                    &ready,
                )
            })
            .map_err(HarnessError::system("cannot start the engine's thread"))?;
        match is_ready.recv() {
            Ok(directory) => Ok(Self {
                thread,
                desk,
                directory,
                name,
            }),
            // It ended before it was ready, and says why.
            Err(_) => Err(ended(thread).err().unwrap_or(HarnessError::Interrupted)),
        }
    }

    /// Ends the experiment: no further case comes.
    pub(super) fn finish(self) -> Result<Ended, HarnessError> {
        self.desk.close();
        Ok(Ended {
            finished: ended(self.thread)?,
            directory: self.directory,
            name: self.name,
        })
    }
}

fn ended(thread: JoinHandle<Result<Finished, HarnessError>>) -> Result<Finished, HarnessError> {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The engine's thread.
fn serve(
    (suite, shared): (Suite, Option<(Nextest, Plan)>),
    demands: UnboundedReceiver<u64>,
    ready: &mpsc::SyncSender<PathBuf>,
) -> Result<Finished, HarnessError> {
    // However this ends: nobody must wait for it any more.
    let _end = EndOfDesk(Arc::clone(&suite.desk));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(HarnessError::system("cannot start the runtime"))?;
    runtime.block_on(async {
        let mut signals =
            Signals::listen().map_err(HarnessError::system("cannot listen for signals"))?;
        let logs = Logs::new(suite.setup.config.secrets.clone());
        let host = tokio::select! {
            host = host(&suite, &logs) => host?,
            () = signals.next() => return Err(HarnessError::Interrupted),
        };
        let run = Run {
            suite,
            shared,
            logs,
            ready,
        };
        run.to_the_end(&host, signals, demands).await
    })
}

struct EndOfDesk(Arc<Desk>);

impl Drop for EndOfDesk {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Starts this program as a worker, and has it say whether the inputs fit the agent.
async fn host(suite: &Suite, logs: &Logs) -> Result<WorkerHost, HarnessError> {
    let config = &suite.setup.config;
    if let Some(supervisor) = &suite.setup.supervisor {
        supervisor.open().map_err(crate::setup::SetupError::from)?;
    }
    let program = std::env::current_exe()
        .map_err(HarnessError::system("cannot find this program's own file"))?;
    let variables = config.runner.environment.iter();
    let command = WorkerCommand {
        program,
        arguments: Vec::new(),
        environment: variables
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
        working_directory: config.runner.working_directory.clone(),
    };
    let options = WorkerOptions {
        parallel: usize::try_from(config.parallel.get()).unwrap_or(usize::MAX),
        crash_rerun: config.runner.crash_rerun,
        logs: logs.clone(),
        observe: config.observe.options(&suite.own_crates),
    };
    let host = WorkerHost::start(command, options).await?;
    UnknownCheck::check(&suite.plan, host.checks())?;
    let inputs = suite.plan.distinct_inputs().map(|input| &input.arguments);
    let answers = host
        .bind(&suite.agent.id, inputs)
        .await
        .map_err(HarnessError::system("the inputs could not be checked"))?;
    Unfit::check(&suite.agent, &suite.plan, answers)?;
    Ok(host)
}

/// An experiment whose agent is ready.
struct Run<'a> {
    suite: Suite,
    /// Where other processes run the rest of the plan.
    shared: Option<(Nextest, Plan)>,
    logs: Logs,
    ready: &'a mpsc::SyncSender<PathBuf>,
}

impl Run<'_> {
    async fn to_the_end(
        &self,
        host: &WorkerHost,
        signals: Signals,
        demands: UnboundedReceiver<u64>,
    ) -> Result<Finished, HarnessError> {
        let Suite {
            setup, agent, plan, ..
        } = &self.suite;
        let (started, mut artifacts) = self.artifacts()?;
        let mut answers = Answers {
            desk: Arc::clone(&self.suite.desk),
            directory: started.directory.clone(),
            has_snapshots: self.suite.snapshots.is_some(),
        };
        let best_effort: Vec<&mut dyn Consumer<Error = io::Error>> = vec![&mut answers];
        let mut consumers = Consumers::new(&mut artifacts, best_effort);
        let settings = Settings::from(&setup.config);
        let experiment = Experiment {
            plan,
            agent: &agent.id,
            settings: &settings,
            host,
            supervisor: setup.supervisor.as_ref(),
            approver: self.approver(),
        };
        let (stopper, stop) = Stopper::new();
        // Tests begin: whoever waits for it has not gone.
        let _ = self.ready.send(started.directory.clone());
        let mut passing_on = pin!(signals.pass_on(stopper));
        let finished = tokio::select! {
            finished = experiment.run_on_demand(demands, (started, &SystemClock), stop.clone(), &mut consumers) => finished,
            never = &mut passing_on => match never {},
        };
        tokio::select! {
            () = self.release(host, &stop) => {}
            never = &mut passing_on => match never {},
        }
        Ok(finished?)
    }

    /// The experiment's directory, and what writes to it.
    fn artifacts(&self) -> Result<(Started, Artifacts), HarnessError> {
        let Some((nextest, whole)) = &self.shared else {
            let (started, git) = self.create(&self.suite.plan)?;
            let artifacts = Artifacts::open(self.suite.setup.artifacts(started.clone(), git))?;
            return Ok((started, artifacts));
        };
        let setup = &self.suite.setup;
        let key = nextest.key(self.suite.config_file());
        let create = || {
            let (started, git) = self.create(whole)?;
            Artifacts::open(setup.artifacts(started.clone(), git.clone()))?;
            Ok::<_, HarnessError>((started, git))
        };
        let shared = SharedExperiment::join(&setup.config.output.directory, &key, create)?;
        self.logs.open(&shared.directory().join("logs"));
        let started = setup.started(
            &self.suite.agent,
            whole,
            shared.directory(),
            SystemClock.now(),
        );
        let git = shared.git();
        let artifacts = shared.artifacts(setup.artifacts(started.clone(), git))?;
        Ok((started, artifacts))
    }

    /// Makes the experiment's directory.
    fn create(&self, plan: &Plan) -> Result<(Started, Option<GitState>), HarnessError> {
        let Suite { setup, agent, .. } = &self.suite;
        let git = GitQuestion::ask(setup.config.runner.working_directory.clone());
        let started_at = SystemClock.now();
        let directory = ExperimentDirectory::create(&setup.config.output.directory, started_at)?;
        if let Some(warning) = directory.warning() {
            warn(warning);
        }
        let replay = setup.replay.as_ref();
        if let Some(warning) = replay.and_then(|replay| replay.warning_for(agent)) {
            warn(&warning);
        }
        self.logs.open(&directory.logs());
        let started = setup.started(agent, plan, directory.path(), started_at);
        Ok((started, git.answer()))
    }

    /// Who allows tools, unless all of them are.
    fn approver(&self) -> Option<&'static dyn Approver> {
        if self.suite.setup.config.multi_turn.auto_approve_tools {
            return None;
        }
        warn(
            "every tool will be refused: tools have to be approved, and a test asks nobody; \
             set `multi_turn.auto_approve_tools: true` to approve them all",
        );
        Some(&NobodyToAsk)
    }

    /// Ends the worker, and says what became of the logs.
    async fn release(&self, host: &WorkerHost, stop: &Stop) {
        match stop.level() {
            StopLevel::Run => host.shut_down().await,
            StopLevel::Drain | StopLevel::Now => host.kill().await,
        }
        if let Some(problem) = self.logs.problem() {
            warn(&problem);
        }
    }
}

fn warn(message: &str) {
    report::text(&crate::config::report("warning", message, None, None));
}
