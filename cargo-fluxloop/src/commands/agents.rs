use fluxloop::{target::Listed, worker::protocol::AgentInfo};

use super::{Invocation, error::CommandError, exit, plan, session::Workshop};
use crate::{
    cli::AgentsArguments,
    target::{TargetError, Unit, listed_as_built},
    terminal::{Stdout, visible},
};

/// `cargo fluxloop list`: every registered agent, as the built targets report them, each by a target that leads to it.
pub(super) fn execute(
    arguments: AgentsArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let config = plan::load(&arguments.project, &[], invocation)?;
    let workshop = Workshop::open(&config, arguments.cargo, invocation)?;
    let runtime = super::experiment::runtime()?;
    let mut agents: Vec<(Unit, AgentInfo)> = Vec::new();
    for unit in workshop.workspace.targets_with_agents() {
        let worker = workshop.build(&unit)?;
        let registered = runtime.block_on(workshop.registered(&worker, &unit))?;
        for agent in registered.agents {
            // A library's agents are in the build of its tests, too.
            let is_known = agents
                .iter()
                .any(|(other, known)| other.target.same_as(&unit.target) && known.id == agent.id);
            if unit.owns(&agent) && !is_known {
                agents.push((unit.clone(), agent));
            }
        }
    }
    if agents.is_empty() {
        return Err(TargetError::nothing_found(&workshop.workspace).into());
    }
    let mut stdout = Stdout::process();
    for Listed { target, place } in listed_as_built(&agents, &workshop.workspace) {
        let line = format!("{target}  {place}");
        stdout.line(&visible(&line)).map_err(CommandError::Output)?;
    }
    Ok(exit::OK)
}
