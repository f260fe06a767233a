use std::{collections::BTreeMap, path::Path};

use crate::event::Finished;

/// An experiment, as a report is to tell it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reported<'a> {
    /// Its directory.
    pub directory: &'a Path,
    /// How it ended; where it could not be run to its end, why.
    pub end: Result<&'a Finished, String>,
    /// What became of cases that their runs do not say, by their names.
    pub verdicts: BTreeMap<String, CaseVerdict>,
}

/// What became of a case that its run does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CaseVerdict {
    /// Its run succeeded, and the case has failed all the same.
    Rejected {
        /// In a word, such as `snapshot`.
        kind: String,
        /// Why, in one or more lines.
        message: String,
    },
    /// It was not run.
    Skipped {
        /// Why not.
        reason: String,
    },
}

impl<'a> Reported<'a> {
    /// An experiment that ended so, or could not be run to its end for this reason. Its cases are what their runs are.
    #[must_use]
    pub fn new(directory: &'a Path, end: Result<&'a Finished, String>) -> Self {
        Self {
            directory,
            end,
            verdicts: BTreeMap::new(),
        }
    }

    /// With what became of cases that their runs do not say, by their names.
    #[must_use]
    pub fn with_verdicts(
        mut self,
        verdicts: impl IntoIterator<Item = (String, CaseVerdict)>,
    ) -> Self {
        self.verdicts.extend(verdicts);
        self
    }

    /// How many cases have failed though their runs succeeded.
    pub(super) fn rejected(&self) -> usize {
        let is_rejected = |verdict: &&CaseVerdict| matches!(verdict, CaseVerdict::Rejected { .. });
        self.verdicts.values().filter(is_rejected).count()
    }
}
