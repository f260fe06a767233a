use std::path::PathBuf;

use clap::{Args, builder::NonEmptyStringValueParser};

use super::{
    options::Overrides,
    value::{at_least_one, persona_name},
};

/// Which project's configuration is used. The configuration layer reads their variables.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Experiment")]
#[expect(clippy::doc_markdown, reason = "help shows it as it stands")]
pub(crate) struct ProjectArguments {
    /// Path to configuration file [default: configs/simulation.yaml]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Project name under FluxLoop root [default: current directory]
    #[arg(long, value_name = "NAME")]
    pub(crate) project: Option<String>,
    /// FluxLoop root directory [default: ./fluxloop]
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) root: Option<PathBuf>,
}

/// What is asked, and how often.
#[derive(Debug, Args)]
#[command(next_help_heading = "Experiment")]
pub(super) struct IterationArguments {
    /// Inputs file (YAML, JSON, JSONL, CSV), may be repeated [default: inputs/generated.yaml]
    #[arg(long, value_name = "FILE")]
    inputs: Option<Vec<String>>,
    /// Number of runs per input [default: from config]
    #[arg(short, long, value_name = "N", value_parser = at_least_one())]
    iterations: Option<u32>,
}

impl IterationArguments {
    pub(super) fn push_to(&self, overrides: &mut Overrides) {
        overrides.push("inputs_file", "--inputs", self.inputs.clone());
        overrides.push("iterations", "--iterations", self.iterations);
    }
}

/// Which of the cases are run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Experiment")]
pub(super) struct CaseArguments {
    /// Run the cases with this text in their names [default: from config, else all]
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    filter: Option<String>,
    /// Run N of these, drawn by the seed [default: from config, else all]
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    sample: Option<u32>,
    /// Run the first N of these [default: from config, else all]
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    limit: Option<u32>,
}

impl CaseArguments {
    pub(super) fn push_to(&self, overrides: &mut Overrides) {
        overrides.push("cases.filter", "--filter", self.filter.as_deref());
        overrides.push("cases.sample", "--sample", self.sample);
        overrides.push("cases.limit", "--limit", self.limit);
    }
}

/// The seed, which also draws the cases of a sample.
#[derive(Debug, Args)]
#[command(next_help_heading = "Experiment")]
pub(super) struct SeedArguments {
    /// Seed of every random choice [default: from config, else drawn]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

impl SeedArguments {
    pub(super) fn push_to(&self, overrides: &mut Overrides) {
        overrides.push("seed", "--seed", self.seed);
    }
}

/// Who asks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Simulated users")]
pub(super) struct PersonaArguments {
    /// Comma-separated list of personas to use [default: all personas]
    #[arg(short, long, value_name = "NAMES", value_delimiter = ',', value_parser = persona_name)]
    personas: Option<Vec<String>>,
}

impl PersonaArguments {
    pub(super) fn push_to(&self, overrides: &mut Overrides) {
        overrides.push("persona_filter", "--personas", self.personas.clone());
    }
}
