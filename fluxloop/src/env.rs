//! The environment of the process that agents live in: the one place where this crate reads variables.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the module that reads them"
)]

use std::ffi::OsString;

use crate::{
    secret::is_secret_variable,
    worker::protocol::{
        OBSERVE_VARIABLE, ObserveOptions, PARALLEL_VARIABLE, SOCKET_VARIABLE, TOKEN_VARIABLE,
    },
};

/// What a worker is started with.
#[derive(Debug)]
pub(crate) struct WorkerEnvironment {
    pub(crate) socket: String,
    pub(crate) token: String,
    pub(crate) parallel: usize,
    /// What to record, as JSON; nothing where absent.
    pub(crate) observe: Option<String>,
}

impl WorkerEnvironment {
    /// Absent where this process was not started as a worker.
    pub(crate) fn read() -> Option<Self> {
        Some(Self {
            socket: std::env::var(SOCKET_VARIABLE).ok()?,
            token: std::env::var(TOKEN_VARIABLE).ok()?,
            parallel: std::env::var(PARALLEL_VARIABLE).ok()?.parse().ok()?,
            observe: std::env::var(OBSERVE_VARIABLE).ok(),
        })
    }

    /// What to record; nothing where absent.
    pub(crate) fn observe_options(&self) -> serde_json::Result<Option<ObserveOptions>> {
        self.observe
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
    }
}

/// The values of the variables whose names say that they are secret.
pub(crate) fn secrets() -> impl Iterator<Item = String> {
    texts()
        .filter(|(name, _)| is_secret_variable(name))
        .map(|(_, value)| value)
}

/// Every variable whose name and value are text.
#[cfg(feature = "harness")]
pub(crate) fn variables() -> std::collections::BTreeMap<String, String> {
    texts().collect()
}

fn texts() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// The folder of the package that is tested, as `cargo test` and `cargo nextest` say; absent elsewhere.
#[cfg(feature = "harness")]
pub(crate) fn package_directory() -> Option<std::path::PathBuf> {
    let directory = std::path::PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?);
    directory.is_absolute().then_some(directory)
}

/// What says whether arguments are recorded, and where. An empty variable counts as unset.
#[derive(Debug, Default)]
pub(crate) struct RecordingEnvironment {
    /// `FLUXLOOP_RECORD_ARGS`.
    pub(crate) record_args: Option<OsString>,
    /// `FLUXLOOP_RECORDING_FILE`.
    pub(crate) file: Option<OsString>,
    /// `FLUXLOOP_RECORDING_MAX_BYTES`.
    pub(crate) max_bytes: Option<OsString>,
}

impl RecordingEnvironment {
    pub(crate) fn read() -> Self {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            record_args: set("FLUXLOOP_RECORD_ARGS"),
            file: set("FLUXLOOP_RECORDING_FILE"),
            max_bytes: set("FLUXLOOP_RECORDING_MAX_BYTES"),
        }
    }
}
