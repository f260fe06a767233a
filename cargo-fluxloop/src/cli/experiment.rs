use clap::Args;

use super::{
    ProjectArguments, gate::VerdictArguments, output::OutputArguments, settings::SettingArguments,
};
use crate::workspace::CargoOptions;

const VARIABLES: &str = "\
Each of these options, cargo's own excepted, has an environment variable:
FLUXLOOP_MAX_TURNS=5 stands for `--max-turns 5`, FLUXLOOP_YES=true for `--yes`,
FLUXLOOP_MULTI_TURN=false for `--no-multi-turn`. The command line wins over the
environment, the environment over the configuration.

Exit codes: 0 passed, 2 wrong command line, 4 nothing to run, 96 wrong setup,
100 the gate does not hold, 101 the build failed, 110 results could not be
written, 130 interrupted.";

/// `cargo fluxloop run experiment`.
#[derive(Debug, Args)]
#[command(after_long_help = VARIABLES)]
pub(crate) struct ExperimentArguments {
    #[command(flatten)]
    pub(super) project: ProjectArguments,
    #[command(flatten)]
    pub(super) settings: SettingArguments,
    #[command(flatten)]
    pub(super) consent: ConsentArguments,
    #[command(flatten)]
    pub(super) verdict: VerdictArguments,
    #[command(flatten)]
    pub(super) output: OutputArguments,
    #[command(flatten)]
    pub(super) cargo: CargoOptions,
}

/// Whether anything is run, and who says so.
#[derive(Debug, Args)]
#[command(next_help_heading = "Experiment")]
pub(super) struct ConsentArguments {
    /// Show what would be run, and run nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Skip confirmation prompt (for CI/automation)
    #[arg(short, long)]
    pub(super) yes: bool,
}
