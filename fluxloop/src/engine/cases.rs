use tokio::sync::mpsc;

use crate::plan::{Case, Plan};

/// Where the cases that are to run come from.
#[derive(Debug)]
pub(super) enum Cases {
    /// The plan, from this one on.
    Plan { next: u64 },
    /// Somebody who asks for one after another, by their positions in the whole plan.
    Demand {
        demands: mpsc::UnboundedReceiver<u64>,
        /// Asked for, and not begun.
        next: Option<u64>,
        /// Nobody is left to ask.
        closed: bool,
    },
}

impl Cases {
    pub(super) fn on_demand(demands: mpsc::UnboundedReceiver<u64>) -> Self {
        Self::Demand {
            demands,
            next: None,
            closed: false,
        }
    }

    /// Whether there is a case that could begin now.
    pub(super) fn are_ready(&self, plan: &Plan) -> bool {
        match self {
            Self::Plan { next } => *next < plan.len(),
            Self::Demand { next, .. } => next.is_some(),
        }
    }

    /// Whether a case may come that is not here yet.
    pub(super) fn may_come(&self) -> bool {
        matches!(
            self,
            Self::Demand {
                next: None,
                closed: false,
                ..
            }
        )
    }

    /// Waits for the next one; returns where there is none, too.
    pub(super) async fn arrive(&mut self) {
        if let Self::Demand {
            demands,
            next: next @ None,
            closed,
        } = self
        {
            *next = demands.recv().await;
            *closed = next.is_none();
        }
    }

    /// The next one that is at hand.
    pub(super) fn take(&mut self, plan: &Plan) -> Option<Case> {
        match self {
            Self::Plan { next } => {
                let case = plan.case(*next)?;
                *next += 1;
                Some(case)
            }
            Self::Demand { demands, next, .. } => {
                let case = plan.case_at(next.take()?);
                // More may have been asked for meanwhile.
                *next = demands.try_recv().ok();
                case
            }
        }
    }
}
