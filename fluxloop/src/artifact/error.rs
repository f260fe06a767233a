use std::{fmt, io, path::PathBuf};

/// What was being done when results could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// Making a directory.
    CreateDirectory,
    /// Making a file.
    Create,
    /// Adding a row to a file.
    Append,
    /// Putting a new version of a file in the place of the old one.
    Replace,
    /// Keeping other processes from a file.
    Lock,
    /// Reading what other processes have written.
    Read,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CreateDirectory => "create the directory",
            Self::Create => "create",
            Self::Append => "write to",
            Self::Replace => "replace",
            Self::Lock => "lock",
            Self::Read => "read",
        })
    }
}

/// Results that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("could not {operation} `{}`", path.display())]
#[non_exhaustive]
pub struct ArtifactError {
    /// The file or directory.
    pub path: PathBuf,
    /// What was being done with it.
    pub operation: Operation,
    /// What the operating system says.
    pub source: io::Error,
}

impl ArtifactError {
    pub(super) fn new(
        operation: Operation,
        path: impl Into<PathBuf>,
        source: impl Into<io::Error>,
    ) -> Self {
        Self {
            path: path.into(),
            operation,
            source: source.into(),
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        use io::ErrorKind::{
            AlreadyExists, FileTooLarge, IsADirectory, NotADirectory, PermissionDenied,
            QuotaExceeded, ReadOnlyFilesystem, StorageFull,
        };
        Some(match self.source.kind() {
            StorageFull | QuotaExceeded => {
                "free some space, or write to another disk with `output.directory` (`--output-dir`); \
                 rows of the runs before this one are whole"
            }
            FileTooLarge => {
                "the file reached the largest size that the system allows (`ulimit -f`); \
                 run the inputs in several batches, or raise the limit"
            }
            PermissionDenied | ReadOnlyFilesystem => {
                "choose a directory that you may write to with `--output-dir` (`output.directory`)"
            }
            AlreadyExists | NotADirectory | IsADirectory => {
                "something else stands in the way: move it, or choose another one with `output.directory` (`--output-dir`)"
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
impl ArtifactError {
    /// A full disk, for the tests of what hears of one.
    pub(crate) fn sample() -> Self {
        Self {
            path: "traces.jsonl".into(),
            operation: Operation::Append,
            source: io::ErrorKind::StorageFull.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: io::ErrorKind) -> ArtifactError {
        ArtifactError::new(Operation::Append, "exp/traces.jsonl", kind)
    }

    #[test]
    fn the_message_names_operation_and_path_and_leaves_the_rest_to_the_source() {
        let error = error(io::ErrorKind::StorageFull);
        insta::assert_snapshot!(error, @"could not write to `exp/traces.jsonl`");
        assert!(std::error::Error::source(&error).is_some());
    }

    #[test]
    fn a_full_disk_and_a_forbidden_one_have_a_hint() {
        assert!(
            error(io::ErrorKind::StorageFull)
                .hint()
                .unwrap()
                .contains("space")
        );
        assert!(
            error(io::ErrorKind::ReadOnlyFilesystem)
                .hint()
                .unwrap()
                .contains("--output-dir")
        );
        assert_eq!(error(io::ErrorKind::BrokenPipe).hint(), None);
    }
}
