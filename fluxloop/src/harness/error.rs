use std::{io, path::PathBuf};

use crate::{
    config::report, engine::EngineError, help::push_help, setup::BeginError, visible::visible,
};

/// Why tests could not be run, or not to their end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HarnessError {
    /// An experiment cannot begin.
    #[error(transparent)]
    Begin(BeginError),
    /// The experiment could not be run to its end.
    #[error(transparent)]
    Engine(EngineError),
    /// Two configurations would give their tests the same names.
    #[error("two configurations are called `{name}`: their cases would have the same names")]
    SameName {
        /// The name.
        name: String,
    },
    /// A variable that is neither on nor off.
    #[error("`{name}`: expected true, false, 1 or 0, found `{found}`")]
    Variable {
        /// The variable.
        name: &'static str,
        /// Its value.
        found: String,
    },
    /// Tests are run or not.
    #[error("`FLUXLOOP_DRY_RUN` is set: tests cannot be run dry")]
    DryRun,
    /// There is no JUnit report.
    #[cfg(feature = "junit")]
    #[error(transparent)]
    Junit(crate::junit::JunitError),
    /// There can be no JUnit report.
    #[cfg(not(feature = "junit"))]
    #[error("`FLUXLOOP_JUNIT` asks for a report, and fluxloop's feature `junit` is off")]
    NoJunit,
    /// There can be no `--logfile`.
    #[error("cannot create `{}`, which `--logfile` names", path.display())]
    Logfile {
        /// The file.
        path: PathBuf,
        /// Why it could not.
        source: io::Error,
    },
    /// Ctrl-C before the first run.
    #[error("interrupted before the first run: nothing was run")]
    Interrupted,
}

impl<E: Into<BeginError>> From<E> for HarnessError {
    fn from(error: E) -> Self {
        Self::Begin(error.into())
    }
}

impl HarnessError {
    /// What to do about it.
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Begin(error) => return error.hint(),
            Self::Engine(error) => error.hint()?,
            Self::SameName { .. } => "rename one of the files",
            Self::DryRun => "unset it; `cargo test -- --list` shows the cases",
            #[cfg(feature = "junit")]
            Self::Junit(error) => error.hint()?,
            #[cfg(not(feature = "junit"))]
            Self::NoJunit => {
                "turn it on: `fluxloop = { version = \"…\", features = [\"harness\", \"junit\"] }` in [dev-dependencies]"
            }
            Self::Variable { .. } | Self::Logfile { .. } | Self::Interrupted => return None,
        };
        Some(hint.to_owned())
    }

    /// The message with its causes.
    pub(super) fn message(&self) -> String {
        let mut message = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(next) = cause {
            message.extend([": ", &next.to_string()]);
            cause = next.source();
        }
        message
    }

    /// The message with its causes and what to do, safe to show.
    pub(super) fn report(&self) -> String {
        if let Self::Begin(error) = self
            && let Some(mistakes) = error.mistakes()
        {
            return mistakes.report();
        }
        let message = self.message();
        let mut lines = message.lines();
        let mut report = report("error", lines.next().unwrap_or_default(), None, None);
        for line in lines {
            report.extend(["\n  ", &*visible(line)]);
        }
        if let Some(hint) = self.hint() {
            push_help(&mut report, 1, "help:", &hint);
        }
        report
    }
}
