use std::path::PathBuf;

use clap::Args;

use super::{Override, ProjectArguments, options::Overrides, output::OutputDirectoryArguments};

/// Runs that are shown unless more are asked for.
const RUNS: usize = 50;
/// Observations of a case that are shown unless more are asked for.
const OBSERVATIONS: usize = 500;

const EXAMPLES: &str = "\
Examples:
  cargo fluxloop show                          the newest experiment
  cargo fluxloop show trace_007                one case of it
  cargo fluxloop show experiments/exp_… start  the case with `start` in its name

-v shows long values whole, -q the essentials only.";

/// `cargo fluxloop show`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ShowArguments {
    /// Experiment directory, or output directory [default: the newest experiment]
    #[arg(value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,
    /// Case to show in full: its name, a part of it, or a trace id
    #[arg(value_name = "CASE")]
    pub(crate) case: Option<String>,
    /// Which project.
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    #[command(flatten)]
    output: OutputDirectoryArguments,
    /// Most runs to list, or observations to show: a number or `all` [default: 50 runs, 500 observations]
    #[arg(
        long,
        value_name = "N",
        value_parser = limit,
        help_heading = "Output"
    )]
    limit: Option<usize>,
}

impl ShowArguments {
    /// What the command line says of configuration keys.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        let mut overrides = Overrides::default();
        self.output.push_to(&mut overrides);
        overrides.into_vec()
    }

    /// The most runs to list.
    pub(crate) fn most_runs(&self) -> usize {
        self.limit.unwrap_or(RUNS)
    }

    /// The most observations of a case to show.
    pub(crate) fn most_observations(&self) -> usize {
        self.limit.unwrap_or(OBSERVATIONS)
    }
}

/// A number from 1, or `all`.
fn limit(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(limit @ 1..) => Ok(limit),
        _ if text == "all" => Ok(usize::MAX),
        _ => Err("expected a whole number from 1, or `all`".to_owned()),
    }
}
