use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, builder::PossibleValue};
use fluxloop::{config::GenerationMode, generate::Strategy};

use super::{
    Override, ProjectArguments,
    conversation::CassetteMode,
    options::Overrides,
    selection::{PersonaArguments, SeedArguments},
    value::at_least_one,
};

/// `cargo fluxloop generate`.
#[derive(Debug, Args)]
pub(crate) struct GenerateArguments {
    /// What is generated.
    #[command(subcommand)]
    pub(crate) subject: GenerateSubject,
}

/// What `generate` generates.
#[derive(Debug, Subcommand)]
pub(crate) enum GenerateSubject {
    /// Make inputs of the base inputs: × personas × strategies
    Inputs(Box<GenerateInputsArguments>),
}

/// `cargo fluxloop generate inputs`.
#[derive(Debug, Args)]
pub(crate) struct GenerateInputsArguments {
    /// Which project.
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    #[command(flatten)]
    seed: SeedArguments,
    #[command(flatten)]
    personas: PersonaArguments,
    #[command(flatten)]
    model: ModelArguments,
    /// What is made, and where it goes.
    #[command(flatten)]
    pub(crate) output: GenerationArguments,
}

/// How a model is asked.
#[derive(Debug, Args)]
#[command(next_help_heading = "Generation")]
struct ModelArguments {
    /// Requests to the model in flight at once [default: from config, else 1]
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    parallel: Option<u32>,
    /// What to do with the cassette of generated inputs [default: from config]
    #[arg(long, value_name = "MODE")]
    cassette: Option<CassetteMode>,
}

/// What is made, and where it goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Generation")]
pub(crate) struct GenerationArguments {
    /// With rules and a seed, or with a model [default: from config, else deterministic]
    #[arg(long, value_name = "MODE")]
    mode: Option<Mode>,
    /// Comma-separated list of strategies to use [default: from config, else all but adversarial]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    strategies: Option<Vec<StrategyName>>,
    /// The most inputs to generate [default: no limit]
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    pub(crate) limit: Option<u32>,
    /// File to write [default: inputs/generated.yaml]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long)]
    pub(crate) overwrite: bool,
}

/// Who writes the inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Rules and a seed
    Deterministic,
    /// A model, as the configuration names it
    Llm,
}

/// A strategy by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct StrategyName(Strategy);

impl ValueEnum for StrategyName {
    fn value_variants<'a>() -> &'a [Self] {
        const NAMES: [StrategyName; Strategy::ALL.len()] = {
            let mut names = [StrategyName(Strategy::Rephrase); Strategy::ALL.len()];
            let mut index = 0;
            while index < names.len() {
                names[index] = StrategyName(Strategy::ALL[index]);
                index += 1;
            }
            names
        };
        &NAMES
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()))
    }
}

impl GenerateInputsArguments {
    /// What the command line says of configuration keys.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        let mut overrides = Overrides::default();
        self.seed.push_to(&mut overrides);
        self.personas.push_to(&mut overrides);
        overrides.push("parallel_runs", "--parallel", self.model.parallel);
        overrides.push(
            "input_generation.llm.cassette.mode",
            "--cassette",
            self.model.cassette.map(CassetteMode::as_str),
        );
        overrides.into_vec()
    }
}

impl GenerationArguments {
    /// Who writes the inputs, if that was said.
    pub(crate) fn mode(&self) -> Option<GenerationMode> {
        self.mode.map(|mode| match mode {
            Mode::Deterministic => GenerationMode::Deterministic,
            Mode::Llm => GenerationMode::Llm,
        })
    }

    /// The strategies that were asked for, each once.
    pub(crate) fn strategies(&self) -> Option<Vec<Strategy>> {
        let mut strategies = Vec::new();
        for StrategyName(strategy) in self.strategies.iter().flatten() {
            if !strategies.contains(strategy) {
                strategies.push(*strategy);
            }
        }
        self.strategies.is_some().then_some(strategies)
    }
}
