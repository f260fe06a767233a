use std::{iter::FusedIterator, mem};

use crate::artifact::read::{ReadError, RecordedRun, Rows};

/// The runs of an experiment, read one by one: see [`ExperimentResult::runs`](super::ExperimentResult::runs).
#[derive(Debug)]
pub struct Runs {
    rows: Rows<RecordedRun>,
    /// How many are to come.
    left: u64,
}

impl Runs {
    pub(super) fn new(rows: Rows<RecordedRun>, left: u64) -> Self {
        Self { rows, left }
    }
}

impl Iterator for Runs {
    type Item = Result<RecordedRun, ReadError>;

    /// Rows that are missing or damaged are an error at the end: a test must not pass for want of them.
    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.next() {
            Some(Ok(run)) => {
                self.left = self.left.saturating_sub(1);
                Some(Ok(run))
            }
            Some(Err(error)) => {
                self.left = 0;
                Some(Err(error))
            }
            None if self.left == 0 => None,
            None => Some(Err(ReadError::Missing {
                path: self.rows.path().to_owned(),
                missing: mem::take(&mut self.left),
            })),
        }
    }
}

impl FusedIterator for Runs {}
