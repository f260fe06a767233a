use fluxloop::{host::Logs, worker::protocol::AgentInfo};

use super::{
    Invocation,
    error::CommandError,
    exit, plan,
    session::{Workshop, target_of},
};
use crate::{
    cli::AgentsArguments,
    target::TargetError,
    terminal::{Stdout, visible},
};

/// `cargo fluxloop list`: every registered agent, as the built targets report them.
pub(super) fn execute(
    arguments: AgentsArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let config = plan::load(&arguments.project, &[], invocation)?;
    let workshop = Workshop::open(&config, arguments.cargo, invocation)?;
    let runtime = super::experiment::runtime()?;
    let mut agents: Vec<AgentInfo> = Vec::new();
    for unit in workshop.workspace.targets_with_agents() {
        let worker = workshop.build(&unit)?;
        let registered = runtime.block_on(async {
            let logs = Logs::new(config.secrets.clone());
            let host = workshop.start(&worker, &unit, &logs).await?;
            let agents = host.agents().to_vec();
            host.shut_down().await;
            Ok::<_, CommandError>(agents)
        })?;
        agents.extend(registered.into_iter().filter(|agent| unit.owns(agent)));
    }
    if agents.is_empty() {
        return Err(TargetError::nothing_found(&workshop.workspace).into());
    }
    let mut stdout = Stdout::process();
    for agent in agents {
        let line = format!("{}  {}:{}", target_of(&agent), agent.file, agent.line);
        stdout.line(&visible(&line)).map_err(CommandError::Output)?;
    }
    Ok(exit::OK)
}
