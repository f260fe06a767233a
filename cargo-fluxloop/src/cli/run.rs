use clap::{Args, Subcommand};

use super::ExperimentArguments;

/// `cargo fluxloop run`.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// What to run.
    #[command(subcommand)]
    pub(crate) subject: RunSubject,
}

/// What `run` runs.
#[derive(Debug, Subcommand)]
pub(crate) enum RunSubject {
    /// Run the agent over inputs × personas × iterations
    Experiment(Box<ExperimentArguments>),
}
