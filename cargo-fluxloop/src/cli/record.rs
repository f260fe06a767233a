use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ProjectArguments;

/// `cargo fluxloop record`.
#[derive(Debug, Args)]
pub(crate) struct RecordArguments {
    /// What is done about recording.
    #[command(subcommand)]
    pub(crate) subject: RecordSubject,
}

/// What `record` does.
#[derive(Debug, Subcommand)]
pub(crate) enum RecordSubject {
    /// Switch recording on, in the project's `.env`
    Enable(EnableArguments),
    /// Switch recording off, in the project's `.env`
    Disable(ProjectArguments),
    /// Show whether calls are recorded and replayed, and where
    Status(ProjectArguments),
}

/// `cargo fluxloop record enable`.
#[derive(Debug, Args)]
pub(crate) struct EnableArguments {
    /// Which project.
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// Recording to write, and later to replay [default: from config, else recordings/args.jsonl]
    #[arg(long, value_name = "PATH")]
    pub(crate) file: Option<PathBuf>,
}
