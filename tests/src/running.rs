use std::{
    fs,
    io::Read,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::Finished;

/// Nothing takes so long: whatever is waited for will not come.
const HOPELESS: Duration = Duration::from_mins(5);

/// A command on its way.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: Heard,
    stderr: Heard,
}

/// What was said so far.
#[derive(Debug)]
struct Heard {
    text: Arc<Mutex<Vec<u8>>>,
    listening: JoinHandle<()>,
}

impl Running {
    /// Starts a command.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command starts");
        let stdout = Heard::listen(child.stdout.take().expect("it is piped"));
        let stderr = Heard::listen(child.stderr.take().expect("it is piped"));
        Self {
            child,
            stdout,
            stderr,
        }
    }

    /// Its id.
    ///
    /// # Panics
    ///
    /// Never: ids are small.
    #[must_use]
    pub fn id(&self) -> Pid {
        let id = i32::try_from(self.child.id()).expect("ids are small");
        Pid::from_raw(id).expect("it is not 0")
    }

    /// Sends it a signal.
    ///
    /// # Panics
    ///
    /// When it is gone.
    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        kill_process(self.id(), signal).expect("it is there");
    }

    /// Waits until it has said this on standard error.
    ///
    /// # Panics
    ///
    /// When it does not.
    #[track_caller]
    pub fn hears(&self, text: &str) {
        wait_until(text, || self.stderr.text().contains(text));
    }

    /// Waits for its end.
    ///
    /// # Panics
    ///
    /// When it does not end.
    #[must_use]
    #[track_caller]
    pub fn finish(mut self) -> Finished {
        let mut status = None;
        wait_until("the end of the command", || {
            status = self.child.try_wait().expect("it is ours");
            status.is_some()
        });
        // A process that was left behind would hold them open.
        wait_until("the end of what it says", || {
            self.stdout.listening.is_finished() && self.stderr.listening.is_finished()
        });
        Finished {
            code: status.and_then(|status| status.code()),
            stdout: self.stdout.text(),
            stderr: self.stderr.text(),
        }
    }
}

impl Drop for Running {
    /// A test that has failed leaves nothing behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Heard {
    fn listen(mut from: impl Read + Send + 'static) -> Self {
        let text: Arc<Mutex<Vec<u8>>> = Arc::default();
        let heard = Arc::clone(&text);
        let listening = thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(length @ 1..) = from.read(&mut chunk) {
                heard
                    .lock()
                    .expect("no holder panics")
                    .extend_from_slice(&chunk[..length]);
            }
        });
        Self { text, listening }
    }

    fn text(&self) -> String {
        let text = self.text.lock().expect("no holder panics");
        String::from_utf8_lossy(&text).into_owned()
    }
}

/// Waits for something that comes sooner or later.
///
/// # Panics
///
/// When it does not.
#[track_caller]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < HOPELESS, "waited in vain for: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a file is there and not empty.
#[must_use]
pub fn is_there(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|file| file.len() > 0)
}

/// The processes that have this text in their command line or environment, ours not included.
///
/// # Panics
///
/// Where there is no `/proc`.
#[must_use]
pub fn processes(mark: &str) -> Vec<u32> {
    let is_marked = |id: &u32| {
        ["cmdline", "environ"].iter().any(|file| {
            let told = fs::read(format!("/proc/{id}/{file}")).unwrap_or_default();
            told.windows(mark.len()).any(|part| part == mark.as_bytes())
        })
    };
    fs::read_dir("/proc")
        .expect("processes are listed")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|id| *id != std::process::id())
        .filter(is_marked)
        .collect()
}
