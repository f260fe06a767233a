mod model;

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use fluxloop::{
    config::{Config, GenerationMode},
    generate::{self, Author, Generated, Generation, Strategy},
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
    let mode = arguments.output.mode().unwrap_or(config.generation.mode);
    let file = file(arguments, &config, &current)?;
    // Before a model is paid for.
    generate::check(&file, arguments.output.overwrite)?;
    let generation = Generation {
        strategies: strategies(arguments, &config, mode, invocation)?,
        variations: config.generation.variations,
        // Without a seed, too, the same inputs come out every time.
        seed: config.seed.unwrap_or(0),
        limit: arguments.output.limit.and_then(limit),
        config: &config,
    };
    let write = |generated: &Generated| {
        for warning in &generated.warnings {
            invocation.shell.warn(warning);
        }
        if generated.inputs.is_empty() {
            return Ok(());
        }
        generate::write(generated, &file, arguments.output.overwrite)?;
        tell(generated, &file, &current, invocation);
        Ok::<_, CommandError>(())
    };
    match mode {
        GenerationMode::Deterministic => {
            write(&generate::generate(&generation)?)?;
            Ok(exit::OK)
        }
        GenerationMode::Llm => {
            let written = model::written(&generation, invocation)?;
            write(&written.generated)?;
            model::verdict(&written, invocation)
        }
    }
}

fn limit(inputs: u32) -> Option<NonZeroUsize> {
    NonZeroUsize::new(usize::try_from(inputs).unwrap_or(usize::MAX))
}

/// Those of the command line, else those of the configuration; without a model, those that need none: an experiment's
/// configuration may list others.
fn strategies(
    arguments: &GenerateInputsArguments,
    config: &Config,
    mode: GenerationMode,
    invocation: &Invocation,
) -> Result<Vec<Strategy>, CommandError> {
    if let Some(asked) = arguments.output.strategies() {
        return Ok(asked);
    }
    let configured = &config.generation.strategies;
    if mode == GenerationMode::Llm {
        return Ok(configured.clone());
    }
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
    let author = match &generated.author {
        Author::Rules { seed } => format!("seed {seed}"),
        Author::Model { provider, model } => format!("{model} of {provider}"),
        _ => "rules of a kind that is not known here".to_owned(),
    };
    shell.info(format_args!(
        "Generated {count} with {author} ({})",
        strategies.join(", ")
    ));
    shell.info(format_args!(
        "Wrote {}",
        file.strip_prefix(current).unwrap_or(file).display()
    ));
}
