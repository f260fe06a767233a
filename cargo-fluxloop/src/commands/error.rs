use std::io;

use fluxloop::{
    artifact::ArtifactError,
    config::{ConfigErrors, SettingError},
    edit::FileError,
    engine::EngineError,
    generate::GenerateError,
    host::StartError,
    junit::JunitError,
    plan::{PlanError, PlanErrorKind},
    setup::{BeginError, SetupError},
    summary::words::plural,
    supervisor::SupervisorError,
    target::SpecError,
};

use super::{exit, show::ShowError};
use crate::{
    build::BuildError, cli::UsageError, init::InitError, target::TargetError, terminal::Shell,
    workspace::WorkspaceError,
};

/// Why a command ends without having done its work.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    /// Nobody can be asked, and nobody has agreed.
    #[error("there is no terminal to ask for confirmation on")]
    NotConfirmed,
    /// The user said no.
    #[error("nothing was run")]
    Declined,
    /// The user said no to `init`.
    #[error("nothing was written")]
    DeclinedToWrite,
    /// Ctrl-C before the first run.
    #[error("interrupted before the first run: nothing was run")]
    Interrupted,
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// An experiment cannot begin.
    #[error(transparent)]
    Begin(#[from] BeginError),
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// What is wrong was said already.
    #[error("the configuration is not valid: {}", counted(*.errors, *.warnings))]
    NotValid {
        /// At least one.
        errors: usize,
        /// Any number.
        warnings: usize,
    },
    #[error(transparent)]
    Edit(#[from] FileError),
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// The model did not write what it was asked for; why was said already.
    #[error("{} could not be generated", plural(*.failed, "combination"))]
    NotGenerated {
        /// Base inputs × personas × strategies; at least one.
        failed: usize,
        /// Whether there is nothing at all.
        nothing: bool,
        /// The provider refused the key.
        refused: bool,
    },
    /// The configuration names several inputs files.
    #[error("expected one file to write generated inputs to, found several in `inputs_file`")]
    SeveralFiles,
    #[error(transparent)]
    Init(#[from] InitError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Junit(#[from] JunitError),
    #[error(transparent)]
    Show(#[from] ShowError),
    /// The system denied what every command needs.
    #[error("{what}")]
    System {
        /// What was to be done.
        what: &'static str,
        /// Why it could not.
        source: io::Error,
    },
    /// What was asked to be printed could not be.
    #[error("cannot write to standard output")]
    Output(#[source] io::Error),
}

fn counted(errors: usize, warnings: usize) -> String {
    match warnings {
        0 => plural(errors, "error"),
        warnings => format!(
            "{}, {}",
            plural(errors, "error"),
            plural(warnings, "warning")
        ),
    }
}

/// What an experiment cannot begin for, as steps of the library name it.
macro_rules! causes {
    ($($cause:ty),+) => {
        $(impl From<$cause> for CommandError {
            fn from(error: $cause) -> Self {
                Self::Begin(error.into())
            }
        })+
    };
}

causes!(
    ArtifactError,
    ConfigErrors,
    SetupError,
    SpecError,
    StartError,
    SupervisorError
);

impl CommandError {
    /// For `map_err`: what the system denied.
    pub(super) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }

    /// What the process exits with.
    pub(super) fn exit_code(&self) -> i32 {
        match self {
            Self::NotConfirmed | Self::Usage(_) => exit::USAGE,
            Self::Declined
            | Self::DeclinedToWrite
            | Self::Interrupted
            | Self::Build(BuildError::Interrupted)
            | Self::Workspace(WorkspaceError::Interrupted) => exit::INTERRUPTED,
            Self::Show(error) => error.exit_code(),
            Self::Target(TargetError::NoAgents { .. })
            | Self::Init(InitError::NoAgent(..))
            | Self::Generate(GenerateError::NothingGenerated)
            | Self::Build(BuildError::NoEntry { .. })
            | Self::Workspace(
                WorkspaceError::NoDependency { .. } | WorkspaceError::FeatureOff { .. },
            ) => exit::NOTHING_TO_RUN,
            Self::Begin(BeginError::Setup(SetupError::Plan(error)))
            | Self::Generate(GenerateError::Personas(error)) => of_plan(error),
            Self::Build(
                BuildError::Failed { .. }
                | BuildError::Killed { .. }
                | BuildError::NoArtifact { .. },
            )
            | Self::Workspace(WorkspaceError::Cargo { .. }) => exit::BUILD,
            Self::Begin(BeginError::Artifact(_))
            | Self::Edit(FileError::Write { .. })
            | Self::Engine(EngineError::Write(_))
            | Self::Generate(GenerateError::Write { .. })
            | Self::Init(InitError::Write { .. })
            | Self::Junit(_)
            | Self::Output(_) => exit::WRITE,
            // As an experiment some of whose runs have failed.
            Self::NotGenerated {
                nothing: false,
                refused: false,
                ..
            } => exit::GATE,
            Self::Begin(_)
            | Self::Setting(_)
            | Self::Edit(_)
            | Self::NotGenerated { .. }
            | Self::NotValid { .. }
            | Self::Generate(_)
            | Self::Init(_)
            | Self::SeveralFiles
            | Self::Workspace(_)
            | Self::Target(_)
            | Self::Build(_)
            | Self::Engine(_)
            | Self::System { .. } => exit::SETUP,
        }
    }

    /// What to do about it.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::NotConfirmed => {
                Some("pass --yes (or set FLUXLOOP_YES=true) to run without being asked".to_owned())
            }
            Self::Begin(error) => error.hint(),
            Self::Engine(error) => error.hint().map(str::to_owned),
            Self::Setting(error) => error.hint(),
            Self::Edit(error) => error.hint(),
            Self::Generate(error) => error.hint(),
            Self::Init(error) => error.hint(),
            Self::Junit(error) => error.hint().map(str::to_owned),
            Self::NotGenerated { refused: true, .. } => {
                Some("check the key: `cargo fluxloop doctor` says where it comes from".to_owned())
            }
            Self::NotGenerated { .. } => Some(
                "generate again with `--overwrite`; a cassette with `--cassette auto` keeps what was answered"
                    .to_owned(),
            ),
            Self::SeveralFiles => Some("name the file with `--output`".to_owned()),
            Self::Workspace(error) => error.hint(),
            Self::Target(error) => Some(error.hint()),
            Self::Build(error) => error.hint(),
            Self::Show(error) => error.hint(),
            Self::Declined
            | Self::DeclinedToWrite
            | Self::Interrupted
            | Self::Usage(_)
            | Self::NotValid { .. }
            | Self::System { .. }
            | Self::Output(_) => None,
        }
    }

    /// The mistakes in files, where it is they: each has its place, and the line itself.
    fn mistakes(&self) -> Option<&ConfigErrors> {
        match self {
            Self::Begin(error) => error.mistakes(),
            Self::Setting(SettingError::Unreadable(errors) | SettingError::Wrong(errors)) => {
                Some(errors)
            }
            _ => None,
        }
    }

    /// Tells the user.
    pub(super) fn show(&self, shell: &Shell) {
        match self {
            _ if let Some(errors) = self.mistakes() => shell.text(&errors.report()),
            Self::Declined => shell.info("Nothing was run"),
            Self::DeclinedToWrite => shell.info("Nothing was written"),
            _ => shell.error(self, self.hint().as_deref()),
        }
    }
}

fn of_plan(error: &PlanError) -> i32 {
    match error.kind() {
        PlanErrorKind::NothingLeft => exit::NOTHING_TO_RUN,
        _ => exit::SETUP,
    }
}
