use std::path::PathBuf;

use clap::Args;

/// `cargo-fluxloop __host <library> <symbol>`.
#[derive(Debug, Args)]
pub(crate) struct HostArguments {
    /// The dynamic library that holds the agents.
    pub(crate) library: PathBuf,
    /// The symbol of its entry.
    pub(crate) symbol: String,
}
