use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::ffi::OsStrExt as _,
    path::Path,
    process::{Child, Command},
    sync::{Arc, Mutex},
    thread,
};

use rustix::{
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

use crate::wait_until;

/// A command that somebody sits in front of.
#[derive(Debug)]
pub struct Terminal {
    child: Child,
    keyboard: File,
    screen: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    /// Starts a command on a terminal of so many columns.
    ///
    /// # Panics
    ///
    /// When there is no terminal to be had.
    #[must_use]
    pub fn start(mut command: Command, columns: u16) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
            .expect("a terminal");
        grantpt(&ours).expect("it is ours");
        unlockpt(&ours).expect("it opens");
        let name = ptsname(&ours, Vec::new()).expect("it has a name");
        let path = Path::new(std::ffi::OsStr::from_bytes(name.as_bytes()));
        let theirs = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .expect("the other end");
        let size = Winsize {
            ws_row: 24,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&theirs, size).expect("a size");
        let end = || theirs.try_clone().expect("a copy");
        command
            .env("TERM", "xterm-256color")
            .stdin(end())
            .stdout(end())
            .stderr(end());
        let child = command.spawn().expect("the command starts");
        // With it go its copies: while one is open, our end sees no end.
        drop((command, theirs));
        let keyboard = File::from(ours);
        let mut output = keyboard.try_clone().expect("a copy");
        let screen: Arc<Mutex<Vec<u8>>> = Arc::default();
        let shown = Arc::clone(&screen);
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            // Without anybody at the other end, Linux reports an error.
            while let Ok(length @ 1..) = output.read(&mut chunk) {
                let mut shown = shown.lock().expect("no holder panics");
                shown.extend_from_slice(&chunk[..length]);
            }
        });
        Self {
            child,
            keyboard,
            screen,
        }
    }

    /// Everything that it has shown so far, what was typed included.
    ///
    /// # Panics
    ///
    /// Never: the reader does not panic.
    #[must_use]
    pub fn text(&self) -> String {
        let shown = self.screen.lock().expect("no holder panics");
        String::from_utf8_lossy(&shown).into_owned()
    }

    /// Waits until it has shown this.
    ///
    /// # Panics
    ///
    /// When it does not.
    #[track_caller]
    pub fn shows(&self, text: &str) {
        wait_until(text, || self.text().contains(text));
    }

    /// Types.
    ///
    /// # Panics
    ///
    /// When nobody is there any more.
    #[track_caller]
    pub fn types(&mut self, keys: &str) {
        self.keyboard
            .write_all(keys.as_bytes())
            .expect("somebody listens");
    }

    /// Sends it a signal.
    ///
    /// # Panics
    ///
    /// When it is gone.
    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(id.expect("an id"), signal).expect("it is there");
    }

    /// Waits for its end: its exit code, and everything that it has shown.
    ///
    /// # Panics
    ///
    /// When it does not end.
    #[must_use]
    #[track_caller]
    pub fn finish(mut self) -> (Option<i32>, String) {
        let mut code = None;
        wait_until("the end of the command", || {
            let status = self.child.try_wait().expect("it is ours");
            code = status.and_then(|status| status.code());
            status.is_some()
        });
        // The reader holds one; it lets go of it at the end.
        wait_until("the last of what it shows", || {
            Arc::strong_count(&self.screen) == 1
        });
        (code, self.text())
    }
}

impl Drop for Terminal {
    /// A test that has failed leaves nothing behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
