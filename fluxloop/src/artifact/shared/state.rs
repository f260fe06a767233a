use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::log::Entry;
use crate::{artifact::GitState, event::FailureKind, summary::Statistics};

/// How an experiment began, for those that come later.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub(super) at: Timestamp,
    pub(super) planned: u64,
    pub(super) git: Option<GitState>,
}

/// What the lines of a log amount to.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct State {
    /// How many bytes of the log.
    pub(super) read: u64,
    /// Runs that have begun and not ended, or whose process was killed.
    open: BTreeSet<u64>,
    /// Runs that were cut off.
    cut_off: BTreeSet<u64>,
    /// Runs that are counted, a bit each.
    counted: Vec<u64>,
    pub(super) statistics: Statistics,
}

impl State {
    /// Nothing was done yet.
    pub(super) fn new(statistics: Statistics) -> Self {
        Self {
            read: 0,
            open: BTreeSet::new(),
            cut_off: BTreeSet::new(),
            counted: Vec::new(),
            statistics,
        }
    }

    /// Whether some process is within a run, or was killed there.
    pub(super) fn is_running(&self) -> bool {
        !self.open.is_empty()
    }

    /// Whether somebody has cut off a run that was not tried again.
    pub(super) fn was_interrupted(&self) -> bool {
        !self.cut_off.is_empty()
    }

    /// Takes a line in. `false`: a run of that case is counted already, and this one is not.
    pub(super) fn take(&mut self, entry: &Entry<'_>) -> bool {
        match entry {
            Entry::Started { .. } => {}
            Entry::Began(run) => {
                self.open.insert(*run);
            }
            Entry::Ended(run, tally) => {
                if !self.count(*run) {
                    return false;
                }
                self.open.remove(run);
                if tally.failed() == Some(FailureKind::Cancelled) {
                    self.cut_off.insert(*run);
                }
                self.statistics.count(tally);
            }
        }
        true
    }

    fn count(&mut self, run: u64) -> bool {
        let (word, bit) = (
            usize::try_from(run / 64).unwrap_or(usize::MAX),
            1 << (run % 64),
        );
        if self.counted.len() <= word {
            self.counted.resize(word + 1, 0);
        }
        let is_new = self.counted[word] & bit == 0;
        self.counted[word] |= bit;
        is_new
    }
}
