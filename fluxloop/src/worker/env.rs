//! The environment of a worker: the one place where this crate reads variables outside of its engine.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the module that reads them"
)]

use super::protocol::{
    OBSERVE_VARIABLE, ObserveOptions, PARALLEL_VARIABLE, SOCKET_VARIABLE, TOKEN_VARIABLE,
};
use crate::secret::is_secret_variable;

/// What a worker is started with.
#[derive(Debug)]
pub(super) struct WorkerEnvironment {
    pub(super) socket: String,
    pub(super) token: String,
    pub(super) parallel: usize,
    /// What to record, as JSON; nothing where absent.
    pub(super) observe: Option<String>,
}

impl WorkerEnvironment {
    /// Absent where this process was not started as a worker.
    pub(super) fn read() -> Option<Self> {
        Some(Self {
            socket: std::env::var(SOCKET_VARIABLE).ok()?,
            token: std::env::var(TOKEN_VARIABLE).ok()?,
            parallel: std::env::var(PARALLEL_VARIABLE).ok()?.parse().ok()?,
            observe: std::env::var(OBSERVE_VARIABLE).ok(),
        })
    }

    /// What to record; nothing where absent.
    pub(super) fn observe_options(&self) -> serde_json::Result<Option<ObserveOptions>> {
        self.observe
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
    }

    /// The values of the variables whose names say that they are secret.
    pub(super) fn secrets() -> impl Iterator<Item = String> {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| is_secret_variable(name))
            .map(|(_, value)| value)
    }
}
