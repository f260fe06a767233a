use std::{
    fmt,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{ArtifactError, Operation};

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
            .try_for_each(|row| push_line(buffer, row))
            .and_then(|()| self.file.write_all(buffer))
            .map_err(|error| ArtifactError::new(Operation::Append, &self.path, error))
    }
}

/// An agent's JSON is copied as it is, and may be laid out over several lines. Within a string a line break is
/// always escaped, so any that stands there is white space between tokens, and a space means the same.
fn push_line<R: Serialize>(buffer: &mut Vec<u8>, row: &R) -> io::Result<()> {
    let begin = buffer.len();
    serde_json::to_writer(&mut *buffer, row)?;
    for byte in &mut buffer[begin..] {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    buffer.push(b'\n');
    Ok(())
}
