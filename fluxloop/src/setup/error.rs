use crate::{
    config::ConfigErrors, plan::PlanError, supervisor::SupervisorError, target::SpecError,
};

/// Why there is no experiment to begin: what it is configured to be is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The configuration or the inputs are wrong.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// There is no such supervisor.
    #[error(transparent)]
    Supervisor(#[from] SupervisorError),
    /// Inputs and personas do not come together, or nothing is left of them.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The target cannot be read. The message holds all there is to say: as a `source` it would be said twice.
    #[error("`runner.target`: {0}")]
    Spec(SpecError),
}

impl From<SpecError> for SetupError {
    fn from(error: SpecError) -> Self {
        Self::Spec(error)
    }
}

impl SetupError {
    /// What to do about it, where that is not part of the message.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Config(_) => None,
            Self::Supervisor(error) => error.hint().map(str::to_owned),
            Self::Plan(error) => Some(error.hint().to_owned()),
            Self::Spec(error) => Some(error.hint()),
        }
    }
}
