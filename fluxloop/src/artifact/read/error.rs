use std::{io, path::PathBuf};

/// Why an experiment directory cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The directory holds no `summary.json`, which every experiment has from its start.
    #[error("`{}` is not the directory of an experiment: it has no summary.json", path.display())]
    NotAnExperiment {
        /// The directory.
        path: PathBuf,
    },
    /// The operating system says no.
    #[error("could not read `{}`", path.display())]
    Read {
        /// The file or directory.
        path: PathBuf,
        /// What it says.
        source: io::Error,
    },
    /// `summary.json` is no JSON object.
    #[error("`{}` is not the summary of an experiment", path.display())]
    Summary {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        source: serde_json::Error,
    },
    /// Rows that were written are not there any more, or are rows no more.
    #[error("{missing} rows are missing in `{}`, or damaged", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// How many.
        missing: u64,
    },
    /// A version whose files this one may misread.
    #[error(
        "`{}` has format version {found}, and this fluxloop reads versions up to {known}.x",
        path.display()
    )]
    Version {
        /// The directory.
        path: PathBuf,
        /// What `format_version` says.
        found: String,
        /// The newest major version that is known.
        known: u32,
    },
}

impl ReadError {
    /// For `map_err`: what could not be read.
    pub(super) fn read(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Read { path, source }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotAnExperiment { .. } => Some(
                "name a directory that an experiment was written to, `experiments/exp_…` by default",
            ),
            Self::Version { .. } => Some("read it with the version that wrote it, or a newer one"),
            Self::Summary { .. } => Some(
                "fluxloop replaces this file as a whole: something else has changed it; \
                 the rows beside it may still be good",
            ),
            Self::Missing { .. } => Some("something else has changed this file"),
            Self::Read { .. } => None,
        }
    }
}
