//! Where agents live: behind [`AgentHost`], so that the engine need not know.

use std::{ffi::OsString, path::PathBuf};

/// How to start a worker.
#[derive(Clone, Debug)]
pub struct WorkerCommand {
    /// The executable.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Set on top of the inherited environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Its working directory.
    pub working_directory: PathBuf,
}
