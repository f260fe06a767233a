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
    verdicts::Verdicts,
};
use crate::{
    artifact::{ArtifactError, Artifacts, GitQuestion, SharedExperiment},
    engine::{
        Clock as _, Consumers, Experiment, Settings, Signals, Stop, StopLevel, Stopper,
        SystemClock, runtime,
    },
    event::{Consumer, Finished, Started},
    host::{Logs, WorkerCommand, WorkerHost},
    plan::Plan,
    setup::{BeginError, Begun, rehearse, worker_options},
    within_test,
};

/// An experiment that runs the cases that tests ask for, on a thread of its own.
#[derive(Debug)]
pub(super) struct Session {
    thread: JoinHandle<Result<Finished, HarnessError>>,
    desk: Arc<Desk>,
    verdicts: Arc<Verdicts>,
    directory: PathBuf,
    name: Option<String>,
}

/// An experiment that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// How; or why it could not be run to its end.
    pub(super) finished: Result<Finished, HarnessError>,
    /// What became of its tests besides their runs.
    pub(super) verdicts: Arc<Verdicts>,
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
        (nextest, shows_output): (Option<Nextest>, bool),
    ) -> Result<Self, HarnessError> {
        let whole = suite.plan.clone();
        let plan = suite.plan.clone().only(selected);
        let suite = Suite { plan, ..suite };
        let (desk, verdicts) = (Arc::clone(&suite.desk), Arc::clone(&suite.verdicts));
        let name = suite.prefix.clone();
        let demands = desk.open();
        let (ready, is_ready) = mpsc::sync_channel(1);
        let mut logs = Logs::new(suite.setup.config.secrets.clone());
        if shows_output {
            logs = logs.shown_by(report::printed);
        }
        let thread = std::thread::Builder::new()
            .name("fluxloop-engine".to_owned())
            .spawn(move || {
                serve(
                    (suite, nextest.map(|nextest| (nextest, whole))),
                    logs,
                    demands,
                    &ready,
                )
            })
            .map_err(BeginError::system("cannot start the engine's thread"))?;
        match is_ready.recv() {
            Ok(directory) => Ok(Self {
                thread,
                desk,
                verdicts,
                directory,
                name,
            }),
            // It ended before it was ready, and says why.
            Err(_) => Err(ended(thread).err().unwrap_or(HarnessError::Interrupted)),
        }
    }

    /// Ends the experiment: no further case comes.
    pub(super) fn finish(self) -> Ended {
        self.desk.close();
        Ended {
            finished: ended(self.thread),
            verdicts: self.verdicts,
            directory: self.directory,
            name: self.name,
        }
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
    logs: Logs,
    demands: UnboundedReceiver<u64>,
    ready: &mpsc::SyncSender<PathBuf>,
) -> Result<Finished, HarnessError> {
    // However this ends: nobody must wait for it any more.
    let _end = EndOfDesk(Arc::clone(&suite.desk));
    let runtime = runtime().map_err(BeginError::system("cannot start the runtime"))?;
    runtime.block_on(async {
        let mut signals =
            Signals::listen().map_err(BeginError::system("cannot listen for signals"))?;
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
async fn host(suite: &Suite, logs: &Logs) -> Result<WorkerHost, BeginError> {
    let config = &suite.setup.config;
    suite.setup.open_supervisor()?;
    let program = std::env::current_exe()
        .map_err(BeginError::system("cannot find this program's own file"))?;
    let variables = config.runner.environment.iter();
    let command = WorkerCommand {
        program,
        arguments: Vec::new(),
        environment: variables
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
        working_directory: config.runner.working_directory.clone(),
    };
    let host = WorkerHost::start(command, worker_options(config, &suite.own_crates, logs)).await?;
    let bound = host.bind(&suite.agent.id, suite.plan.arguments());
    rehearse(&suite.agent, &suite.plan, host.checks(), bound).await?;
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
        let replay = setup.replay.as_ref();
        if let Some(warning) = replay.and_then(|replay| replay.warning_for(agent)) {
            warn(&warning);
        }
        let (started, mut artifacts) = self.artifacts()?;
        let mut answers = Answers {
            desk: Arc::clone(&self.suite.desk),
            directory: started.directory.clone(),
            has_snapshots: self.suite.snapshots.is_some(),
        };
        let mut best_effort: Vec<&mut dyn Consumer<Error = io::Error>> = vec![&mut answers];
        let say = &mut |report: String| within_test::say(&report);
        let mut traces = within_test::traces(say);
        best_effort.extend(traces.consumer());
        let mut consumers = Consumers::new(&mut artifacts, best_effort);
        let settings = Settings::from(&setup.config);
        let experiment = Experiment {
            plan,
            agent: &agent.id,
            settings: &settings,
            host,
            supervisor: setup.supervisor.as_ref(),
            approver: within_test::approver(&setup.config, say),
        };
        let (stopper, stop) = Stopper::new();
        // Tests begin: whoever waits for it has not gone.
        let _ = self.ready.send(started.directory.clone());
        let mut passing_on = pin!(signals.pass_on(stopper));
        let finished = tokio::select! {
            finished = experiment.run_on_demand(demands, (started, &SystemClock), stop.clone(), &mut consumers) => finished,
            never = &mut passing_on => match never {},
        };
        let release = async { tokio::join!(self.release(host, &stop), traces.finish(&stop)) };
        tokio::select! {
            ((), loss) = release => loss.iter().for_each(|loss| warn(loss)),
            never = &mut passing_on => match never {},
        }
        finished.map_err(HarnessError::Engine)
    }

    /// The experiment's directory, and what writes to it.
    fn artifacts(&self) -> Result<(Started, Artifacts), ArtifactError> {
        let Some((nextest, whole)) = &self.shared else {
            let begun = self.begin(&self.suite.plan)?;
            return Ok((begun.started, begun.artifacts));
        };
        let setup = &self.suite.setup;
        let key = nextest.key(self.suite.config_file());
        let create = || {
            let begun = self.begin(whole)?;
            Ok::<_, ArtifactError>((begun.started, begun.git))
        };
        let shared = SharedExperiment::join(&setup.config.output.directory, &key, create)?;
        self.logs.open(&shared.directory().join("logs"));
        if let Some(snapshots) = &self.suite.snapshots
            && whole.iterations().get() > 1
        {
            snapshots.share(shared.directory());
        }
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
    fn begin(&self, plan: &Plan) -> Result<Begun, ArtifactError> {
        let Suite { setup, agent, .. } = &self.suite;
        let git = GitQuestion::ask(setup.config.runner.working_directory.clone());
        let begun = setup.begin(agent, plan, git)?;
        if let Some(warning) = begun.directory.warning() {
            warn(warning);
        }
        self.logs.open(&begun.directory.logs());
        Ok(begun)
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
    within_test::say(&within_test::warning(message));
}
