use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    event::{Failure, FailureKind, Outcome, Run},
    plan::Plan,
};

/// The runs that have begun and not ended: what is known of each should it be cut off.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    began: HashMap<u64, (Timestamp, Instant)>,
}

impl InFlight {
    pub(super) fn begin(&mut self, case: u64, at: Timestamp) {
        self.began.insert(case, (at, Instant::now()));
    }

    pub(super) fn end(&mut self, case: u64) {
        self.began.remove(&case);
    }

    /// Cuts off every run, in the order of their cases.
    pub(super) fn cancel<'a>(
        &'a mut self,
        plan: &'a Plan,
        now: Timestamp,
    ) -> impl Iterator<Item = Run> + 'a {
        let mut cut_off: Vec<_> = self.began.drain().collect();
        cut_off.sort_unstable_by_key(|(case, _)| *case);
        cut_off
            .into_iter()
            .filter_map(move |(case, (started_at, began))| {
                let case = plan.case(case)?;
                let wall: Duration = began.elapsed();
                Some(Run {
                    trace_id: case.trace_id(),
                    case,
                    started_at,
                    completed_at: now,
                    duration: wall,
                    wall,
                    attempts: 1,
                    outcome: Outcome::Failed(Failure::new(
                        FailureKind::Cancelled,
                        "the experiment was interrupted while this run was in flight",
                    )),
                })
            })
    }
}
