use std::{io, path::PathBuf};

use super::Strategy;
use crate::plan::PlanError;

/// Why no inputs are generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// Nothing to make inputs of.
    #[error("the configuration has no `base_inputs` to generate inputs from")]
    NoBaseInputs,
    /// A name that is no strategy's.
    #[error("expected the name of a strategy, found `{0}`")]
    UnknownStrategy(String),
    /// Asked for what rules cannot do.
    #[error("the strategy `{0}` needs a model")]
    NeedsModel(Strategy),
    /// The strategy `custom` without an instruction.
    #[error(
        "the strategy `custom` has no instruction: `input_generation.llm.custom_prompt` is not set"
    )]
    NoInstruction,
    /// Personas that are not configured, or none left.
    #[error(transparent)]
    Personas(#[from] PlanError),
    /// No strategy could do anything with any base input.
    #[error("no input could be generated: no strategy has anything to do with the base inputs")]
    NothingGenerated,
    /// The file is there.
    #[error("{} is there already, and nothing was written", .0.display())]
    Exists(PathBuf),
    /// The file would not be read as what it is.
    #[error("expected a file that ends in .yaml or .yml for generated inputs, found {}", .0.display())]
    NotYaml(PathBuf),
    /// The system does not let us write it.
    #[error("cannot write {}: {error}", path.display())]
    Write {
        /// Absolute.
        path: PathBuf,
        /// What the system says. Part of the message, so not a `source` besides.
        error: io::Error,
    },
}

impl GenerateError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let names = || {
            let rules = Strategy::ALL
                .iter()
                .filter(|strategy| !strategy.needs_model());
            rules
                .map(|strategy| strategy.name())
                .collect::<Vec<_>>()
                .join(", ")
        };
        match self {
            Self::NoBaseInputs => Some(
                "write some into configs/input.yaml, for example:\n\nbase_inputs:\n  - input: \"How do I start?\"".to_owned(),
            ),
            Self::UnknownStrategy(_) => Some(format!("without a model there are: {}", names())),
            Self::NeedsModel(_) => Some(format!(
                "pass `--mode llm`, or take others: without a model there are {}",
                names()
            )),
            Self::NoInstruction => Some(
                "write one into configs/input.yaml, for example:\n\ninput_generation:\n  llm:\n    custom_prompt: \"Ask as somebody who is in a great hurry.\"".to_owned(),
            ),
            Self::Personas(error) => Some(error.hint().to_owned()),
            Self::NothingGenerated => Some("write base inputs of a few words, or take other strategies".to_owned()),
            Self::Exists(_) => Some("replace it with `--overwrite`, or name another file with `--output`".to_owned()),
            Self::NotYaml(_) => Some("name such a file with `--output`".to_owned()),
            Self::Write { .. } => None,
        }
    }
}
