use std::io;

use crate::{
    agent::RegistryError,
    artifact::ArtifactError,
    config::report,
    engine::EngineError,
    help::push_help,
    host::StartError,
    setup::{SetupError, Unfit, UnknownCheck},
    target::ChoiceError,
    visible::visible,
};

/// Why tests could not be run, or not to their end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HarnessError {
    /// Configuration or inputs.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Two agents are called alike.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// Nothing to run.
    #[error("no agent is linked into this test")]
    NoAgent {
        /// The package as a crate would be called.
        package: String,
    },
    /// None or several agents fit the configured target.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
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
    /// This program did not become a worker.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Inputs that the agent does not take.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// A check is chosen that nobody has registered.
    #[error(transparent)]
    UnknownCheck(#[from] UnknownCheck),
    /// Results could not be written.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// The experiment could not be run to its end.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// There is no JUnit report.
    #[cfg(feature = "junit")]
    #[error(transparent)]
    Junit(#[from] crate::junit::JunitError),
    /// There can be no JUnit report.
    #[cfg(not(feature = "junit"))]
    #[error("`FLUXLOOP_JUNIT` asks for a report, and fluxloop's feature `junit` is off")]
    NoJunit,
    /// Ctrl-C before the first run.
    #[error("interrupted before the first run: nothing was run")]
    Interrupted,
    /// The system denied what is needed.
    #[error("{what}")]
    System {
        /// What was to be done.
        what: &'static str,
        /// Why it could not.
        source: io::Error,
    },
}

impl HarnessError {
    /// For `map_err`: the system denied this.
    pub(super) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }

    /// What to do about it.
    fn hint(&self) -> Option<String> {
        match self {
            Self::Setup(error) => error.hint(),
            Self::Registry(error) => Some(error.hint().to_owned()),
            Self::NoAgent { package } => Some(format!(
                "name the crate that holds them: `fluxloop::main!({package});`, and put `#[fluxloop::agent]` on a function of its \
                 library or of this file"
            )),
            Self::Choice(error) => Some(format!(
                "{}\nagents of a library are found if `fluxloop::main!` names its crate; those of a program or an example never \
                 are",
                error.hint()
            )),
            Self::DryRun => Some("unset it; `cargo test -- --list` shows the cases".to_owned()),
            #[cfg(feature = "junit")]
            Self::Junit(error) => error.hint().map(str::to_owned),
            #[cfg(not(feature = "junit"))]
            Self::NoJunit => Some(
                "turn it on: `fluxloop = { version = \"…\", features = [\"harness\", \"junit\"] }` in [dev-dependencies]"
                    .to_owned(),
            ),
            Self::SameName { .. } => Some("rename one of the files".to_owned()),
            Self::Unfit(error) => Some(error.hint().to_owned()),
            Self::UnknownCheck(error) => Some(error.hint()),
            Self::Artifact(error) | Self::Engine(EngineError::Write(error)) => {
                error.hint().map(str::to_owned)
            }
            Self::Variable { .. }
            | Self::Start(_)
            | Self::Engine(_)
            | Self::Interrupted
            | Self::System { .. } => None,
        }
    }

    /// The message with its causes and what to do, safe to show.
    pub(super) fn report(&self) -> String {
        if let Self::Setup(SetupError::Config(errors)) = self {
            // Each has its place in a file, and the line itself.
            return errors.report();
        }
        let mut message = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(next) = cause {
            message.extend([": ", &next.to_string()]);
            cause = next.source();
        }
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
