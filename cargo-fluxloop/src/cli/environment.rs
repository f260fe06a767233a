use std::{collections::BTreeMap, path::PathBuf};

use clap::ValueEnum;

/// The process environment, read once by the crate's one reader and passed in.
///
/// Only options that are no configuration keys are looked up here; the others are a layer of the configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment(BTreeMap<String, String>);

impl FromIterator<(String, String)> for Environment {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(variables: T) -> Self {
        Self(variables.into_iter().collect())
    }
}

/// A command line that clap cannot judge alone. The process exits with 2.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UsageError {
    /// A variable whose value is none of its option's.
    #[error("environment variable `{variable}` is `{value}`, expected {expected}")]
    Variable {
        /// Its name.
        variable: String,
        /// What it is set to.
        value: String,
        /// What it may be.
        expected: String,
    },
    /// Two variables that cannot both hold.
    #[error("environment variables `{0}` and `{1}` are both set, expected one of them")]
    Contradiction(&'static str, &'static str),
}

impl UsageError {
    pub(super) fn contradiction(one: &'static str, other: &'static str) -> Self {
        Self::Contradiction(one, other)
    }
}

/// `dry-run` → `FLUXLOOP_DRY_RUN`.
pub(super) fn variable(option: &str) -> String {
    format!("FLUXLOOP_{}", option.replace('-', "_").to_ascii_uppercase())
}

impl Environment {
    /// What a variable is set to.
    pub(crate) fn get(&self, variable: &str) -> Option<&str> {
        self.0.get(variable).map(String::as_str)
    }

    /// What an option's variable is set to. An empty one counts as unset.
    fn text(&self, option: &str) -> Option<(String, &str)> {
        let variable = variable(option);
        let text = self.0.get(&variable)?;
        (!text.is_empty()).then_some((variable, text))
    }

    /// An option that is on or off.
    pub(super) fn switch(&self, option: &str, given: bool) -> Result<bool, UsageError> {
        if given {
            return Ok(true);
        }
        match self.text(option) {
            Some((_, "true" | "1")) => Ok(true),
            None | Some((_, "false" | "0")) => Ok(false),
            Some((variable, value)) => Err(UsageError::Variable {
                variable,
                value: value.to_owned(),
                expected: "`true`, `false`, `1` or `0`".to_owned(),
            }),
        }
    }

    /// An option that names a file.
    pub(super) fn path(&self, option: &str, given: Option<PathBuf>) -> Option<PathBuf> {
        given.or_else(|| self.text(option).map(|(_, path)| path.into()))
    }

    /// An option with a few named values.
    pub(super) fn choice<T: ValueEnum + Default>(
        &self,
        option: &str,
        given: Option<T>,
    ) -> Result<T, UsageError> {
        if let Some(given) = given {
            return Ok(given);
        }
        let Some((variable, value)) = self.text(option) else {
            return Ok(T::default());
        };
        T::from_str(value, false).map_err(|_| UsageError::Variable {
            variable,
            value: value.to_owned(),
            expected: one_of::<T>(),
        })
    }
}

/// The names of a choice, for a message.
fn one_of<T: ValueEnum>() -> String {
    let names: Vec<String> = T::value_variants()
        .iter()
        .filter_map(ValueEnum::to_possible_value)
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    format!("one of {}", names.join(", "))
}
