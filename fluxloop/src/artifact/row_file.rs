use std::{
    fmt,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{ArtifactError, Operation};
use crate::json_line::push_json_line;

/// Opens a new file for rows. Tests put disks in its place that fill up.
pub(super) type Open<'a> = &'a dyn Fn(&Path) -> io::Result<Box<dyn Write + Send>>;

/// A file of JSON lines that rows are added to.
pub(super) struct RowFile {
    path: PathBuf,
    file: Box<dyn Write + Send>,
}

impl fmt::Debug for RowFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RowFile").field(&self.path).finish()
    }
}

impl RowFile {
    pub(super) fn create(path: PathBuf, open: Open<'_>) -> Result<Self, ArtifactError> {
        match open(&path) {
            Ok(file) => Ok(Self { path, file }),
            Err(error) => Err(ArtifactError::new(Operation::Create, path, error)),
        }
    }

    /// Adds rows in one write, straight to the operating system: once this returns, killing the process loses
    /// none of them, and a kill in the middle leaves whole rows. A buffer in between would save a third of
    /// the time and both of these.
    ///
    /// After an error the file may end in half a row: nothing may be added to it any more.
    ///
    /// `buffer` is working memory, so that a row costs no allocation once the largest has been seen.
    pub(super) fn append<R: Serialize>(
        &mut self,
        buffer: &mut Vec<u8>,
        rows: &[R],
    ) -> Result<(), ArtifactError> {
        buffer.clear();
        rows.iter()
            .try_for_each(|row| push_json_line(buffer, row))
            .map_err(|error| self.error(error.into()))?;
        self.append_lines(buffer)
    }

    /// Adds whole lines in one write.
    pub(super) fn append_lines(&mut self, lines: &[u8]) -> Result<(), ArtifactError> {
        self.file
            .write_all(lines)
            .map_err(|error| self.error(error))
    }

    /// Says which file it was.
    pub(super) fn error(&self, error: io::Error) -> ArtifactError {
        ArtifactError::new(Operation::Append, &self.path, error)
    }
}
