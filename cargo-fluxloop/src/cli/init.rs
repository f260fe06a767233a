use std::path::PathBuf;

use clap::Args;

use super::{Environment, UsageError};
use crate::{
    init::Wishes,
    workspace::{CargoOptions, absolute_path},
};

const EXAMPLES: &str = "\
Nothing is written without being shown, and no file that is there is replaced
without --force. In Cargo.toml, what lacks is added, and all else left as it is.

Examples:
  cargo fluxloop init --example-agent          in a crate that has no agent yet
  cargo fluxloop init --agent my_crate:run     in a crate that has several";

/// `cargo fluxloop init`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InitArguments {
    /// Agent to set up for: module.path:function [default: the only one]
    #[arg(long, value_name = "TARGET")]
    agent: Option<String>,
    /// Write an agent to begin with, if the crate has none
    #[arg(long)]
    example_agent: bool,
    /// Replace configuration, inputs and test that are there
    #[arg(long)]
    force: bool,
    /// Write without asking
    #[arg(short, long)]
    yes: bool,
    /// Path to the Cargo.toml of the package
    #[arg(long, value_name = "PATH", value_parser = absolute_path(), help_heading = "Cargo")]
    manifest_path: Option<PathBuf>,
    /// Package to set up [default: the one in the current directory]
    #[arg(long, value_name = "NAME", help_heading = "Cargo")]
    pub(crate) package: Option<String>,
}

impl InitArguments {
    /// Whether to write without asking, after the environment (`FLUXLOOP_YES`).
    ///
    /// # Errors
    ///
    /// A variable that is no such value.
    pub(crate) fn yes(&self, environment: &Environment) -> Result<bool, UsageError> {
        environment.switch("yes", self.yes)
    }

    /// What is asked for.
    pub(crate) fn wishes(&self) -> Wishes {
        Wishes {
            agent: self.agent.clone(),
            example_agent: self.example_agent,
            force: self.force,
        }
    }

    /// How cargo is called.
    pub(crate) fn cargo_options(&self) -> CargoOptions {
        CargoOptions {
            manifest_path: self.manifest_path.clone(),
            ..CargoOptions::default()
        }
    }
}
