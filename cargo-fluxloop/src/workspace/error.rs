use std::{io, path::PathBuf};

use super::ProfileError;

/// Why the workspace cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkspaceError {
    /// No manifest where cargo would look.
    #[error("no Cargo.toml in {} or in a folder above it", .0.display())]
    NoManifest(PathBuf),
    /// `--manifest-path` names nothing.
    #[error("no file {} (from --manifest-path)", .0.display())]
    NoSuchManifest(PathBuf),
    /// Cargo did not start, or its answer could not be read.
    #[error("cargo could not be run (`{program}`)")]
    CargoNotRun {
        /// What was started.
        program: String,
        /// Why it was not.
        source: io::Error,
    },
    /// Cargo refused the workspace.
    #[error("cargo cannot read the workspace\n{message}")]
    Cargo {
        /// Cargo's own message.
        message: String,
    },
    /// Ctrl-C while cargo ran.
    #[error("interrupted")]
    Interrupted,
    /// Cargo's answer is not what it documents.
    #[error("the answer of `cargo metadata` was not understood")]
    Format(#[source] cargo_metadata::Error),
    /// A profile that the call cannot use.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// `--package` names no member.
    #[error("no package `{name}` in the workspace")]
    UnknownPackage {
        /// What was asked for.
        name: String,
        /// The members, nearest name first.
        known: Vec<String>,
    },
    /// There are several, and none of them is meant more than the others.
    #[error("the workspace has several packages: {}", .0.join(", "))]
    SeveralPackages(Vec<String>),
    /// No member that was asked for depends on fluxloop.
    #[error("{}", no_dependency(.packages))]
    NoDependency {
        /// These were looked at.
        packages: Vec<String>,
    },
    /// The only dependency on fluxloop is optional and off.
    #[error(
        "fluxloop is an optional dependency of package `{package}`, and no feature turns it on"
    )]
    FeatureOff {
        /// The package.
        package: String,
        /// The features that would.
        features: Vec<String>,
    },
}

fn no_dependency(packages: &[String]) -> String {
    match packages {
        [one] => format!("package `{one}` does not depend on fluxloop"),
        several => format!(
            "none of the packages depends on fluxloop: {}",
            several.join(", ")
        ),
    }
}

impl WorkspaceError {
    /// `--package` names none of these.
    pub(super) fn unknown_package(name: &str, mut known: Vec<String>) -> Self {
        known.sort_by(|a, b| {
            let near = |other: &str| strsim::jaro_winkler(name, other);
            near(b).total_cmp(&near(a)).then_with(|| a.cmp(b))
        });
        Self::UnknownPackage {
            name: name.to_owned(),
            known,
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::NoManifest(_) => Some(
                "run in a cargo project, name one with --manifest-path, or start one with `cargo new`".to_owned(),
            ),
            Self::NoSuchManifest(_) => {
                Some("--manifest-path takes the path of a Cargo.toml file".to_owned())
            }
            Self::CargoNotRun { .. } => {
                Some("install Rust from https://rustup.rs, or set CARGO to the cargo to use".to_owned())
            }
            Self::UnknownPackage { known, .. } => {
                known.first().map(|nearest| format!("did you mean `{nearest}`?"))
            }
            Self::SeveralPackages(packages) => packages
                .first()
                .map(|first| format!("say which is meant, as in `--package {first}`")),
            Self::NoDependency { packages } => Some(match packages.as_slice() {
                [one] => format!("cargo add fluxloop --package {one}"),
                _ => "cargo add fluxloop, in the package that holds your agents".to_owned(),
            }),
            Self::FeatureOff { features, .. } => Some(feature_hint(features)),
            Self::Profile(error) => Some(error.hint()),
            Self::Cargo { .. } | Self::Interrupted | Self::Format(_) => None,
        }
    }
}

/// How to turn an optional dependency on.
pub(crate) fn feature_hint(features: &[String]) -> String {
    match features {
        [] => "pass --all-features, or make fluxloop a normal dependency".to_owned(),
        [one] => format!("pass --features {one}"),
        several => format!("pass --features with one of: {}", several.join(", ")),
    }
}
