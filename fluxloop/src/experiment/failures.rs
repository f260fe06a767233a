use std::{fmt, io};

use crate::{
    event::{Consumer, Event, Failure, FailureKind},
    visible::visible,
};

/// How many failed runs a result lists.
const MOST_LISTED: usize = 1000;

/// A run that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedRun {
    /// The case's name: `<agent>::<persona or any>::<input id>::iter_<i>`.
    pub case: String,
    /// Why.
    pub kind: FailureKind,
    /// In a sentence, or several lines, as the agent gave it. Secrets are masked.
    pub message: String,
    /// The error's source chain, outermost first.
    pub causes: Vec<String>,
}

impl fmt::Display for FailedRun {
    /// On one line, whatever the agent has written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (case, message) = (visible(&self.case), visible(&self.message));
        write!(f, "{case}: {}: {message}", self.kind)?;
        self.causes
            .iter()
            .try_for_each(|cause| write!(f, ": {}", visible(cause)))
    }
}

/// Takes down the runs that fail, each with its place in the plan.
#[derive(Debug, Default)]
pub(super) struct Failures {
    runs: Vec<(u64, FailedRun)>,
}

impl Failures {
    /// In the order of the plan.
    pub(super) fn into_runs(mut self) -> Vec<FailedRun> {
        self.runs.sort_by_key(|(place, _)| *place);
        self.runs.into_iter().map(|(_, run)| run).collect()
    }
}

impl Consumer for Failures {
    type Error = io::Error;

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if let Event::RunFinished { run, .. } = event
            && let Some(failure) = run.outcome.failure()
            && self.runs.len() < MOST_LISTED
        {
            let Failure {
                kind,
                message,
                causes,
                ..
            } = failure.clone();
            let failed = FailedRun {
                case: run.case.name.clone(),
                kind,
                message,
                causes,
            };
            self.runs.push((run.case.index, failed));
        }
        Ok(())
    }
}
