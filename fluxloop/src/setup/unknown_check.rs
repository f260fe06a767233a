use std::fmt;

use crate::{config::nearest, expect::ChosenCheck, plan::Plan, worker::protocol::CheckInfo};

/// Checks that are chosen and that nobody has registered.
#[derive(Clone, Debug)]
pub struct UnknownCheck {
    chosen: ChosenCheck,
    /// What is registered.
    known: Vec<String>,
}

impl std::error::Error for UnknownCheck {}

impl fmt::Display for UnknownCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ChosenCheck { name, place, .. } = &self.chosen;
        if !place.is_empty() {
            write!(f, "{place}: ")?;
        }
        write!(
            f,
            "`checks`: no check `{name}` is registered with the agents"
        )
    }
}

impl UnknownCheck {
    /// Looks for each chosen check of a plan among those that are registered.
    ///
    /// # Errors
    ///
    /// The first that is not there.
    pub fn check(plan: &Plan, registered: &[CheckInfo]) -> Result<(), Self> {
        let is_known = |chosen: &&&ChosenCheck| registered.iter().any(|it| it.name == chosen.name);
        match plan.checks().iter().find(|chosen| !is_known(chosen)) {
            None => Ok(()),
            Some(chosen) => Err(Self {
                chosen: (*chosen).clone(),
                known: registered.iter().map(|it| it.name.clone()).collect(),
            }),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        if self.known.is_empty() {
            return format!(
                "write it beside the agent: `#[fluxloop::check] fn {}(run: &fluxloop::RunView) -> bool {{ … }}`; \
                 a crate that is only in Cargo.toml is linked once something names it",
                self.chosen.name
            );
        }
        let nearest = nearest(&self.chosen.name, self.known.iter().map(String::as_str));
        let known = format!("these are registered: {}", self.known.join(", "));
        match nearest {
            Some(name) => format!("did you mean `{name}`? {known}"),
            None => known,
        }
    }
}
