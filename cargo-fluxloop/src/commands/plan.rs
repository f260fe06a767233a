use fluxloop::{
    config::{self, Config, LoadRequest},
    setup::Setup,
};

use super::{Invocation, error::CommandError};
use crate::{
    cli::{Override, ProjectArguments},
    env,
};

/// Reads configuration and inputs, and makes the plan of them.
pub(super) fn plan(
    project: &ProjectArguments,
    overrides: &[Override],
    invocation: &Invocation,
) -> Result<Setup, CommandError> {
    let request = request(project, overrides)?;
    let setup = Setup::load(&request, &mut |warning| {
        invocation.shell.text(&warning.report());
    })?;
    Ok(setup)
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

/// Which configuration a command line and the environment mean, and what overrides it.
pub(super) fn request(
    project: &ProjectArguments,
    overrides: &[Override],
) -> Result<LoadRequest, CommandError> {
    let current_directory = env::current_directory()
        .map_err(CommandError::system("cannot tell the current directory"))?;
    let mut request = LoadRequest::new(current_directory);
    request.config.clone_from(&project.config);
    request.root.clone_from(&project.root);
    request.project.clone_from(&project.project);
    request.environment = env::variables();
    request.overrides = overrides
        .iter()
        .map(|given| config::Override::flag(given.flag, given.key, given.value.clone()))
        .collect();
    Ok(request)
}
