use std::{
    io::{self, Write as _},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};

use super::{
    arguments::{MOST_BYTES, Problem},
    file::RecordingFile,
    line::line,
    queue::{Queue, Recorded},
    settings::Settings,
};
use crate::{observe::Mask, visible::visible};

/// What waits for the file at most, usually.
pub(super) const QUEUE_BYTES: usize = 16 << 20;

/// Takes calls down.
#[derive(Debug)]
pub(super) struct Recorder {
    queue: Arc<Queue>,
    mask: Mask,
    is_said: Said,
}

/// Which warnings were given: each is given once.
#[derive(Debug, Default)]
struct Said {
    too_many: AtomicBool,
    unwritable: AtomicBool,
}

impl Recorder {
    /// Starts the thread that writes. So many bytes wait for it at most.
    pub(super) fn start(
        settings: Settings,
        secrets: impl Iterator<Item = String>,
        queue_bytes: usize,
    ) -> io::Result<Self> {
        let queue = Arc::new(Queue::new(queue_bytes));
        let (lines, file) = (Arc::clone(&queue), RecordingFile::new(settings));
        thread::Builder::new()
            .name("fluxloop-recorder".to_owned())
            .spawn(move || write(&lines, file))?;
        Ok(Self {
            queue,
            mask: Mask::new(secrets),
            is_said: Said::default(),
        })
    }

    /// Takes a call down.
    pub(super) fn record(&self, target: &str, call: Result<(String, u32), Problem>) {
        let line = call.and_then(|(kwargs, iteration)| {
            line(target, iteration, &kwargs, &self.mask, SystemTime::now())
                .map_err(|error| Problem::Unwritable(error.to_string()))
        });
        match line {
            Ok(line) if self.queue.push(&line) => {}
            Ok(_) => warn_once(&self.is_said.too_many, || {
                format!("a call of `{target}` is not recorded: too many wait for the file")
            }),
            Err(problem) => {
                self.queue.lose();
                warn_once(&self.is_said.unwritable, || {
                    format!("a call of `{target}` is not recorded: {}", said(&problem))
                });
            }
        }
    }

    /// Waits until all of it is written, for some time at most.
    pub(super) fn flush(&self, limit: Duration) -> Recorded {
        self.queue.flush(limit)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn said(problem: &Problem) -> String {
    match problem {
        Problem::TooLong => format!("its arguments are longer than {MOST_BYTES} bytes of JSON"),
        Problem::NoObject => {
            "expected arguments by name (a struct or a map), found something else".to_owned()
        }
        Problem::Unwritable(error) => format!("its arguments have no form in JSON: {error}"),
    }
}

fn write(lines: &Queue, mut file: RecordingFile) {
    let is_said = AtomicBool::new(false);
    while let Some(batch) = lines.take() {
        match file.append(&batch.bytes) {
            Ok(()) => lines.done(batch.count, 0),
            Err(failed) => {
                warn_once(&is_said, || {
                    let (path, error) = (file.path().display(), &failed.error);
                    format!("calls are not recorded: cannot write {path}: {error}")
                });
                lines.done(failed.written, batch.count.saturating_sub(failed.written));
            }
        }
    }
}

/// Says it on standard error, unless it was said before: once is enough in the logs of a service.
fn warn_once(is_said: &AtomicBool, message: impl FnOnce() -> String) {
    if !is_said.swap(true, Ordering::Relaxed) {
        warn(&format!("{} (said once)", message()));
    }
}

/// Says something on standard error. Nobody is left to tell if that is closed.
pub(super) fn warn(message: &str) {
    let _ = writeln!(io::stderr(), "fluxloop: warning: {}", visible(message));
}
