use std::{error::Error as _, fmt, path::PathBuf};

use crate::{engine::EngineError, help::push_help, setup::BeginError};

/// Why an experiment could not be run.
///
/// `Display` is the message. `Debug` is all of it: the causes, the place in the file, and what to do about it. That is what
/// a test prints that returns the error or unwraps it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ExperimentError {
    /// It cannot begin.
    #[error(transparent)]
    Begin(BeginError),
    /// It ended before its end.
    #[error("{engine}; what was done until then is in {}", directory.display())]
    Engine {
        /// Why. Part of the message, so not a `source` besides.
        engine: EngineError,
        /// The experiment's directory.
        directory: PathBuf,
    },
    /// Whoever waited for it has gone before the first run ended.
    #[error("the experiment was stopped before its first run ended")]
    Stopped,
}

impl<E: Into<BeginError>> From<E> for ExperimentError {
    fn from(error: E) -> Self {
        Self::Begin(error.into())
    }
}

impl ExperimentError {
    /// What to do about it, where that is known and not part of the message.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Begin(error) => error.hint(),
            Self::Engine { engine, .. } => engine.hint().map(str::to_owned),
            Self::Stopped => None,
        }
    }
}

impl fmt::Debug for ExperimentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Begin(error) = self
            && let Some(mistakes) = error.mistakes()
        {
            // Below the words that a test prints before it.
            return write!(f, "\n{}", mistakes.report());
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
