use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Environment, UsageError, options::Overrides};
use crate::terminal::{Color, Progress, Verbosity};

/// What standard output carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    /// Nothing: text for people goes to standard error
    #[default]
    Human,
    /// One JSON object a line, each with its `reason`
    Json,
}

/// Where results go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputDirectoryArguments {
    /// Output directory for results [default: experiments/]
    #[arg(short = 'o', long, visible_alias = "output", value_name = "DIRECTORY")]
    output_dir: Option<String>,
}

impl OutputDirectoryArguments {
    pub(super) fn push_to(&self, overrides: &mut Overrides) {
        overrides.push(
            "output_directory",
            "--output-dir",
            self.output_dir.as_deref(),
        );
    }
}

/// Where results go, and under which name.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct ResultArguments {
    #[command(flatten)]
    directory: OutputDirectoryArguments,
    /// Custom experiment name [default: auto-generated]
    #[arg(long, visible_alias = "name", value_name = "NAME")]
    experiment_name: Option<String>,
}

/// What is told besides, and what is shown meanwhile.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArguments {
    /// Write a JUnit report, too: a test case for each run, and one for the gate
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// How progress is shown [default: auto]
    #[arg(long, value_name = "HOW")]
    pub(super) progress: Option<Progress>,
    /// What standard output carries [default: human]
    #[arg(long, value_name = "FORMAT")]
    pub(super) message_format: Option<MessageFormat>,
}

impl ResultArguments {
    pub(super) fn push_to(&self, overrides: &mut Overrides) {
        self.directory.push_to(overrides);
        overrides.push("name", "--experiment-name", self.experiment_name.as_deref());
    }
}

/// For programs.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct JsonArguments {
    /// Print one JSON object on standard output, for programs
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is shown, and how: options of every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct ShellArguments {
    /// Show warnings, errors and the summary only
    #[arg(
        short,
        long,
        global = true,
        display_order = 900,
        conflicts_with = "verbose"
    )]
    quiet: bool,
    /// Show a line for each case, and retries
    #[arg(short, long, global = true, display_order = 901)]
    verbose: bool,
    /// When to use colours [default: auto]
    #[arg(long, global = true, display_order = 902, value_name = "WHEN")]
    color: Option<Color>,
}

/// [`ShellArguments`] and the environment in one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShellOptions {
    /// How much is shown.
    pub(crate) verbosity: Verbosity,
    /// Whether in colours.
    pub(crate) color: Color,
}

impl ShellArguments {
    /// The options, after the environment (`FLUXLOOP_QUIET`, `FLUXLOOP_VERBOSE`, `FLUXLOOP_COLOR`).
    ///
    /// # Errors
    ///
    /// A variable that is no such value, or two that contradict each other.
    pub(crate) fn resolve(&self, environment: &Environment) -> Result<ShellOptions, UsageError> {
        Ok(ShellOptions {
            verbosity: self.verbosity(environment)?,
            color: environment.choice("color", self.color)?,
        })
    }

    /// One setting with two options: either of them on the command line outweighs both variables.
    fn verbosity(&self, environment: &Environment) -> Result<Verbosity, UsageError> {
        let (quiet, verbose) = if self.quiet || self.verbose {
            (self.quiet, self.verbose)
        } else {
            (
                environment.switch("quiet", false)?,
                environment.switch("verbose", false)?,
            )
        };
        match (quiet, verbose) {
            (false, false) => Ok(Verbosity::Normal),
            (true, false) => Ok(Verbosity::Quiet),
            (false, true) => Ok(Verbosity::Verbose),
            (true, true) => Err(UsageError::contradiction(
                "FLUXLOOP_QUIET",
                "FLUXLOOP_VERBOSE",
            )),
        }
    }
}
