use std::fmt::{self, Write as _};

use super::ExperimentResult;
use crate::visible::visible;

/// How many failed runs a message names.
const MOST_NAMED: usize = 20;

/// What a test required of an experiment and did not get. `Debug` is the message, too: it is what a test prints that
/// returns the error or unwraps it.
#[derive(Clone, PartialEq, Eq)]
pub struct RequireError {
    message: String,
}

impl std::error::Error for RequireError {}

impl fmt::Display for RequireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for RequireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl RequireError {
    /// `message` says what did not hold; the rest is what one needs to see why.
    fn new(mut message: String, result: &ExperimentResult) -> Self {
        // Writing to a string cannot fail.
        for failed in result.errors.iter().take(MOST_NAMED) {
            let _ = write!(message, "\n  {failed}");
        }
        let named = result.errors.len().min(MOST_NAMED) as u64;
        if result.failed_runs > named {
            let _ = write!(message, "\n  and {} more", result.failed_runs - named);
        }
        let directory = result.output_dir.display();
        let _ = write!(message, "\nthe experiment is in {directory}");
        for line in result.warnings().iter().flat_map(|warning| warning.lines()) {
            let _ = write!(message, "\n{}", visible(line));
        }
        Self { message }
    }
}

impl ExperimentResult {
    /// Requires a success rate, from 0 to 1: with `require_success(0.95)`, at most 5 of 100 runs may fail.
    ///
    /// # Errors
    ///
    /// When fewer runs succeeded. The message names the failed cases, each with its error.
    pub fn require_success(&self, threshold: f64) -> Result<&Self, RequireError> {
        if !(0.0..=1.0).contains(&threshold) {
            let message = format!(
                "expected a success rate from 0 to 1 (95 % is 0.95) to require, found {threshold}"
            );
            return Err(RequireError::new(message, self));
        }
        if self.success_rate >= threshold {
            return Ok(self);
        }
        let message = format!(
            "{} of {} runs succeeded, a rate of {}; required is at least {threshold}",
            self.successful_runs,
            self.total_runs,
            cut(self.success_rate)
        );
        Err(RequireError::new(message, self))
    }

    /// Requires so many runs, failed ones included.
    ///
    /// # Errors
    ///
    /// When there were fewer.
    pub fn require_min_runs(&self, runs: u64) -> Result<&Self, RequireError> {
        if self.total_runs >= runs {
            return Ok(self);
        }
        let message = format!(
            "{} runs ended; required are at least {runs}",
            self.total_runs
        );
        Err(RequireError::new(message, self))
    }

    /// Requires that a run takes no longer than this on average, in milliseconds: the mean of the agent's own time, as
    /// [`avg_duration_ms`](Self::avg_duration_ms) has it.
    ///
    /// # Errors
    ///
    /// When the mean is longer.
    pub fn require_max_duration(&self, ms: f64) -> Result<&Self, RequireError> {
        if self.avg_duration_ms <= ms {
            return Ok(self);
        }
        let message = format!(
            "runs took {} ms on average; required are at most {ms} ms",
            self.avg_duration_ms
        );
        Err(RequireError::new(message, self))
    }

    /// Requires what the configuration does: that its gate holds.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub fn require_gate(&self) -> Result<&Self, RequireError> {
        let gate = self.gate();
        if gate.passed {
            return Ok(self);
        }
        let mut message = format!(
            "the gate does not hold: {} of {} runs failed, and {} may",
            self.failed_runs, self.total_runs, gate.max_failures
        );
        let of_cases = ("lowest pass rate of a case", gate.worst_case_pass_rate);
        for ((name, rate), least) in [
            (
                ("success rate", Some(self.success_rate)),
                gate.min_success_rate,
            ),
            (of_cases, gate.min_case_pass_rate),
        ] {
            if let (Some(rate), Some(least)) = (rate, least) {
                // Writing to a string cannot fail.
                let _ = write!(message, "; {name} {}, at least {least}", cut(rate));
            }
        }
        Err(RequireError::new(message, self))
    }
}

/// With three decimals. Cut rather than rounded: a rate that is too low must not look as if it were not.
fn cut(rate: f64) -> f64 {
    (rate * 1000.0).floor() / 1000.0
}
