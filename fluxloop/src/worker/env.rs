//! The environment of a worker: the one place where this crate reads variables outside of its engine.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the module that reads them"
)]

use super::protocol::{PARALLEL_VARIABLE, SOCKET_VARIABLE, TOKEN_VARIABLE};

/// What a worker is started with.
#[derive(Debug)]
pub(super) struct WorkerEnvironment {
    pub(super) socket: String,
    pub(super) token: String,
    pub(super) parallel: usize,
}

impl WorkerEnvironment {
    /// Absent where this process was not started as a worker.
    pub(super) fn read() -> Option<Self> {
        Some(Self {
            socket: std::env::var(SOCKET_VARIABLE).ok()?,
            token: std::env::var(TOKEN_VARIABLE).ok()?,
            parallel: std::env::var(PARALLEL_VARIABLE).ok()?.parse().ok()?,
        })
    }
}
