use std::{future::Future, io};

use super::{BeginError, Setup, SetupError, Unfit, UnknownCheck};
use crate::{
    agent::BindError,
    artifact::{ArtifactError, Artifacts, ExperimentDirectory, GitQuestion, GitState},
    config::Config,
    engine::{Clock as _, SystemClock},
    event::Started,
    host::{Logs, WorkerOptions},
    plan::Plan,
    worker::protocol::{AgentInfo, CheckInfo},
};

/// An experiment that has begun: its directory is there, and what writes to it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Begun {
    /// Its directory.
    pub directory: ExperimentDirectory,
    /// What consumers hear first.
    pub started: Started,
    /// The repository's state.
    pub git: Option<GitState>,
    /// What writes to the directory.
    pub artifacts: Artifacts,
}

impl Setup {
    /// Has the supervisor get ready, if there is one: whether a cassette can be played or written is known before anything
    /// runs.
    ///
    /// # Errors
    ///
    /// When it cannot.
    pub fn open_supervisor(&self) -> Result<(), SetupError> {
        match &self.supervisor {
            Some(supervisor) => Ok(supervisor.open()?),
            None => Ok(()),
        }
    }

    /// Makes the experiment's directory, and its first files. The plan is that of the agent.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn begin(
        &self,
        agent: &AgentInfo,
        plan: &Plan,
        git: GitQuestion,
    ) -> Result<Begun, ArtifactError> {
        let at = SystemClock.now();
        let directory = ExperimentDirectory::create(&self.config.output.directory, at)?;
        let started = self.started(agent, plan, directory.path(), at);
        let git = git.answer();
        let artifacts = Artifacts::open(self.artifacts(started.clone(), git.clone()))?;
        Ok(Begun {
            directory,
            started,
            git,
            artifacts,
        })
    }
}

/// How the worker of a configuration works. The crates are those whose `debug` spans are recorded, too.
#[must_use]
pub fn worker_options(config: &Config, own_crates: &[String], logs: &Logs) -> WorkerOptions {
    WorkerOptions {
        parallel: usize::try_from(config.parallel.get()).unwrap_or(usize::MAX),
        crash_rerun: config.runner.crash_rerun,
        logs: logs.clone(),
        observe: config.observe.options(own_crates),
    }
}

/// Makes sure, before an agent is called, that every check that a plan chooses is there, and that every input fits the
/// agent. `checks` are registered where the agent lives; `bound` asks there whether [`Plan::arguments`] fit.
///
/// # Errors
///
/// When a check is missing or an input does not fit, and when nobody answers.
pub async fn rehearse(
    agent: &AgentInfo,
    plan: &Plan,
    checks: &[CheckInfo],
    bound: impl Future<Output = io::Result<Vec<Option<BindError>>>>,
) -> Result<(), BeginError> {
    UnknownCheck::check(plan, checks)?;
    let answers = bound
        .await
        .map_err(BeginError::system("the inputs could not be checked"))?;
    Ok(Unfit::check(agent, plan, answers)?)
}
