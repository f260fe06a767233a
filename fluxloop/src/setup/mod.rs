//! What an experiment would be: all that is known of it, and all that can be wrong, before an agent is called.

mod begin_error;
mod begun;
mod error;
mod outlined;
mod unfit;
mod unknown_check;

use std::path::Path;

use jiff::Timestamp;

pub use begin_error::BeginError;
pub use begun::{Begun, rehearse, worker_options};
pub use error::SetupError;
pub(crate) use outlined::Outlined;
pub use unfit::Unfit;
pub use unknown_check::UnknownCheck;

#[cfg(feature = "harness")]
pub use crate::linked::LinkedError;
use crate::{
    artifact::{ArtifactInput, GitState},
    config::{self, Config, LoadRequest, Warning},
    event::Started,
    input::Inputs,
    plan::Plan,
    replay::Replay,
    supervisor::Supervisor,
    target::TargetSpec,
    worker::protocol::AgentInfo,
};

/// An experiment that could begin as soon as its agent is found.
#[derive(Debug)]
#[non_exhaustive]
pub struct Setup {
    /// How it is run.
    pub config: Config,
    /// What it asks.
    pub inputs: Inputs,
    /// The recorded calls that the inputs go into, where they go into some.
    pub replay: Option<Replay>,
    /// Its cases, for an agent without a name.
    pub plan: Plan,
    /// Its seed: the configured one, or one that was drawn.
    pub seed: u64,
    /// The agent that is asked for, if one is.
    pub target: Option<TargetSpec>,
    /// Who plays the user of conversations, where there are any.
    pub supervisor: Option<Supervisor>,
}

impl Setup {
    /// Reads configuration and inputs, and makes the plan of them. `warn` hears what the user should know, also before an
    /// error.
    ///
    /// # Errors
    ///
    /// When anything in the configuration or the inputs is wrong, or nothing is left to run.
    pub fn load(request: &LoadRequest, warn: &mut dyn FnMut(&Warning)) -> Result<Self, SetupError> {
        let loaded = config::load(request)?;
        loaded.warnings.iter().for_each(&mut *warn);
        Self::of(loaded.config, request.seed, warn)
    }

    /// Reads the inputs of a configuration, and makes the plan of them. `seed` counts where none is configured.
    ///
    /// # Errors
    ///
    /// When anything in the inputs is wrong, or nothing is left to run.
    pub fn of(
        config: Config,
        seed: Option<u64>,
        warn: &mut dyn FnMut(&Warning),
    ) -> Result<Self, SetupError> {
        Outlined::read(config, seed, warn)?.setup()
    }

    /// What consumers hear first. The plan is that of the agent.
    #[must_use]
    pub fn started(
        &self,
        agent: &AgentInfo,
        plan: &Plan,
        directory: impl AsRef<Path>,
        at: Timestamp,
    ) -> Started {
        let name = self.config.secrets.redact(&self.config.name).into_owned();
        let mut started = Started::new(name, directory.as_ref(), agent.target(), at);
        started.inputs = plan.inputs() as u64;
        started.iterations = plan.iterations().get();
        started.planned = plan.len();
        started.left_out = plan.left_out();
        started.seed = self.seed;
        started
    }

    /// What the experiment's files need to know.
    #[must_use]
    pub fn artifacts(&self, started: Started, git: Option<GitState>) -> ArtifactInput {
        let mut config = self.config.clone();
        // The experiment's own copies: they stay as they are when the originals change.
        let inputs = started.directory.join("inputs.yaml");
        config.replays_copy(started.directory.join("recording.jsonl"));
        let recording = self.replay.as_ref().map(Replay::jsonl);
        ArtifactInput {
            recording_jsonl: recording.map(|text| config.secrets.redact(&text).into_owned()),
            config_yaml: config.snapshot_yaml(&inputs, self.seed),
            inputs_yaml: config.secrets.redact(&self.inputs.yaml).into_owned(),
            config_snapshot: config.snapshot(&inputs, self.seed),
            gate: config.gate,
            save_traces: config.output.save_traces,
            save_aggregated_metrics: config.output.save_aggregated_metrics,
            git,
            started,
        }
    }
}

/// The agent that a configuration asks for, if it asks for one.
pub(crate) fn target_of(config: &Config) -> Result<Option<TargetSpec>, SetupError> {
    let target = config.runner.target.as_deref();
    Ok(target.map(str::parse).transpose()?)
}
