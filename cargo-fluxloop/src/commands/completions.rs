use super::{error::CommandError, exit};
use crate::{cli::CompletionsArguments, terminal::Stdout};

/// `cargo fluxloop completions <shell>`.
pub(super) fn execute(arguments: &CompletionsArguments) -> Result<i32, CommandError> {
    let script = arguments.script().map_err(CommandError::Output)?;
    Stdout::process()
        .write(&script)
        .map_err(CommandError::Output)?;
    Ok(exit::OK)
}
