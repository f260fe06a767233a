use super::{Invocation, error::CommandError, exit, experiment::runtime, plan, session::Workshop};
use crate::{
    cli::CasesArguments,
    terminal::{Stdout, visible},
};

/// `cargo fluxloop list cases`: every case that a run would have, in its order.
pub(super) fn execute(
    arguments: CasesArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let planned = plan::plan(&arguments.project, &arguments.overrides(), invocation)?;
    let workshop = Workshop::open(&planned.config, arguments.cargo, invocation)?;
    let selection = workshop.select(planned.target.as_ref())?;
    let worker = workshop.build(&selection.unit)?;
    let agent = runtime()?.block_on(async {
        let logs = fluxloop::host::Logs::new(planned.config.secrets.clone());
        let host = workshop.start(&worker, &selection.unit, &logs).await?;
        let agent = selection.agent(host.agents(), &workshop.workspace).cloned();
        host.shut_down().await;
        Ok::<_, CommandError>(agent?)
    })?;
    let mut stdout = Stdout::process();
    for case in planned.plan.for_agent(&agent.name).cases() {
        stdout
            .line(&visible(&case.name))
            .map_err(CommandError::Output)?;
    }
    Ok(exit::OK)
}
