use std::sync::{Mutex, PoisonError};

use super::snapshots::Mismatch;

/// What became of tests that their runs do not say, by the names of their cases.
#[derive(Debug, Default)]
pub(super) struct Verdicts(Mutex<Vec<(String, Verdict)>>);

/// What became of a test that its run does not say.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(feature = "junit"),
    expect(
        dead_code,
        reason = "only a report tells more than that they are there"
    )
)]
pub(super) enum Verdict {
    /// The run succeeded, and its answer is not what it should be.
    Rejected(Mismatch),
    /// It was not run.
    Ignored(&'static str),
}

impl Verdicts {
    pub(super) fn note(&self, case: &str, verdict: Verdict) {
        let mut verdicts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        verdicts.push((case.to_owned(), verdict));
    }

    /// All of them, as they came.
    #[cfg(feature = "junit")]
    pub(super) fn all(&self) -> Vec<(String, Verdict)> {
        let verdicts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        verdicts.clone()
    }

    /// How many tests have failed though their runs succeeded.
    pub(super) fn rejected(&self) -> u64 {
        let verdicts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rejected = verdicts
            .iter()
            .filter(|(_, verdict)| matches!(verdict, Verdict::Rejected(_)));
        rejected.count() as u64
    }
}
