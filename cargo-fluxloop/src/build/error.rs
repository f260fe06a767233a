use std::{io, path::PathBuf};

use crate::workspace::ProfileError;

/// Why there is no worker to start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    /// The target cannot be built so.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// Cargo did not start, or its messages could not be read.
    #[error("cargo could not be run (`{program}`)")]
    CargoNotRun {
        /// What was started.
        program: String,
        /// Why it was not.
        source: io::Error,
    },
    /// The build failed; cargo has said why.
    #[error("the build failed: {unit}")]
    Failed {
        /// What was built.
        unit: String,
    },
    /// Something ended cargo.
    #[error("cargo was ended by signal {signal}")]
    Killed {
        /// The signal's number.
        signal: i32,
    },
    /// Ctrl-C while cargo ran.
    #[error("interrupted")]
    Interrupted,
    /// Cargo was content and reported no file to load.
    #[error("cargo reported nothing that can be run for {unit}")]
    NoArtifact {
        /// What was built.
        unit: String,
    },
    /// A folder of libraries has a name that the loader's search path cannot hold.
    #[error("the folders of the build cannot be put into the loader's search path")]
    LibraryPath(#[from] std::env::JoinPathsError),
    /// What was built could not be set aside for the worker.
    #[error("cannot copy {} for the worker", .built.display())]
    Copy {
        /// What cargo built.
        built: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The executable could not be asked for its tests.
    #[error("cannot list the tests in {}", .executable.display())]
    List {
        /// What cargo built.
        executable: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The executable has no entry of ours.
    #[error("no agent is registered in {unit}")]
    NoEntry {
        /// What was built.
        unit: String,
    },
}

impl BuildError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Profile(error) => Some(error.hint()),
            Self::CargoNotRun { .. } => Some(
                "install Rust from https://rustup.rs, or set CARGO to the cargo to use".to_owned(),
            ),
            Self::NoEntry { .. } => Some(
                "put #[fluxloop::agent] on a function of a module, not within another function; a target with `harness = false` cannot hold agents"
                    .to_owned(),
            ),
            Self::Copy { .. } | Self::List { .. } => {
                Some("check the target directory's space and permissions".to_owned())
            }
            Self::LibraryPath(_) => Some("use --target-dir to build elsewhere".to_owned()),
            Self::Failed { .. }
            | Self::Killed { .. }
            | Self::Interrupted
            | Self::NoArtifact { .. } => None,
        }
    }
}
