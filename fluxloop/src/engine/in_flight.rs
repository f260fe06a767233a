use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio::time::Instant;

use super::recording::Recording;
use crate::{
    event::{ConversationEnd, ConversationRecord, Failure, FailureKind, Outcome, Run},
    plan::Plan,
    supervisor::{Said, Supervisor},
};

/// The runs that have begun and not ended: what is known of each should it be cut off.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    began: BTreeMap<u64, Begun>,
}

#[derive(Debug)]
struct Begun {
    at: Timestamp,
    began: Instant,
    /// The turn that it is in, and what was said until then.
    said: (u32, Vec<Said>),
    recording: Recording,
}

impl InFlight {
    pub(super) fn begin(&mut self, case: u64, at: Timestamp, recording: Recording) {
        let begun = Begun {
            at,
            began: Instant::now(),
            said: (1, Vec::new()),
            recording,
        };
        self.began.insert(case, begun);
    }

    /// A turn of a conversation has begun.
    pub(super) fn turn(&mut self, case: u64, turn: u32, history: Vec<Said>) {
        if let Some(begun) = self.began.get_mut(&case) {
            begun.said = (turn, history);
        }
    }

    /// What happens in a run.
    pub(super) fn recording(&mut self, case: u64) -> Option<&mut Recording> {
        self.began.get_mut(&case).map(|begun| &mut begun.recording)
    }

    pub(super) fn end(&mut self, case: u64) -> Option<Recording> {
        self.began.remove(&case).map(|begun| begun.recording)
    }

    /// Cuts off every run, in the order of their cases.
    pub(super) fn cancel<'a>(
        &'a mut self,
        plan: &'a Plan,
        supervisor: Option<&'a Supervisor>,
        now: Timestamp,
    ) -> impl Iterator<Item = (Run, Recording)> + 'a {
        std::mem::take(&mut self.began)
            .into_iter()
            .filter_map(move |(case, begun)| {
                let case = plan.case_at(case)?;
                let wall = begun.began.elapsed();
                let failure = Failure::new(
                    FailureKind::Cancelled,
                    "the experiment was interrupted while this run was in flight",
                );
                let (turn, history) = begun.said;
                let mut run = Run::new(case, Outcome::Failed(failure), begun.at);
                run.completed_at = now;
                run.duration = wall;
                run.wall = wall;
                run.conversation = supervisor.map(|supervisor| {
                    ConversationRecord::new(ConversationEnd::Error, (turn, history), supervisor)
                });
                Some((run, begun.recording))
            })
    }
}
