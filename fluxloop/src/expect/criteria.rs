use std::sync::Arc;

use super::{Expectations, JudgedCheck, RunFacts};
use crate::{event::Run, secret::Secrets};

/// A check that is written in Rust, as it was chosen under `checks`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChosenCheck {
    /// What it is registered as.
    pub name: String,
    /// Where it was chosen, for messages: `configs/simulation.yaml:12`. Empty where that is no file.
    pub place: String,
}

impl ChosenCheck {
    pub(super) fn new(name: impl Into<String>, place: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            place: place.into(),
        }
    }
}

/// What the runs of an input are judged by: what is expected of all runs, and of this input's besides.
#[derive(Clone, Debug, Default)]
pub struct Criteria {
    expectations: Vec<Arc<Expectations>>,
    checks: Vec<ChosenCheck>,
}

impl Criteria {
    /// What is expected of the runs of all inputs. Secrets are masked in it, as they are in what runs return.
    pub(crate) fn of_all(
        expected: &Expectations,
        checks: &[ChosenCheck],
        secrets: &Secrets,
    ) -> Self {
        Self::default().with(expected, checks, secrets)
    }

    /// The same, and what is expected besides.
    pub(crate) fn with(
        &self,
        expected: &Expectations,
        checks: &[ChosenCheck],
        secrets: &Secrets,
    ) -> Self {
        let mut criteria = self.clone();
        if !expected.is_empty() {
            criteria
                .expectations
                .push(Arc::new(expected.masked(secrets)));
        }
        for chosen in checks {
            // One that is chosen for all and for an input is made once.
            if !criteria
                .checks
                .iter()
                .any(|known| known.name == chosen.name)
            {
                criteria.checks.push(chosen.clone());
            }
        }
        criteria
    }

    /// Whether nothing is expected: whatever returns is right.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.expectations.is_empty() && self.checks.is_empty()
    }

    /// The checks that are written in Rust, each once.
    #[must_use]
    pub fn checks(&self) -> &[ChosenCheck] {
        &self.checks
    }

    /// Whether anything asks which tools were called.
    pub(crate) fn asks_for_tools(&self) -> bool {
        !self.checks.is_empty() || self.expectations.iter().any(|all| all.asks_for_tools())
    }

    /// Judges a run that returned by every expectation, in the order they were written.
    pub(crate) fn judge(&self, run: &Run, facts: &RunFacts) -> Vec<JudgedCheck> {
        self.expectations
            .iter()
            .flat_map(|all| all.judge(run, facts))
            .collect()
    }
}
