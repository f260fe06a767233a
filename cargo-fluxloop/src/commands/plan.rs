use fluxloop::{
    config::{self, Config, LoadRequest},
    input::{Inputs, load_inputs},
    plan::Plan,
    replay::{Replay, load_replay},
    supervisor::Supervisor,
};

use super::{Invocation, error::CommandError};
use crate::{
    cli::{Override, ProjectArguments},
    env,
    target::TargetSpec,
};

/// What an experiment would be: all that is known, and all that can be wrong, before anything is built.
pub(super) struct Planned {
    pub(super) config: Config,
    pub(super) inputs: Inputs,
    /// The recorded calls that the inputs go into, where they go into some.
    pub(super) replay: Option<Replay>,
    pub(super) plan: Plan,
    /// The experiment's seed: the configured one, or one that was drawn.
    pub(super) seed: u64,
    pub(super) target: Option<TargetSpec>,
    /// Who plays the user of conversations, where there are any.
    pub(super) supervisor: Option<Supervisor>,
}

/// Reads configuration and inputs, and makes the plan of them.
pub(super) fn plan(
    project: &ProjectArguments,
    overrides: &[Override],
    invocation: &Invocation,
) -> Result<Planned, CommandError> {
    let config = load(project, overrides, invocation)?;
    let inputs = load_inputs(&config)?;
    for warning in &inputs.warnings {
        invocation.shell.text(&warning.report());
    }
    let replay = load_replay(&config)?;
    for warning in replay.iter().flat_map(|replay| &replay.warnings) {
        invocation.shell.text(&warning.report());
    }
    // Few enough digits for every program that reads the rows.
    let seed = config.seed.unwrap_or_else(|| u64::from(fastrand::u32(..)));
    let supervisor = Supervisor::new(&config, seed)?;
    let plan = Plan::replaying(&config, &inputs.entries, seed, replay.as_ref())?;
    let target = config
        .runner
        .target
        .as_deref()
        .map(str::parse)
        .transpose()?;
    Ok(Planned {
        config,
        inputs,
        replay,
        plan,
        seed,
        target,
        supervisor,
    })
}

/// Which configuration a command line and the environment mean.
pub(super) fn request(project: &ProjectArguments) -> Result<LoadRequest, CommandError> {
    let current_directory = env::current_directory()
        .map_err(CommandError::system("cannot tell the current directory"))?;
    let mut request = LoadRequest::new(current_directory);
    request.config.clone_from(&project.config);
    request.root.clone_from(&project.root);
    request.project.clone_from(&project.project);
    request.environment = env::variables();
    Ok(request)
}

/// Reads the configuration, and says what is odd about it.
pub(super) fn load(
    project: &ProjectArguments,
    overrides: &[Override],
    invocation: &Invocation,
) -> Result<Config, CommandError> {
    let mut request = request(project)?;
    request.overrides = overrides
        .iter()
        .map(|given| config::Override::flag(given.flag, given.key, given.value.clone()))
        .collect();
    let loaded = config::load(&request)?;
    for warning in &loaded.warnings {
        invocation.shell.text(&warning.report());
    }
    Ok(loaded.config)
}
