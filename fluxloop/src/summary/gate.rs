use serde::Serialize;

use super::Counts;
use crate::config::Gate;

/// What the gate says of a finished experiment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Verdict {
    /// Whether every condition holds.
    pub passed: bool,
    /// Failed runs that were accepted.
    pub max_failures: u64,
    /// The least success rate that was asked for.
    pub min_success_rate: Option<f64>,
}

impl Gate {
    /// Judges an experiment by its counts. A rate over no runs holds no condition on it.
    #[must_use]
    pub fn judge(&self, counts: &Counts) -> Verdict {
        let rate_holds = match (self.min_success_rate, counts.success_rate) {
            (None, _) => true,
            (Some(least), Some(rate)) => rate >= least,
            (Some(_), None) => false,
        };
        Verdict {
            passed: counts.failed <= self.max_failures && rate_holds,
            max_failures: self.max_failures,
            min_success_rate: self.min_success_rate,
        }
    }
}
