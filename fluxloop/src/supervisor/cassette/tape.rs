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
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(CassetteError::Busy(self.file.shown.clone()));
            }
            // A file system without locks: that two record at once is then for the user to see.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(unwritable(error)),
        }
        let length = file.metadata().map_err(unwritable)?.len();
        if self.kept.is_some_and(|kept| kept.length != length) {
            return Err(CassetteError::Changed(self.file.shown.clone()));
        }
        Ok(Ready { file, new })
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
mod tests {
    use super::*;
    use crate::supervisor::cassette::{recording::Recording, sample};

    struct Place {
        folder: tempfile::TempDir,
    }

    impl Place {
        fn new() -> Self {
            Self {
                folder: tempfile::tempdir().unwrap(),
            }
        }

        fn file(&self) -> CassetteFile {
            CassetteFile {
                path: self.folder.path().join("new/tape.jsonl"),
                shown: "tape.jsonl".to_owned(),
            }
        }

        /// As `mode: record`.
        fn fresh(&self) -> Tape {
            Tape::new(self.file(), None)
        }

        /// As `mode: auto`.
        fn going_on(&self) -> Tape {
            let kept = Recording::read(&self.file()).unwrap().extent;
            Tape::new(self.file(), Some(kept))
        }

        fn text(&self) -> String {
            fs::read_to_string(self.file().path).unwrap()
        }

        fn write(&self, text: &str) {
            fs::create_dir_all(self.file().path.parent().unwrap()).unwrap();
            fs::write(self.file().path, text).unwrap();
        }
    }

    fn line(turn: u32) -> String {
        serde_json::to_string(&sample::exchange(turn)).unwrap() + "\n"
    }

    #[test]
    fn each_exchange_is_there_at_once() {
        let place = Place::new();
        let tape = place.fresh();
        tape.open().unwrap();
        tape.append(&sample::exchange(1)).unwrap();
        assert_eq!(place.text(), line(1));
        tape.append(&sample::exchange(2)).unwrap();
        assert_eq!(place.text(), line(1) + &line(2));
    }

    #[test]
    fn an_old_recording_stays_until_there_is_a_new_one() {
        let place = Place::new();
        place.write(&(line(7) + &line(8)));
        let tape = place.fresh();
        tape.open().unwrap();
        drop(tape);
        assert_eq!(place.text(), line(7) + &line(8));
        place.fresh().append(&sample::exchange(1)).unwrap();
        assert_eq!(place.text(), line(1));
    }

    #[test]
    fn a_file_that_got_nothing_is_taken_away() {
        let place = Place::new();
        let tape = place.fresh();
        tape.open().unwrap();
        assert!(place.file().path.exists());
        drop(tape);
        assert!(!place.file().path.exists());
    }

    #[test]
    fn going_on_keeps_whole_lines_and_no_half_one() {
        for (before, kept) in [
            (line(1), line(1)),
            (line(1) + "{\"version\":\"1.0\",\"ca", line(1)),
            (line(1).trim_end().to_owned(), line(1)),
            (String::new(), String::new()),
        ] {
            let place = Place::new();
            place.write(&before);
            let tape = place.going_on();
            tape.open().unwrap();
            assert_eq!(place.text(), before, "nothing was recorded yet");
            tape.append(&sample::exchange(2)).unwrap();
            assert_eq!(place.text(), kept + &line(2));
        }
    }

    #[test]
    fn one_records_at_a_time() {
        let place = Place::new();
        let first = place.fresh();
        first.open().unwrap();
        let second = place.fresh();
        insta::assert_snapshot!(second.open().unwrap_err(), @"another experiment records to the supervisor's cassette `tape.jsonl`");
        drop(second);
        first.append(&sample::exchange(1)).unwrap();
        assert_eq!(place.text(), line(1));
    }

    #[test]
    fn what_others_wrote_meanwhile_is_not_cut_off() {
        let place = Place::new();
        place.write(&(line(1) + "{"));
        let tape = place.going_on();
        place.write(&(line(1) + &line(2)));
        insta::assert_snapshot!(tape.open().unwrap_err(), @"something else has written to the supervisor's cassette `tape.jsonl` since it was read");
        assert_eq!(place.text(), line(1) + &line(2));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_said_before_anything_is_recorded() {
        let place = Place::new();
        place.write("");
        let inside = CassetteFile {
            path: place.file().path.join("tape.jsonl"),
            shown: "file/tape.jsonl".to_owned(),
        };
        let error = Tape::new(inside, None).open().unwrap_err();
        assert!(matches!(error, CassetteError::Unwritable { .. }), "{error}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_said_each_time() {
        let full = CassetteFile {
            path: "/dev/full".into(),
            shown: "tape.jsonl".to_owned(),
        };
        let tape = Tape::new(full, None);
        tape.open().unwrap();
        assert_eq!(tape.problem(), None);
        let problem = tape.append(&sample::exchange(1)).unwrap_err();
        insta::assert_snapshot!(problem, @"the supervisor's cassette `tape.jsonl` cannot be written: No space left on device (os error 28)");
        assert_eq!(tape.append(&sample::exchange(2)).unwrap_err(), problem);
        assert_eq!(tape.problem(), Some(problem));
    }
}
