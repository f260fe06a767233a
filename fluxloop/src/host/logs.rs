use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::secret::Secrets;

/// What is kept until there is a folder to write into.
const MOST_PENDING: usize = 256 * 1024;
/// What is kept for the message about a worker that does not start.
const TAIL: usize = 4 * 1024;

/// Where everything that agents print goes: `stdout.log` and `stderr.log` in one folder.
///
/// Workers start before an experiment has its folder; what they print until then is kept and written once
/// [`open`](Self::open) names it. Logs are never worth an experiment: what cannot be written is said by
/// [`problem`](Self::problem) and dropped.
#[derive(Clone, Debug)]
pub struct Logs {
    secrets: Secrets,
    show: Option<fn(&str)>,
    stdout: Arc<Mutex<Log>>,
    stderr: Arc<Mutex<Log>>,
}

/// Which of a worker's outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Stdout,
    Stderr,
}

#[derive(Debug, Default)]
struct Log {
    path: Option<PathBuf>,
    file: Option<File>,
    pending: Vec<u8>,
    /// The beginning of a line that is to be shown.
    begun: Vec<u8>,
    tail: Vec<u8>,
    problem: Option<String>,
}

impl Logs {
    /// Logs that wait for their folder. Secrets are masked in them.
    #[must_use]
    pub fn new(secrets: Secrets) -> Self {
        Self {
            secrets,
            show: None,
            stdout: Arc::default(),
            stderr: Arc::default(),
        }
    }

    /// Has each line shown, too, at once. What is printed is untrusted: it may steer a terminal.
    #[must_use]
    pub fn shown_by(self, show: fn(&str)) -> Self {
        Self {
            show: Some(show),
            ..self
        }
    }

    /// Names the folder. The files appear with the first output.
    pub fn open(&self, folder: &Path) {
        for (stream, name) in [
            (Stream::Stdout, "stdout.log"),
            (Stream::Stderr, "stderr.log"),
        ] {
            let mut log = self.log(stream);
            log.path = Some(folder.join(name));
            let pending = std::mem::take(&mut log.pending);
            log.write(&pending);
        }
    }

    /// Why something that agents printed is not in the logs.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        [Stream::Stdout, Stream::Stderr]
            .into_iter()
            .find_map(|stream| self.log(stream).problem.clone())
    }

    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Takes output in, secrets masked already.
    pub(super) fn write(&self, stream: Stream, bytes: &[u8]) {
        let mut log = self.log(stream);
        log.tail.extend_from_slice(bytes);
        let surplus = log.tail.len().saturating_sub(TAIL);
        log.tail.drain(..surplus);
        log.write(bytes);
        if let Some(show) = self.show {
            log.show(bytes, show);
        }
    }

    /// A worker prints no more on this stream: a last line without its end is one, too.
    pub(super) fn ended(&self, stream: Stream) {
        let mut log = self.log(stream);
        if let Some(show) = self.show
            && !log.begun.is_empty()
        {
            log.show(b"\n", show);
        }
    }

    /// The last that was written to stderr, as text.
    pub(super) fn stderr_tail(&self) -> String {
        String::from_utf8_lossy(&self.log(Stream::Stderr).tail)
            .trim()
            .to_owned()
    }

    fn log(&self, stream: Stream) -> MutexGuard<'_, Log> {
        let log = match stream {
            Stream::Stdout => &self.stdout,
            Stream::Stderr => &self.stderr,
        };
        log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    /// Shows all lines that have come to their end.
    fn show(&mut self, bytes: &[u8], show: fn(&str)) {
        self.begun.extend_from_slice(bytes);
        let whole = self.begun.iter().rposition(|byte| *byte == b'\n');
        let whole: Vec<u8> = self.begun.drain(..whole.map_or(0, |at| at + 1)).collect();
        String::from_utf8_lossy(&whole).lines().for_each(show);
    }

    fn write(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if self.path.is_none() {
            let room = MOST_PENDING.saturating_sub(self.pending.len());
            if room < bytes.len() {
                self.problem =
                    Some("agents printed more before the first run than is kept".to_owned());
            }
            self.pending
                .extend_from_slice(&bytes[..bytes.len().min(room)]);
        } else if let Err(error) = self.append(bytes) {
            let path = self.path.as_deref().unwrap_or(Path::new("logs")).display();
            self.problem.get_or_insert_with(|| {
                format!("what agents print cannot be written to {path}: {error}")
            });
        }
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.file.is_none()
            && let Some(path) = &self.path
        {
            self.file = Some(OpenOptions::new().append(true).create(true).open(path)?);
        }
        self.file
            .as_mut()
            .map_or(Ok(()), |file| file.write_all(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_shown_as_wholes_and_at_once() {
        static SHOWN: Mutex<Vec<String>> = Mutex::new(Vec::new());
        let logs = Logs::new(Secrets::default())
            .shown_by(|line| SHOWN.lock().unwrap().push(line.to_owned()));
        let folder = tempfile::tempdir().unwrap();
        logs.open(folder.path());
        logs.write(Stream::Stdout, b"one\r\ntw");
        logs.write(Stream::Stderr, b"aside\n");
        assert_eq!(*SHOWN.lock().unwrap(), ["one", "aside"]);
        logs.write(Stream::Stdout, b"o\nthree \xff");
        logs.ended(Stream::Stdout);
        logs.ended(Stream::Stderr);
        let shown = SHOWN.lock().unwrap();
        assert_eq!(*shown, ["one", "aside", "two", "three \u{fffd}"]);
        let kept = std::fs::read(folder.path().join("stdout.log")).unwrap();
        assert_eq!(kept, b"one\r\ntwo\nthree \xff");
    }
}
