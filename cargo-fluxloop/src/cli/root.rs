use std::ffi::OsString;

use clap::{Parser, Subcommand};

use super::{
    CompletionsArguments, ConfigArguments, DoctorArguments, GenerateArguments, InitArguments,
    ListArguments, RecordArguments, RunArguments, ShellArguments, ShowArguments,
};

/// Simulated users for the LLM agents in your workspace.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-fluxloop",
    bin_name = "cargo fluxloop",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "To begin: put #[fluxloop::agent] on a function, then `cargo fluxloop init`."
)]
pub(crate) struct Cli {
    /// What is asked for.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// What is shown, and how.
    #[command(flatten)]
    pub(crate) shell: ShellArguments,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set an existing crate up: configuration, inputs and test
    Init(InitArguments),
    /// Run an experiment
    Run(RunArguments),
    /// List the registered agents or checks, or the cases that a run would have
    List(Box<ListArguments>),
    /// Show an experiment, or one case of it
    Show(Box<ShowArguments>),
    /// Generate inputs
    Generate(GenerateArguments),
    /// Record the arguments of a live service's calls, to replay them
    Record(RecordArguments),
    /// Check, show or change the configuration
    Config(ConfigArguments),
    /// Check everything that a run needs, and say what to do about what is missing
    Doctor(Box<DoctorArguments>),
    /// Print a shell's completions for `cargo-fluxloop`
    Completions(CompletionsArguments),
}

impl Cli {
    /// Reads a command line, the program's own name first. Both spellings work: cargo passes
    /// `fluxloop` as the first argument of `cargo-fluxloop`.
    ///
    /// # Errors
    ///
    /// What clap has to say, help and version included; its `exit_code` is 2 for a wrong command line.
    pub(crate) fn parse_arguments(
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, clap::Error> {
        let mut arguments = arguments.into_iter();
        let program = arguments.next();
        let mut rest = arguments.peekable();
        rest.next_if(|first| first == "fluxloop");
        Self::try_parse_from(program.into_iter().chain(rest))
    }
}
