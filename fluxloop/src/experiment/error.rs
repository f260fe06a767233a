use std::{error::Error as _, fmt, io, path::PathBuf};

use crate::{
    agent::RegistryError,
    artifact::ArtifactError,
    config::ConfigErrors,
    engine::EngineError,
    help::push_help,
    host::StartError,
    setup::{SetupError, Unfit, UnknownCheck},
    target::ChoiceError,
};

/// Why an experiment could not be run.
///
/// `Display` is the message. `Debug` is all of it: the causes, the place in the file, and what to do about it. That is what
/// a test prints that returns the error or unwraps it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ExperimentError {
    /// The configuration or the inputs are wrong.
    #[error(transparent)]
    Config(ConfigErrors),
    /// The experiment as a whole makes no sense: nothing is left to run, or there is no such supervisor.
    #[error(transparent)]
    Setup(SetupError),
    /// Two agents are registered by the same name.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// No agent is linked into this test.
    #[error("no agent is linked into this test")]
    NoAgent,
    /// None or several of the agents fit.
    #[error("{choice}")]
    Choice {
        /// Which there are. Part of the message, so not a `source` besides.
        choice: ChoiceError,
        /// A crate that the target names and that is not linked.
        unlinked: Option<String>,
    },
    /// The agents cannot be called.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Inputs do not fit the agent's parameters.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// A check is chosen that nobody has registered.
    #[error(transparent)]
    UnknownCheck(#[from] UnknownCheck),
    /// The experiment's directory cannot be written.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// It ended before its end.
    #[error("{engine}; what was done until then is in {}", directory.display())]
    Engine {
        /// Why. Part of the message, so not a `source` besides.
        engine: EngineError,
        /// The experiment's directory.
        directory: PathBuf,
    },
    /// The system denied what every experiment needs.
    #[error("{what}")]
    System {
        /// What was to be done.
        what: &'static str,
        /// Why it could not.
        source: io::Error,
    },
    /// Whoever waited for it has gone before the first run ended.
    #[error("the experiment was stopped before its first run ended")]
    Stopped,
}

impl From<SetupError> for ExperimentError {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Config(errors) => Self::Config(errors),
            other => Self::Setup(other),
        }
    }
}

impl ExperimentError {
    /// For `map_err`: what the system denied.
    pub(super) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }

    /// What to do about it, where that is known and not part of the message.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Setup(error) => error.hint(),
            Self::Registry(error) => Some(error.hint().to_owned()),
            Self::NoAgent => Some(
                "put #[fluxloop::agent] on a function; one of another crate is linked once the test names that crate: \
                 `use my_crate as _;`"
                    .to_owned(),
            ),
            Self::Choice {
                unlinked: Some(name),
                ..
            } => Some(format!(
                "crate `{name}` has no agents here: if it has any, name it in the test, `use {name} as _;`"
            )),
            Self::Choice { choice, .. } => Some(choice.hint()),
            Self::Unfit(error) => Some(error.hint().to_owned()),
            Self::UnknownCheck(error) => Some(error.hint()),
            Self::Artifact(error)
            | Self::Engine {
                engine: EngineError::Write(error),
                ..
            } => error.hint().map(str::to_owned),
            // The report of each configuration error has its own.
            Self::Config(_)
            | Self::Start(_)
            | Self::Engine { .. }
            | Self::System { .. }
            | Self::Stopped => None,
        }
    }
}

impl fmt::Debug for ExperimentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Config(errors) = self {
            // Below the words that a test prints before it.
            return write!(f, "\n{}", errors.report());
        }
        write!(f, "{self}")?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, "\n  because: {error}")?;
            cause = error.source();
        }
        match self.hint() {
            Some(hint) => {
                let mut help = String::new();
                push_help(&mut help, 1, "help:", &hint);
                f.write_str(&help)
            }
            None => Ok(()),
        }
    }
}
