use std::io;

/// A cassette that cannot be played, or not be recorded to. Paths are as messages name them.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum CassetteError {
    #[error("the cassette `{0}` is not there")]
    NotFound(String),
    #[error("the cassette `{path}` cannot be read: {error}")]
    Unreadable { path: String, error: io::Error },
    #[error("the cassette `{0}` holds no exchange")]
    Empty(String),
    #[error("line {line} of the cassette `{path}` is no exchange: {problem}")]
    Line {
        path: String,
        /// From 1.
        line: usize,
        problem: String,
    },
    #[error(
        "line {line} of the cassette `{path}`: expected version 1 of its form, found `{found}`"
    )]
    Newer {
        path: String,
        /// From 1.
        line: usize,
        found: String,
    },
    #[error("the cassette `{path}` cannot be written: {error}")]
    Unwritable { path: String, error: io::Error },
    #[error("another experiment records to the cassette `{0}`")]
    Busy(String),
    #[error("something else has written to the cassette `{0}` since it was read")]
    Changed(String),
}

impl CassetteError {
    /// What to do about it.
    pub(in super::super) fn hint(&self) -> &'static str {
        match self {
            Self::NotFound(_) | Self::Empty(_) => {
                "record one with `mode: record`, or check `cassette.file` in the configuration"
            }
            Self::Unreadable { .. } | Self::Unwritable { .. } => {
                "check `cassette.file` in the configuration, and who may read and write there"
            }
            Self::Line { .. } => {
                "mend or remove the line, or record it all again with `mode: record`"
            }
            Self::Newer { .. } => "take a newer fluxloop, or record it again with `mode: record`",
            Self::Busy(_) => "wait for its end, or record to another file",
            Self::Changed(_) => "run it again",
        }
    }
}
