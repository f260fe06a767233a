use std::{
    ffi::{OsStr, OsString},
    fmt,
    path::PathBuf,
    process::{Command, Stdio},
};

use fluxloop::target::Kind;

use super::environment::PACKAGE_VARIABLES;
use crate::{
    target::{Mode, Unit},
    workspace::{Cargo, CargoCall, ProfileError, flag},
};

/// How cargo shows what it does.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CargoOutput {
    /// `--quiet`: errors only.
    pub(crate) quiet: bool,
    /// Whether in colour.
    pub(crate) color: clap::ColorChoice,
}

/// The call of cargo that builds a worker, as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BuildCommand {
    program: OsString,
    arguments: Vec<OsString>,
    directory: PathBuf,
}

impl BuildCommand {
    /// The call for a unit.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] when the unit cannot be built with the profile asked for.
    pub(crate) fn new(
        cargo: &Cargo,
        unit: &Unit,
        output: CargoOutput,
    ) -> Result<Self, ProfileError> {
        let target = &unit.target;
        let mut arguments: Vec<OsString> = vec!["rustc".into()];
        // Cargo's JSON is ours; diagnostics and progress go to stderr as ever.
        arguments.push("--message-format=json-render-diagnostics".into());
        if output.quiet {
            arguments.push("--quiet".into());
        }
        if output.color != clap::ColorChoice::Auto {
            arguments.push(format!("--color={}", output.color).into());
        }
        arguments.extend(["--package".into(), target.member().id.clone().into()]);
        arguments.push(flag(target.kind()).into());
        if target.kind() != Kind::Lib {
            arguments.push(target.name().into());
        }
        match unit.mode {
            Mode::Library => {
                arguments.extend(["--crate-type".into(), "cdylib".into()]);
                arguments.extend(cargo.options.arguments(CargoCall::Library)?);
            }
            Mode::TestHarness => {
                arguments.extend(cargo.options.arguments(CargoCall::TestHarness)?);
                // Compiles the hidden test that an agent brings along: the worker's entry.
                arguments.extend(["--", "--cfg", "fluxloop_entry"].map(OsString::from));
            }
        }
        Ok(Self {
            program: cargo.program.clone(),
            arguments,
            directory: cargo.directory.clone(),
        })
    }

    /// The cargo that is called.
    pub(super) fn program(&self) -> &OsStr {
        &self.program
    }

    /// The process to start: JSON on a piped stdout, the rest where ours goes.
    pub(super) fn process(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        for name in PACKAGE_VARIABLES {
            command.env_remove(name);
        }
        command
    }
}

impl fmt::Display for BuildCommand {
    /// As one would type it, arguments with spaces quoted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.program.to_string_lossy())?;
        for argument in &self.arguments {
            let argument = argument.to_string_lossy();
            if argument.contains(char::is_whitespace) {
                write!(f, " '{argument}'")?;
            } else {
                write!(f, " {argument}")?;
            }
        }
        Ok(())
    }
}
