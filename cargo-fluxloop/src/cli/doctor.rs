use clap::Args;

use super::{ProjectArguments, output::JsonArguments};
use crate::workspace::CargoOptions;

/// `cargo fluxloop doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Which project.
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// For whom.
    #[command(flatten)]
    pub(crate) output: JsonArguments,
    /// What a run would build.
    #[command(flatten)]
    pub(crate) cargo: CargoOptions,
}
