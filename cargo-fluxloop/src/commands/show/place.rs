use std::path::{Path, PathBuf};

use fluxloop::artifact::read::{RecordedExperiment, newest};

use super::{
    super::{Invocation, error::CommandError, plan},
    error::ShowError,
};
use crate::{cli::ShowArguments, env};

/// What to show.
pub(super) struct Wanted {
    /// Of the experiment.
    pub(super) directory: PathBuf,
    pub(super) case: Option<String>,
    /// The case was the only argument: a directory may have been meant.
    pub(super) is_sole: bool,
}

/// Which experiment is meant: the newest of the project, or one by its directory, by the output directory that it is
/// the newest of, or by its name in the project's output directory.
pub(super) fn find(
    arguments: &ShowArguments,
    invocation: &Invocation,
) -> Result<Wanted, CommandError> {
    let wanted = |directory| Wanted {
        directory,
        case: arguments.case.clone(),
        is_sole: false,
    };
    let Some(given) = &arguments.directory else {
        let output = output_directory(arguments, invocation)?;
        return Ok(wanted(newest_of(&output)?));
    };
    if given.exists() {
        if RecordedExperiment::is_at(given) {
            return Ok(wanted(given.clone()));
        }
        return Ok(wanted(newest_of(given)?));
    }
    let output = output_directory(arguments, invocation)?;
    let named = output.join(given);
    if RecordedExperiment::is_at(&named) {
        return Ok(wanted(named));
    }
    match given.to_str() {
        // With one argument, it may be the case that is meant.
        Some(case) if arguments.case.is_none() && !looks_like_path(given) => Ok(Wanted {
            directory: newest_of(&output)?,
            case: Some(case.to_owned()),
            is_sole: true,
        }),
        _ => Err(ShowError::NoDirectory {
            path: given.clone(),
        }
        .into()),
    }
}

/// Whether nobody can mean a case by it.
fn looks_like_path(given: &Path) -> bool {
    given.is_absolute() || given.components().count() > 1
}

fn newest_of(output: &Path) -> Result<PathBuf, ShowError> {
    let found = newest(output)?;
    found.ok_or_else(|| ShowError::NoExperiment {
        path: output.to_owned(),
    })
}

/// Where the project's experiments are.
fn output_directory(
    arguments: &ShowArguments,
    invocation: &Invocation,
) -> Result<PathBuf, CommandError> {
    let config = plan::load(&arguments.project, &arguments.overrides(), invocation)?;
    let directory = config.output.directory;
    // As people write it, where they are above it.
    let current = env::current_directory()
        .map_err(CommandError::system("cannot tell the current directory"))?;
    Ok(match directory.strip_prefix(&current) {
        Ok(relative) if !relative.as_os_str().is_empty() => relative.to_owned(),
        _ => directory,
    })
}
