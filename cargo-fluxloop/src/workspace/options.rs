use std::{ffi::OsString, path::PathBuf};

use clap::{
    Args,
    builder::{PathBufValueParser, TypedValueParser},
};

/// The flags of cargo's own that finding and building agents takes.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Cargo")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of cargo's, passed on as it came"
)]
pub(crate) struct CargoOptions {
    /// Path to the Cargo.toml of the agents' workspace
    #[arg(long, value_name = "PATH", value_parser = absolute_path())]
    pub(crate) manifest_path: Option<PathBuf>,
    /// Look for agents in this package only (may be given more than once)
    #[arg(long = "package", value_name = "NAME")]
    pub(crate) packages: Vec<String>,
    /// Features to activate, separated by commas or spaces
    #[arg(short = 'F', long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// Activate all features
    #[arg(long)]
    pub(crate) all_features: bool,
    /// Do not activate the `default` feature
    #[arg(long)]
    pub(crate) no_default_features: bool,
    /// Build the agents with optimisations
    #[arg(long, conflicts_with = "cargo_profile")]
    pub(crate) release: bool,
    /// Build the agents with this profile
    #[arg(long, value_name = "NAME")]
    pub(crate) cargo_profile: Option<String>,
    /// Directory for everything that cargo generates
    #[arg(long, value_name = "DIRECTORY", value_parser = absolute_path())]
    pub(crate) target_dir: Option<PathBuf>,
    /// Require that Cargo.lock stays as it is
    #[arg(long)]
    pub(crate) locked: bool,
    /// Run without network access
    #[arg(long)]
    pub(crate) offline: bool,
}

/// Cargo runs in the project's folder; what the user typed is relative to theirs.
pub(crate) fn absolute_path() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(std::path::absolute)
}

/// What cargo is called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CargoCall {
    /// `cargo metadata`.
    Metadata,
    /// `cargo rustc` of a library, compiled as its users get it.
    Library,
    /// `cargo rustc` in test mode.
    TestHarness,
}

/// A profile that agents outside of libraries cannot be built with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "profile `{profile}` cannot build agents of an example, binary or test: cargo builds these in test mode with `dev` or `release` only"
)]
pub(crate) struct ProfileError {
    /// The profile asked for.
    pub(crate) profile: String,
}

impl ProfileError {
    /// What to do instead.
    pub(crate) fn hint(&self) -> String {
        format!(
            "use --release or no profile, or move the agent into the package's library: a library is built with `{}`",
            self.profile
        )
    }
}

impl CargoOptions {
    /// The flags as the given call of cargo takes them.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] when the call cannot use the profile.
    pub(crate) fn arguments(&self, call: CargoCall) -> Result<Vec<OsString>, ProfileError> {
        let mut arguments = Vec::new();
        if let Some(path) = &self.manifest_path {
            arguments.extend(["--manifest-path".into(), path.into()]);
        }
        for features in &self.features {
            arguments.extend(["--features".into(), features.into()]);
        }
        let flags = [
            (self.all_features, "--all-features"),
            (self.no_default_features, "--no-default-features"),
            (self.locked, "--locked"),
            (self.offline, "--offline"),
        ];
        let given = flags.into_iter().filter(|(given, _)| *given);
        arguments.extend(given.map(|(_, flag)| OsString::from(flag)));
        if call != CargoCall::Metadata {
            if let Some(directory) = &self.target_dir {
                arguments.extend(["--target-dir".into(), directory.into()]);
            }
            if let Some(profile) = self.profile(call)? {
                arguments.extend(["--profile".into(), profile.into()]);
            }
        }
        Ok(arguments)
    }

    /// The profile to name, if it is not the call's default.
    ///
    /// `cargo rustc` builds in test mode exactly when the profile is `test` or `bench`: the twins of
    /// `dev` and `release`.
    fn profile(&self, call: CargoCall) -> Result<Option<&str>, ProfileError> {
        let asked = match self.cargo_profile.as_deref() {
            Some(profile) => profile,
            None if self.release => "release",
            None => "dev",
        };
        match (call, asked) {
            (CargoCall::Metadata, _) | (CargoCall::Library, "dev" | "test") => Ok(None),
            (CargoCall::Library, "release" | "bench") => Ok(Some("release")),
            (CargoCall::Library, custom) => Ok(Some(custom)),
            (CargoCall::TestHarness, "dev" | "test") => Ok(Some("test")),
            (CargoCall::TestHarness, "release" | "bench") => Ok(Some("bench")),
            (CargoCall::TestHarness, custom) => Err(ProfileError {
                profile: custom.to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        cargo: CargoOptions,
    }

    fn rendered(flags: &[&str], call: CargoCall) -> String {
        let cli = Cli::try_parse_from(["test"].iter().chain(flags)).unwrap();
        match cli.cargo.arguments(call) {
            Ok(arguments) => arguments
                .iter()
                .map(|argument| argument.to_string_lossy())
                .collect::<Vec<_>>()
                .join(" "),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn every_flag_reaches_the_calls_that_take_it() {
        let table = [
            (&[] as &[&str], "", "", "--profile test"),
            (
                &["--manifest-path", "/p/Cargo.toml"],
                "--manifest-path /p/Cargo.toml",
                "--manifest-path /p/Cargo.toml",
                "--manifest-path /p/Cargo.toml --profile test",
            ),
            (&["--package", "a"], "", "", "--profile test"),
            (
                &["--features", "a,b", "--features", "c/d"],
                "--features a,b --features c/d",
                "--features a,b --features c/d",
                "--features a,b --features c/d --profile test",
            ),
            (
                &["--all-features"],
                "--all-features",
                "--all-features",
                "--all-features --profile test",
            ),
            (
                &["--no-default-features"],
                "--no-default-features",
                "--no-default-features",
                "--no-default-features --profile test",
            ),
            (
                &["--locked", "--offline"],
                "--locked --offline",
                "--locked --offline",
                "--locked --offline --profile test",
            ),
            (
                &["--target-dir", "/t"],
                "",
                "--target-dir /t",
                "--target-dir /t --profile test",
            ),
            (&["--release"], "", "--profile release", "--profile bench"),
            (&["--cargo-profile", "dev"], "", "", "--profile test"),
            (&["--cargo-profile", "test"], "", "", "--profile test"),
            (
                &["--cargo-profile", "bench"],
                "",
                "--profile release",
                "--profile bench",
            ),
        ];
        for (flags, metadata, library, test_harness) in table {
            assert_eq!(rendered(flags, CargoCall::Metadata), metadata, "{flags:?}");
            assert_eq!(rendered(flags, CargoCall::Library), library, "{flags:?}");
            assert_eq!(
                rendered(flags, CargoCall::TestHarness),
                test_harness,
                "{flags:?}"
            );
        }
    }

    #[test]
    fn a_custom_profile_builds_libraries_only() {
        let flags = ["--cargo-profile", "fast"];
        assert_eq!(rendered(&flags, CargoCall::Library), "--profile fast");
        insta::assert_snapshot!(
            rendered(&flags, CargoCall::TestHarness),
            @"profile `fast` cannot build agents of an example, binary or test: cargo builds these in test mode with `dev` or `release` only"
        );
    }

    #[test]
    fn paths_are_absolute_and_profiles_exclude_each_other() {
        let cli = Cli::try_parse_from(["test", "--manifest-path", "sub/Cargo.toml"]).unwrap();
        assert!(cli.cargo.manifest_path.unwrap().is_absolute());
        assert!(Cli::try_parse_from(["test", "--release", "--cargo-profile", "x"]).is_err());
        assert!(
            Cli::try_parse_from(["test", "-p", "a"]).is_err(),
            "`-p` is not this struct's"
        );
    }
}
