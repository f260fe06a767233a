use std::{fmt, path::PathBuf};

use serde_json::Value;

use super::{Environment, ExperimentArguments, MessageFormat, ProjectArguments, UsageError};
use crate::terminal::Progress;
use crate::workspace::CargoOptions;

/// A value for a configuration key, from the command line.
#[derive(Clone, PartialEq)]
pub(crate) struct Override {
    /// Dotted: `multi_turn.max_turns`.
    pub(crate) key: &'static str,
    /// What the user gave.
    pub(crate) value: Value,
    /// The option as messages name it: `--no-multi-turn`.
    pub(crate) flag: &'static str,
}

impl fmt::Debug for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked = Value::from("***");
        let value = if self.key.ends_with("api_key") {
            &masked
        } else {
            &self.value
        };
        write!(f, "{} {} = {value}", self.flag, self.key)
    }
}

/// One side of an option that can be switched on and off.
pub(super) struct Switch {
    pub(super) flag: &'static str,
    pub(super) given: bool,
    pub(super) value: bool,
}

/// Collects what the command line says of configuration keys; an option that was not given says nothing.
#[derive(Default)]
pub(super) struct Overrides(Vec<Override>);

impl Overrides {
    pub(super) fn push(
        &mut self,
        key: &'static str,
        flag: &'static str,
        value: Option<impl Into<Value>>,
    ) {
        if let Some(value) = value {
            self.0.push(Override {
                key,
                value: value.into(),
                flag,
            });
        }
    }

    /// At most one of the sides is given: on the command line the last one counts.
    pub(super) fn push_switch(&mut self, key: &'static str, sides: &[Switch]) {
        for side in sides {
            self.push(key, side.flag, side.given.then_some(side.value));
        }
    }

    pub(super) fn into_vec(self) -> Vec<Override> {
        self.0
    }
}

/// What `run experiment` was asked for: command line and environment in one, except for configuration keys,
/// whose variables are a layer of the configuration.
#[derive(Debug)]
pub(crate) struct RunOptions {
    /// Which project.
    pub(crate) project: ProjectArguments,
    /// What the command line says of configuration keys.
    pub(crate) overrides: Vec<Override>,
    /// Ask nothing.
    pub(crate) yes: bool,
    /// Run nothing.
    pub(crate) dry_run: bool,
    /// Exit 0 although the gate does not hold.
    pub(crate) no_fail: bool,
    /// The file for a JUnit report.
    pub(crate) junit: Option<PathBuf>,
    /// How progress is shown.
    pub(crate) progress: Progress,
    /// What standard output carries.
    pub(crate) message_format: MessageFormat,
    /// What to build, and how.
    pub(crate) cargo: CargoOptions,
}

impl RunOptions {
    /// Joins command line and environment.
    ///
    /// # Errors
    ///
    /// A variable that is no value of its option.
    pub(crate) fn resolve(
        arguments: ExperimentArguments,
        environment: &Environment,
    ) -> Result<Self, UsageError> {
        let mut overrides = Overrides::default();
        arguments.settings.push_to(&mut overrides);
        let ExperimentArguments {
            project,
            consent,
            verdict,
            output,
            cargo,
            ..
        } = arguments;
        Ok(Self {
            project,
            overrides: overrides.into_vec(),
            yes: environment.switch("yes", consent.yes)?,
            dry_run: environment.switch("dry-run", consent.dry_run)?,
            no_fail: environment.switch("no-fail", verdict.no_fail)?,
            junit: environment.path("junit", output.junit),
            progress: environment.choice("progress", output.progress)?,
            message_format: environment.choice("message-format", output.message_format)?,
            cargo,
        })
    }
}
