use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{
    error::CassetteError,
    exchange::Exchange,
    recording::{CassetteFile, Extent},
};
use crate::json_line::push_json_line;

/// The end of a cassette to which is recorded.
#[derive(Debug)]
pub(super) struct Tape {
    file: CassetteFile,
    /// What stands there already and is kept; `None`: nothing is.
    kept: Option<Extent>,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    /// Nothing has touched the file.
    Closed,
    /// The file is ours, and as it was.
    Ready(Ready),
    /// At least one exchange was recorded.
    Recording(File),
    /// It cannot be written, for this reason.
    Broken(String),
}

/// A file that was opened for recording.
#[derive(Debug)]
struct Ready {
    file: File,
    /// It was not there before.
    new: bool,
}

impl Tape {
    /// Nothing is opened yet.
    pub(super) fn new(file: CassetteFile, kept: Option<Extent>) -> Self {
        Self {
            file,
            kept,
            state: Mutex::new(State::Closed),
        }
    }

    /// Opens the file, unless it is open: whether it can be written is known then. It stays as it is until there is
    /// something to record, so that an old recording outlives an experiment that fails at its first question.
    pub(super) fn open(&self) -> Result<(), CassetteError> {
        let mut state = self.state();
        if matches!(*state, State::Closed) {
            *state = State::Ready(self.ready()?);
        }
        Ok(())
    }

    /// Why nothing can be recorded any more, if so.
    pub(super) fn problem(&self) -> Option<String> {
        match &*self.state() {
            State::Broken(problem) => Some(problem.clone()),
            State::Closed | State::Ready(_) | State::Recording(_) => None,
        }
    }

    /// Adds an exchange in one write, straight to the operating system: a kill leaves whole lines.
    ///
    /// # Errors
    ///
    /// Says why not. Nothing is recorded from then on, since the file may end in half a line.
    pub(super) fn append(&self, exchange: &Exchange) -> Result<(), String> {
        let mut state = self.state();
        let written = match mem::replace(&mut *state, State::Closed) {
            State::Broken(problem) => Err(problem),
            State::Recording(file) => self.write(file, &[], exchange),
            State::Ready(ready) => self.begin(ready, exchange),
            State::Closed => self
                .ready()
                .map_err(|error| error.to_string())
                .and_then(|ready| self.begin(ready, exchange)),
        };
        match written {
            Ok(file) => {
                *state = State::Recording(file);
                Ok(())
            }
            Err(problem) => {
                *state = State::Broken(problem.clone());
                Err(problem)
            }
        }
    }

    fn ready(&self) -> Result<Ready, CassetteError> {
        let unwritable = |error| self.file.unwritable(error);
        if let Some(folder) = self.file.path.parent() {
            fs::create_dir_all(folder).map_err(unwritable)?;
        }
        let options = || OpenOptions::new().append(true).to_owned();
        let (file, new) = match options().create_new(true).open(&self.file.path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let file = options().open(&self.file.path).map_err(unwritable)?;
                (file, false)
            }
            made => (made.map_err(unwritable)?, true),
        };
        let metadata = file.metadata().map_err(unwritable)?;
        // Nobody minds who else writes to a device.
        if metadata.is_file() {
            self.lock(&file)?;
        }
        if self.kept.is_some_and(|kept| kept.length != metadata.len()) {
            return Err(CassetteError::Changed(self.file.shown.clone()));
        }
        Ok(Ready { file, new })
    }

    /// Of two that record to one file, each would take the other's lines away.
    fn lock(&self, file: &File) -> Result<(), CassetteError> {
        match file.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(CassetteError::Busy(self.file.shown.clone())),
            // A file system without locks: that two record at once is then for the user to see.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
            Err(TryLockError::Error(error)) => Err(self.file.unwritable(error)),
        }
    }

    /// The first exchange: the file is made what it has to be.
    fn begin(&self, ready: Ready, exchange: &Exchange) -> Result<File, String> {
        let kept = self.kept.unwrap_or_default();
        let length = ready.file.metadata().map_or(0, |metadata| metadata.len());
        if length != kept.whole {
            let cut = ready.file.set_len(kept.whole);
            cut.map_err(|error| self.file.unwritable(error).to_string())?;
        }
        let before: &[u8] = if kept.open { b"\n" } else { b"" };
        self.write(ready.file, before, exchange)
    }

    fn write(&self, mut file: File, before: &[u8], exchange: &Exchange) -> Result<File, String> {
        let mut line = before.to_vec();
        push_json_line(&mut line, exchange)
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(&line))
            .map_err(|error| self.file.unwritable(error).to_string())?;
        Ok(file)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change of the state is whole by itself.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Tape {
    /// A file that was made and got nothing is taken away again.
    fn drop(&mut self) {
        if let State::Ready(Ready { new: true, .. }) = &*self.state() {
            // It is empty: where it cannot be removed, it does no harm.
            let _ = fs::remove_file(&self.file.path);
        }
    }
}

#[cfg(test)]
mod tests;
