use fluxloop::worker::protocol::CheckInfo;
use serde::Serialize;

use super::{Invocation, error::CommandError, exit, experiment::runtime, plan, session::Workshop};
use crate::{
    cli::{ChecksArguments, MessageFormat},
    target::TargetError,
    terminal::{Stdout, visible},
};

/// A check as programs read it.
#[derive(Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message<'a> {
    Check {
        name: &'a str,
        file: &'a str,
        line: u32,
    },
}

/// `cargo fluxloop list checks`: every check that is registered with agents, as the built targets report them.
pub(super) fn execute(
    arguments: ChecksArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let format = arguments.message_format(&invocation.variables)?;
    let config = plan::load(&arguments.project, &[], invocation)?;
    let workshop = Workshop::open(&config, arguments.cargo, invocation)?;
    let runtime = runtime()?;
    let mut checks: Vec<CheckInfo> = Vec::new();
    let mut agents = 0;
    for unit in workshop.workspace.targets_with_agents() {
        let worker = workshop.build(&unit)?;
        let registered = runtime.block_on(workshop.registered(&worker, &unit))?;
        agents += registered.agents.len();
        checks.extend(registered.checks);
    }
    if agents == 0 {
        return Err(TargetError::nothing_found(&workshop.workspace).into());
    }
    let place = |check: &CheckInfo| (check.name.clone(), check.file.clone(), check.line);
    checks.sort_by_key(place);
    // A library's checks are in all that is linked with it.
    checks.dedup();
    if checks.is_empty() {
        invocation.shell.info(
            "No check is registered: write one beside the agent, `#[fluxloop::check] fn polite(run: &fluxloop::RunView) -> bool { … }`",
        );
    }
    let mut stdout = Stdout::process();
    for CheckInfo { name, file, line } in &checks {
        match format {
            MessageFormat::Human => stdout.line(&visible(&format!("{name}  {file}:{line}"))),
            MessageFormat::Json => stdout.json(&Message::Check {
                name,
                file,
                line: *line,
            }),
        }
        .map_err(CommandError::Output)?;
    }
    Ok(exit::OK)
}
