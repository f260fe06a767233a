//! What the environment says to a harness.

use std::collections::BTreeMap;

use super::HarnessError;

/// What the process was started with.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    /// Every variable whose name and value are text.
    pub(super) variables: BTreeMap<String, String>,
    /// `FLUXLOOP_NO_FAIL`: the gate is told, and fails nothing.
    pub(super) no_fail: bool,
}

impl Environment {
    pub(super) fn read() -> Result<Self, HarnessError> {
        let mut environment = Self {
            variables: crate::env::variables(),
            no_fail: false,
        };
        environment.no_fail = environment.switch("FLUXLOOP_NO_FAIL")?;
        if environment.switch("FLUXLOOP_DRY_RUN")? {
            // To run all the same could cost money.
            return Err(HarnessError::DryRun);
        }
        Ok(environment)
    }

    fn switch(&self, name: &'static str) -> Result<bool, HarnessError> {
        match self.get(name) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(found) => Err(HarnessError::Variable {
                name,
                found: found.to_owned(),
            }),
        }
    }

    /// Whether this is a job of GitHub Actions.
    #[cfg(unix)]
    pub(super) fn is_actions(&self) -> bool {
        self.get("GITHUB_ACTIONS") == Some("true")
    }

    /// A variable that says something.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name)?.as_str();
        (!value.is_empty()).then_some(value)
    }
}
