use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write},
    path::PathBuf,
    sync::Arc,
};

use crate::artifact::{ArtifactError, Operation};

/// A file that one process at a time holds.
#[derive(Debug)]
pub(super) struct FileLock {
    path: PathBuf,
    file: File,
}

impl FileLock {
    /// The file is made where it is not there.
    pub(super) fn open(path: PathBuf) -> Result<Self, ArtifactError> {
        let mut options = File::options();
        match options.read(true).append(true).create(true).open(&path) {
            Ok(file) => Ok(Self { path, file }),
            Err(error) => Err(ArtifactError::new(Operation::Create, path, error)),
        }
    }

    /// Does something while no other process does it. The lock of a process that dies is free again.
    pub(super) fn held<T, E: From<ArtifactError>>(
        &self,
        act: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let failed = |error| ArtifactError::new(Operation::Lock, &self.path, error);
        self.file.lock().map_err(failed)?;
        let done = act();
        // Closed at the latest, it is free.
        let unlocked = self.file.unlock().map_err(failed);
        let done = done?;
        unlocked?;
        Ok(done)
    }

    /// Its contents, for whoever holds it.
    pub(super) fn text(&self) -> io::Result<String> {
        let mut text = String::new();
        (&self.file).seek(SeekFrom::Start(0))?;
        (&self.file).read_to_string(&mut text)?;
        Ok(text)
    }

    /// Puts this in place of its contents, for whoever holds it.
    pub(super) fn replace(&self, text: &str) -> io::Result<()> {
        self.file.set_len(0)?;
        (&self.file).write_all(text.as_bytes())
    }

    /// Says which file it was.
    pub(super) fn error(&self, error: io::Error) -> ArtifactError {
        ArtifactError::new(Operation::Append, &self.path, error)
    }
}

/// A file that several processes add whole lines to.
#[derive(Debug)]
pub(super) struct LockedFile {
    file: File,
    lock: Arc<FileLock>,
}

impl LockedFile {
    pub(super) fn new(file: File, lock: Arc<FileLock>) -> Self {
        Self { file, lock }
    }
}

impl Write for LockedFile {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        self.write_all(lines)?;
        Ok(lines.len())
    }

    /// One process after the other: a long text may take several writes.
    fn write_all(&mut self, lines: &[u8]) -> io::Result<()> {
        let written = self
            .lock
            .held(|| append_lines(&self.file, lines).map_err(|error| self.lock.error(error)));
        written.map_err(|error: ArtifactError| error.source)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Adds lines to a file that was opened to append and to read. Half a line of a process that was killed is ended first, so that
/// the next one stands alone.
pub(super) fn append_lines(mut file: &File, lines: &[u8]) -> io::Result<()> {
    if file.seek(SeekFrom::End(0))? > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    file.write_all(lines)
}
