use std::{io, path::PathBuf};

use fluxloop::target::ChoiceError;
use toml_edit::TomlError;

/// Why a crate cannot be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InitError {
    /// None or several of the agents are meant.
    #[error("{}", .0)]
    Agent(ChoiceError),
    /// `--agent` names one, and there is none.
    #[error("no agent fits target `{0}`: the sources of package `{1}` have none")]
    NoAgent(String, String),
    /// `--agent` is no target.
    #[error(transparent)]
    Spec(#[from] fluxloop::target::SpecError),
    /// A package of examples, tests and build scripts alone.
    #[error("package `{0}` has neither a library nor a binary")]
    NothingToLink(String),
    /// The manifest is no TOML.
    #[error("cannot read {}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        source: TomlError,
    },
    /// The source that an example agent would become a module of.
    #[error("cannot read {} as Rust: {problem}", path.display())]
    Source {
        /// The crate's root.
        path: PathBuf,
        /// Where it goes wrong.
        problem: String,
    },
    /// A file that is there cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl InitError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Agent(ChoiceError::Unspecified { known }) => {
                let first = known.first()?;
                Some(format!(
                    "say which is meant, as in `--agent {}`",
                    first.target
                ))
            }
            Self::Agent(error) => Some(error.hint()),
            Self::NoAgent(..) => {
                Some("put #[fluxloop::agent] on a function, or pass --example-agent".to_owned())
            }
            Self::Write { source, .. } if source.kind() == io::ErrorKind::AlreadyExists => {
                Some("it has come to be meanwhile: call `cargo fluxloop init` again".to_owned())
            }
            Self::NothingToLink(_) => {
                Some("`cargo new` starts one with a library or a binary".to_owned())
            }
            Self::Spec(_)
            | Self::Manifest { .. }
            | Self::Source { .. }
            | Self::Read { .. }
            | Self::Write { .. } => None,
        }
    }
}
