use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use fluxloop::{
    config::{Config, GenerationMode},
    generate::{self, Generated, Generation, Strategy},
};

use super::{Invocation, error::CommandError, exit, plan};
use crate::{cli::GenerateInputsArguments, env};

/// Where inputs are looked for when nothing names a file.
const DEFAULT_FILE: &str = "inputs/generated.yaml";

/// `cargo fluxloop generate inputs`: base inputs × personas × strategies, as a file.
pub(super) fn execute(
    arguments: &GenerateInputsArguments,
    invocation: &Invocation,
) -> Result<i32, CommandError> {
    let config = plan::load(&arguments.project, &arguments.overrides(), invocation)?;
    let current = env::current_directory()
        .map_err(CommandError::system("cannot tell the current directory"))?;
    check_mode(arguments, &config)?;
    let file = file(arguments, &config, &current)?;
    let generated = generate::generate(&Generation {
        strategies: strategies(arguments, &config, invocation)?,
        variations: config.generation.variations,
        // Without a seed, too, the same inputs come out every time.
        seed: config.seed.unwrap_or(0),
        limit: arguments.output.limit.and_then(limit),
        config: &config,
    })?;
    for warning in &generated.warnings {
        invocation.shell.warn(warning);
    }
    generate::write(&generated, &file, arguments.output.overwrite)?;
    tell(&generated, &file, &current, invocation);
    Ok(exit::OK)
}

fn limit(inputs: u32) -> Option<NonZeroUsize> {
    NonZeroUsize::new(usize::try_from(inputs).unwrap_or(usize::MAX))
}

fn check_mode(arguments: &GenerateInputsArguments, config: &Config) -> Result<(), CommandError> {
    match arguments.output.mode() {
        Some(GenerationMode::Llm) => Err(CommandError::NoModel("--mode llm")),
        None if config.generation.mode == GenerationMode::Llm => {
            Err(CommandError::NoModel("input_generation.mode"))
        }
        _ => Ok(()),
    }
}

/// Those of the command line, else those of the configuration that need no model: an experiment's configuration may list
/// others.
fn strategies(
    arguments: &GenerateInputsArguments,
    config: &Config,
    invocation: &Invocation,
) -> Result<Vec<Strategy>, CommandError> {
    if let Some(asked) = arguments.output.strategies() {
        return Ok(asked);
    }
    let configured = &config.generation.strategies;
    let (left_out, kept): (Vec<Strategy>, Vec<Strategy>) = configured
        .iter()
        .partition(|strategy| strategy.needs_model());
    if let (Some(strategy), true) = (left_out.first(), kept.is_empty()) {
        return Err(generate::GenerateError::NeedsModel(*strategy).into());
    }
    for strategy in left_out {
        invocation.shell.warn(format_args!(
            "the strategy `{strategy}` of the configuration needs a model: it is left out"
        ));
    }
    Ok(kept)
}

/// The file that was asked for, else the one that the experiment would read. Absolute.
fn file(
    arguments: &GenerateInputsArguments,
    config: &Config,
    current: &Path,
) -> Result<PathBuf, CommandError> {
    if let Some(file) = &arguments.output.output {
        return Ok(current.join(file));
    }
    match &config.inputs_files[..] {
        [] => Ok(config.project_directory.join(DEFAULT_FILE)),
        [file] => Ok(file.clone()),
        _ => Err(CommandError::SeveralFiles),
    }
}

fn tell(generated: &Generated, file: &Path, current: &Path, invocation: &Invocation) {
    let strategies: Vec<&str> = generated
        .strategies
        .iter()
        .map(|strategy| strategy.name())
        .collect();
    let count = match generated.inputs.len() {
        1 => "1 input".to_owned(),
        several => format!("{several} inputs"),
    };
    let shell = &invocation.shell;
    shell.info(format_args!(
        "Generated {count} with seed {} ({})",
        generated.seed,
        strategies.join(", ")
    ));
    shell.info(format_args!(
        "Wrote {}",
        file.strip_prefix(current).unwrap_or(file).display()
    ));
}
