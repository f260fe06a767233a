//! The environment of a harness: here and nowhere else.

use std::collections::BTreeMap;

/// What the process was started with.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    /// Every variable whose name and value are text.
    pub(super) variables: BTreeMap<String, String>,
    /// `FLUXLOOP_NO_FAIL`: the gate is told, and fails nothing.
    pub(super) no_fail: bool,
}

impl Environment {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the module that reads them"
    )]
    pub(super) fn read() -> Self {
        let variables: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let no_fail = variables.get("FLUXLOOP_NO_FAIL");
        Self {
            no_fail: no_fail.is_some_and(|value| matches!(value.as_str(), "true" | "1")),
            variables,
        }
    }

    /// A variable that says something.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name)?.as_str();
        (!value.is_empty()).then_some(value)
    }
}
