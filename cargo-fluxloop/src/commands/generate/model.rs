use fluxloop::{
    engine::Signals,
    generate::{Failure, GenerateError, Generation, InputWriter, Written, write_inputs},
};

use super::super::{Invocation, error::CommandError, exit, experiment::runtime};

/// How many combinations with the same failure are named.
const MOST_TOLD: usize = 3;

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

/// What failed in the same way is told once: a server that is not there fails everywhere.
fn by_message(failures: &[Failure]) -> Vec<(&str, Vec<&str>)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for failure in failures {
        let (message, what) = (failure.message.as_str(), failure.what.as_str());
        match groups.iter_mut().find(|(known, _)| *known == message) {
            Some((_, combinations)) => combinations.push(what),
            None => groups.push((message, vec![what])),
        }
    }
    groups
}

/// What was not written, and the exit code.
pub(super) fn verdict(written: &Written, invocation: &Invocation) -> Result<i32, CommandError> {
    let shell = &invocation.shell;
    for (message, combinations) in by_message(&written.failures) {
        let told = combinations.iter().take(MOST_TOLD).copied();
        let told = told.collect::<Vec<_>>().join(", ");
        let more = match combinations.len().saturating_sub(MOST_TOLD) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        shell.warn(format_args!("{told}{more}: {message}"));
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
