use std::{fmt::Write as _, path::PathBuf};

use fluxloop::artifact::read::ReadError;

use super::super::exit;

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum ShowError {
    /// An output directory that is empty, or not there yet.
    #[error("there is no experiment in `{}`", path.display())]
    NoExperiment {
        /// The output directory.
        path: PathBuf,
    },
    #[error("there is no directory `{}`", path.display())]
    NoDirectory {
        /// As it was given.
        path: PathBuf,
    },
    /// Neither a name nor a part of one.
    #[error("no case of `{}` is named `{wanted}` or has that in its name", experiment.display())]
    NoCase {
        wanted: String,
        experiment: PathBuf,
        /// The name that was probably meant.
        nearest: Option<String>,
        /// It may have been meant as a directory.
        is_sole: bool,
    },
    /// A part of several names.
    #[error("{}", ambiguous(wanted, *total, named))]
    Ambiguous {
        wanted: String,
        total: u64,
        /// The first of them, each after its trace id.
        named: Vec<String>,
    },
    #[error(transparent)]
    Read(#[from] ReadError),
}

fn ambiguous(wanted: &str, total: u64, named: &[String]) -> String {
    let mut text = format!("{total} cases have `{wanted}` in their names:");
    for name in named {
        let _ = write!(text, "\n{name}");
    }
    match total - named.len() as u64 {
        0 => text,
        more => format!("{text}\nand {more} more"),
    }
}

impl ShowError {
    /// What the process exits with.
    pub(in super::super) fn exit_code(&self) -> i32 {
        match self {
            Self::NoExperiment { .. } => exit::NOTHING_TO_RUN,
            Self::NoDirectory { .. }
            | Self::NoCase { .. }
            | Self::Ambiguous { .. }
            | Self::Read(ReadError::NotAnExperiment { .. }) => exit::USAGE,
            Self::Read(_) => exit::SETUP,
        }
    }

    /// What to do about it.
    pub(in super::super) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoExperiment { .. } => {
                "run one with `cargo fluxloop run experiment`, or name another directory: \
                 `cargo fluxloop show DIR`"
                    .to_owned()
            }
            Self::NoDirectory { .. } => {
                "name an experiment or the directory that holds them; without it, \
                 `cargo fluxloop show` takes the newest of the project"
                    .to_owned()
            }
            Self::NoCase {
                nearest: Some(nearest),
                ..
            } => format!("did you mean `{nearest}`?"),
            Self::NoCase { is_sole: true, .. } => {
                "there is no such directory either; `cargo fluxloop show` lists the cases"
                    .to_owned()
            }
            Self::NoCase { .. } => "leave the case out to see which there are".to_owned(),
            Self::Ambiguous { .. } => "name more of it, or the trace id before it".to_owned(),
            Self::Read(error) => error.hint()?.to_owned(),
        })
    }
}
