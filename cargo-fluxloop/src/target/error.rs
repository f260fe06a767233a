use std::path::PathBuf;

use fluxloop::target::ChoiceError;

use super::{Unit, stray::stray_file};
use crate::workspace::{Bystander, Workspace, feature_hint};

/// Why no agent was chosen.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TargetError {
    /// None or several of the agents fit.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
    /// Several cargo targets are named so, and the scan saw the agent in none of them.
    #[error("target `{spec}` names several targets of cargo's: {}", .targets.join(", "))]
    SeveralTargets {
        /// The target.
        spec: String,
        /// They.
        targets: Vec<String>,
        /// For each, the target that names no other.
        clearer: Vec<String>,
    },
    /// The target names a package that cannot hold agents as things stand.
    #[error("{}", bystander(.0))]
    Bystander(Bystander),
    /// There is no agent at all.
    #[error("no agent is registered in {place}")]
    NoAgents {
        /// What was looked at.
        place: String,
        /// A file with an agent that no `mod` leads to.
        stray: Option<PathBuf>,
    },
}

fn bystander(bystander: &Bystander) -> String {
    match bystander {
        Bystander::Unrelated { package } => {
            format!("package `{package}` does not depend on fluxloop")
        }
        Bystander::FeatureOff { package, .. } => {
            format!("package `{package}` has fluxloop as an optional dependency that is off")
        }
    }
}

impl TargetError {
    /// A built worker that registered nothing.
    pub(crate) fn nothing_in(unit: &Unit, workspace: &Workspace) -> Self {
        Self::NoAgents {
            place: unit.target.to_string(),
            stray: stray_file(workspace),
        }
    }

    /// Sources without an agent, and nothing that could be built to make sure.
    pub(crate) fn nothing_found(workspace: &Workspace) -> Self {
        let mut packages: Vec<&str> = workspace
            .targets()
            .iter()
            .map(|target| target.member().package.name.as_str())
            .collect();
        packages.dedup();
        Self::NoAgents {
            place: match packages.as_slice() {
                [one] => format!("package `{one}`"),
                several => format!("the packages {}", several.join(", ")),
            },
            stray: stray_file(workspace),
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Choice(error) => error.hint(),
            Self::SeveralTargets { clearer, .. } => {
                format!("say which is meant: {}", clearer.join(" or "))
            }
            Self::Bystander(Bystander::Unrelated { package }) => {
                format!("cargo add fluxloop --package {package}")
            }
            Self::Bystander(Bystander::FeatureOff { features, .. }) => feature_hint(features),
            Self::NoAgents {
                stray: Some(file), ..
            } => format!(
                "{} has an agent, but no `mod` item leads to that file: declare the module",
                file.display()
            ),
            Self::NoAgents { stray: None, .. } => {
                "put #[fluxloop::agent] on a function; if there is one, check that a feature does not leave it out"
                    .to_owned()
            }
        }
    }
}
