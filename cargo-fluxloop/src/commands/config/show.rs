use fluxloop::config::{EffectiveValue, load};
use serde::Serialize;

use super::super::{Invocation, error::CommandError, exit, plan};
use crate::{
    cli::ShowConfigArguments,
    terminal::{Stdout, effective_configuration},
};

/// `cargo fluxloop config show`: what a run with these options would be configured by.
pub(super) fn execute(
    arguments: &ShowConfigArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let loaded = load(&plan::request(&arguments.project, &arguments.overrides())?)?;
    let effective = loaded.effective();
    if arguments.output.json {
        let document = Document {
            values: &effective.values,
        };
        Stdout::process()
            .json(&document)
            .map_err(CommandError::Output)?;
        return Ok(exit::OK);
    }
    for warning in &loaded.warnings {
        invocation.shell.text(&warning.report());
    }
    let (mut stdout, page) = Stdout::for_people(
        invocation.options.verbosity,
        invocation.options.color,
        |name| invocation.variables.get(name),
    );
    stdout
        .write(effective_configuration(&effective, page).as_bytes())
        .map_err(CommandError::Output)?;
    Ok(exit::OK)
}

#[derive(Serialize)]
struct Document<'a> {
    values: &'a [EffectiveValue],
}
