use fluxloop::generate::{GenerateError, Generation, InputWriter, Written, write_inputs};

use super::super::{Invocation, error::CommandError, exit, experiment::runtime, signals::Signals};

/// How many failures are told one by one.
const MOST_TOLD: usize = 10;

/// Asks the model that the configuration names. The first Ctrl-C ends the asking, and what there is is kept.
pub(super) fn written(
    generation: &Generation<'_>,
    invocation: &Invocation,
) -> Result<Written, CommandError> {
    let writer = InputWriter::new(generation.config)?;
    let shell = &invocation.shell;
    runtime()?.block_on(async {
        let mut signals =
            Signals::listen().map_err(CommandError::system("cannot listen for signals"))?;
        writer.open()?;
        shell.info(format_args!(
            "Asking {} of {}",
            writer.model(),
            writer.provider()
        ));
        let parallel = generation.config.parallel;
        let written = write_inputs(generation, &writer, parallel, signals.next(), |done| {
            shell.verbose(done);
        });
        Ok(written.await?)
    })
}

/// What was not written, and the exit code.
pub(super) fn verdict(written: &Written, invocation: &Invocation) -> Result<i32, CommandError> {
    let shell = &invocation.shell;
    for failure in written.failures.iter().take(MOST_TOLD) {
        shell.warn(format_args!("{}: {}", failure.what, failure.message));
    }
    let more = written.failures.len().saturating_sub(MOST_TOLD);
    if more > 0 {
        shell.warn(format_args!("and {more} more that could not be generated"));
    }
    if let Some(usage) = written.usage {
        shell.info(format_args!(
            "Used {} tokens: {} read, {} written",
            usage.total_tokens, usage.input_tokens, usage.output_tokens
        ));
    }
    if written.interrupted {
        shell.warn("interrupted: not everything was asked for");
        return Ok(exit::INTERRUPTED);
    }
    if written.failures.is_empty() {
        if written.generated.inputs.is_empty() {
            return Err(GenerateError::NothingGenerated.into());
        }
        return Ok(exit::OK);
    }
    Err(CommandError::NotGenerated {
        failed: written.failures.len(),
        nothing: written.generated.inputs.is_empty(),
        refused: written.failures.iter().any(|failure| failure.refused),
    })
}
