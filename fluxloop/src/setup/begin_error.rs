use std::io;

use super::{SetupError, Unfit, UnknownCheck};
use crate::{
    agent::RegistryError, artifact::ArtifactError, config::ConfigErrors, host::StartError,
    supervisor::SupervisorError, target::SpecError,
};

/// Why an experiment cannot begin, wherever it would run: in the command, as a test suite, or within a test.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BeginError {
    /// Its configuration or its inputs are wrong, or nothing is left to run.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Two agents are registered by the same name.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// None or several of the agents that are linked into a test are meant.
    #[cfg(feature = "harness")]
    #[error(transparent)]
    Linked(#[from] super::LinkedError),
    /// The agents cannot be called.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A check is chosen that nobody has registered.
    #[error(transparent)]
    UnknownCheck(#[from] UnknownCheck),
    /// Inputs do not fit the agent's parameters.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Results cannot be written.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// The system denied what every experiment needs.
    #[error("{what}")]
    System {
        /// What was to be done.
        what: &'static str,
        /// Why it could not.
        source: io::Error,
    },
}

impl BeginError {
    /// For `map_err`: the system denied this.
    pub fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }

    /// The mistakes in configuration and inputs, where it is they. Each has a report with its place, the line itself, and
    /// what to do.
    #[must_use]
    pub fn mistakes(&self) -> Option<&ConfigErrors> {
        match self {
            Self::Setup(SetupError::Config(errors)) => Some(errors),
            _ => None,
        }
    }

    /// What to do about it, where that is known and not part of the message.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Setup(error) => error.hint(),
            Self::Registry(error) => Some(error.hint().to_owned()),
            #[cfg(feature = "harness")]
            Self::Linked(error) => Some(error.hint()),
            Self::UnknownCheck(error) => Some(error.hint()),
            Self::Unfit(error) => Some(error.hint().to_owned()),
            Self::Artifact(error) => error.hint().map(str::to_owned),
            Self::Start(_) | Self::System { .. } => None,
        }
    }
}

impl From<ConfigErrors> for BeginError {
    fn from(errors: ConfigErrors) -> Self {
        SetupError::from(errors).into()
    }
}

impl From<SupervisorError> for BeginError {
    fn from(error: SupervisorError) -> Self {
        SetupError::from(error).into()
    }
}

impl From<SpecError> for BeginError {
    fn from(error: SpecError) -> Self {
        SetupError::from(error).into()
    }
}
