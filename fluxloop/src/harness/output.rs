//! What this process writes in a job of GitHub Actions: libtest's lines, insta's, and our own.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, PipeReader, Write as _},
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    thread::{self, JoinHandle},
};

use crate::github::inert;

/// Takes the force out of lines that GitHub Actions would take for commands, whoever writes them, until it is dropped.
#[derive(Debug)]
pub(super) struct InertOutput {
    _streams: [Stream; 2],
}

impl InertOutput {
    /// Begins with it.
    pub(super) fn begin() -> io::Result<Self> {
        let stdout = Stream::begin(io::stdout().as_fd(), |to| {
            Ok(rustix::stdio::dup2_stdout(to)?)
        })?;
        let stderr = Stream::begin(io::stderr().as_fd(), |to| {
            Ok(rustix::stdio::dup2_stderr(to)?)
        })?;
        Ok(Self {
            _streams: [stdout, stderr],
        })
    }
}

type Redirect = fn(BorrowedFd<'_>) -> io::Result<()>;

/// Standard output or standard error, which leads into a pipe.
#[derive(Debug)]
struct Stream {
    /// Where it led.
    original: OwnedFd,
    redirect: Redirect,
    /// Passes on what comes out of the pipe.
    thread: Option<JoinHandle<()>>,
}

impl Stream {
    fn begin(stream: BorrowedFd<'_>, redirect: Redirect) -> io::Result<Self> {
        let original = stream.try_clone_to_owned()?;
        let to = File::from(original.try_clone()?);
        let (from, pipe) = io::pipe()?;
        let thread = thread::Builder::new()
            .name("fluxloop-output".to_owned())
            .spawn(move || pass_on(from, to))?;
        redirect(pipe.as_fd())?;
        Ok(Self {
            original,
            redirect,
            thread: Some(thread),
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // Nobody is left to tell if a stream is closed.
        let _ = io::stdout().flush();
        let restored = (self.redirect)(self.original.as_fd());
        if let (Ok(()), Some(thread)) = (restored, self.thread.take()) {
            // The pipe has no other end any more: it comes to its own.
            let _ = thread.join();
        }
    }
}

/// Line by line, as GitHub reads.
fn pass_on(from: PipeReader, mut to: File) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while let Ok(1..) = from.read_until(b'\n', &mut line) {
        // Whoever closed the stream reads no more; the pipe is emptied all the same, for this process goes on.
        let _ = to.write_all(inert(&String::from_utf8_lossy(&line)).as_bytes());
        line.clear();
    }
}
