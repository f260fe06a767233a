use std::{convert::Infallible, future::pending, io};

use super::{StopLevel, Stopper};

/// Hears Ctrl-C, and where there is one the system's request to end.
#[cfg(unix)]
#[derive(Debug)]
pub struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

/// SIGXFSZ, on Linux and on macOS.
#[cfg(unix)]
const FILE_SIZE_LIMIT: std::ffi::c_int = 25;

#[cfg(unix)]
impl Signals {
    /// Hears from now on; must be called within a runtime.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        // A file at its largest size (`ulimit -f`) is results that cannot be written, and not the end of this process.
        // Once somebody has listened, that is so.
        drop(signal(SignalKind::from_raw(FILE_SIZE_LIMIT))?);
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Hears Ctrl-C.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Hears from now on.
    ///
    /// # Errors
    ///
    /// Never here.
    #[expect(clippy::unnecessary_wraps, reason = "alike on all systems")]
    pub fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Signals {
    /// The first signal asks the experiment to end, the second to end at once.
    pub async fn pass_on(mut self, stopper: Stopper) -> Infallible {
        self.next().await;
        stopper.ask(StopLevel::Drain);
        self.next().await;
        stopper.ask(StopLevel::Now);
        // Whoever listens must not hear that nobody asks any more.
        pending().await
    }
}
