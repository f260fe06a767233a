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
    let registered = runtime()?.block_on(workshop.registered(&worker, &selection.unit))?;
    let agent = selection.agent(&registered.agents, &workshop.workspace)?;
    let mut stdout = Stdout::process();
    for case in planned.plan.for_agent(&agent.name).cases() {
        stdout
            .line(&visible(&case.name))
            .map_err(CommandError::Output)?;
    }
    Ok(exit::OK)
}
