use std::{io, path::PathBuf};

use crate::{config::ConfigError, visible::visible};

/// Why a text stays as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// It cannot be read as it is.
    #[error("{0}")]
    Unreadable(ConfigError),
    /// The key is none: an empty one, or an empty part of a dotted one.
    #[error("expected a dotted key such as `multi_turn.max_turns`, found {:?}", visible(.0))]
    Key(String),
    /// A part of the dotted key leads nowhere.
    #[error("`{key}` is {found}: nothing can be set in it")]
    NoMapping {
        /// Dotted, up to the part that is no mapping.
        key: String,
        /// What it is.
        found: String,
    },
    /// The change would touch more than the value, or is beyond what is edited.
    #[error("line {line} cannot be edited safely: {reason}")]
    Unsafe {
        /// From 1.
        line: usize,
        /// What stands there.
        reason: &'static str,
        /// The lines to write instead.
        by_hand: String,
    },
}

impl EditError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable(error) => error.hint().map(str::to_owned),
            Self::Key(_) => None,
            Self::NoMapping { key, .. } => Some(format!("remove the value of `{key}`")),
            Self::Unsafe { by_hand, .. } => Some(format!("write it by hand:\n\n{by_hand}")),
        }
    }
}

/// Why a file stays as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says. Part of the message, so not a `source` besides.
        error: io::Error,
    },
    /// It cannot be replaced.
    #[error("cannot write {}: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says. Part of the message, so not a `source` besides.
        error: io::Error,
    },
    /// Its text cannot be changed so.
    #[error("{}: {error}", path.display())]
    Edit {
        /// The file.
        path: PathBuf,
        /// Why. Part of the message, so not a `source` besides.
        error: EditError,
    },
}

impl FileError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Edit { error, .. } => error.hint(),
            Self::Read { .. } | Self::Write { .. } => None,
        }
    }
}
