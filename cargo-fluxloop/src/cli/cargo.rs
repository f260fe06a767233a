use std::path::PathBuf;

use clap::Args;

/// cargo's own options, by cargo's own names. `-p` is not among them: it stands for `--personas`.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Cargo")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of cargo's")]
pub(crate) struct CargoArguments {
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// Package with the agent; may be repeated
    #[arg(long = "package", value_name = "SPEC")]
    pub(crate) packages: Vec<String>,
    /// Features to activate, separated by commas or spaces
    #[arg(short = 'F', long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// Activate all features
    #[arg(long)]
    pub(crate) all_features: bool,
    /// Do not activate the `default` feature
    #[arg(long)]
    pub(crate) no_default_features: bool,
    /// Build the agent with optimisations
    #[arg(long, conflicts_with = "cargo_profile")]
    pub(crate) release: bool,
    /// Build the agent with this profile
    #[arg(long, value_name = "NAME")]
    pub(crate) cargo_profile: Option<String>,
    /// Directory for everything that is built
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) target_dir: Option<PathBuf>,
    /// Assert that Cargo.lock will remain unchanged
    #[arg(long)]
    pub(crate) locked: bool,
    /// Run without accessing the network
    #[arg(long)]
    pub(crate) offline: bool,
}
