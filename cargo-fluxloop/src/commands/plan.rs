use std::collections::BTreeMap;

use fluxloop::{
    config::{self, Config, LoadRequest},
    input::{Inputs, load_inputs},
    plan::Plan,
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
    // Few enough digits for every program that reads the rows.
    let seed = config.seed.unwrap_or_else(|| u64::from(fastrand::u32(..)));
    let supervisor = Supervisor::new(&config, seed)?;
    let plan = Plan::new(&config, &inputs.entries, seed)?;
    let target = config
        .runner
        .target
        .as_deref()
        .map(str::parse)
        .transpose()?;
    Ok(Planned {
        config,
        inputs,
        plan,
        seed,
        target,
        supervisor,
    })
}

/// Reads the configuration, and says what is odd about it.
pub(super) fn load(
    project: &ProjectArguments,
    overrides: &[Override],
    invocation: &Invocation,
) -> Result<Config, CommandError> {
    let loaded = config::load(&request(project, overrides)?)?;
    for warning in &loaded.warnings {
        invocation.shell.text(&warning.report());
    }
    Ok(loaded.config)
}

/// Which configuration is meant, and what overrides it.
pub(super) fn request(
    project: &ProjectArguments,
    overrides: &[Override],
) -> Result<LoadRequest, CommandError> {
    let current_directory = env::current_directory()
        .map_err(CommandError::system("cannot tell the current directory"))?;
    let variables: BTreeMap<String, String> = env::variables();
    let mut request = LoadRequest::new(current_directory);
    request.config.clone_from(&project.config);
    request.root.clone_from(&project.root);
    request.project.clone_from(&project.project);
    request.environment = variables;
    request.overrides = overrides
        .iter()
        .map(|given| config::Override::flag(given.flag, given.key, given.value.clone()))
        .collect();
    Ok(request)
}
