//! Events from outside the engine: what a consumer's own tests feed it with. The fields are public; what a
//! constructor does not ask for is set on its result.

use std::{path::PathBuf, time::Duration};

use jiff::Timestamp;

use super::{Finished, Outcome, Run, Started};
use crate::{
    plan::Case,
    summary::{Statistics, Verdict},
};

impl Started {
    /// An experiment that has nothing planned yet.
    pub fn new(
        experiment_name: impl Into<String>,
        directory: impl Into<PathBuf>,
        target: impl Into<String>,
        at: Timestamp,
    ) -> Self {
        Self {
            experiment_name: experiment_name.into(),
            directory: directory.into(),
            inputs: 0,
            iterations: 1,
            planned: 0,
            left_out: 0,
            target: target.into(),
            seed: 0,
            at,
        }
    }
}

impl Run {
    /// A run that took one attempt and no time.
    #[must_use]
    pub fn new(case: Case, outcome: Outcome, at: Timestamp) -> Self {
        Self {
            trace_id: case.trace_id(),
            case,
            started_at: at,
            completed_at: at,
            duration: Duration::ZERO,
            wall: Duration::ZERO,
            attempts: 1,
            outcome,
            checks: Vec::new(),
            usage: None,
            cost: None,
            observations_dropped: 0,
            conversation: None,
        }
    }
}

impl Finished {
    /// An experiment that ran to its end.
    #[must_use]
    pub fn new(statistics: Statistics, verdict: Verdict, at: Timestamp) -> Self {
        Self {
            statistics,
            verdict,
            at,
            interrupted: false,
        }
    }
}
