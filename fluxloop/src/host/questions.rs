use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::{oneshot, watch},
    task::AbortHandle,
};

use super::{CallReport, process::Reports};
use crate::worker::{
    Outbox,
    protocol::{ApprovalDecision, Approve, Approved, Request},
};

/// What the agents of one worker have asked, on its way to whoever answers.
#[derive(Debug, Default)]
pub(super) struct Questions {
    asked: Mutex<HashMap<u64, AbortHandle>>,
}

impl Questions {
    /// Passes a question on, and its answer back. Nobody's question is refused.
    pub(super) fn ask(
        self: &Arc<Self>,
        outbox: &Arc<Outbox>,
        question: Approve<'_>,
        reports: Option<&Reports>,
    ) {
        let (answer, answered) = oneshot::channel();
        let open = reports.map(|reports| {
            let _ = reports.sender.send(CallReport::Approve {
                tool: question.tool.into_owned(),
                arguments: question.arguments.into_owned(),
                answer,
            });
            OpenQuestion::of(reports)
        });
        let approval = question.approval;
        let (questions, outbox) = (Arc::clone(self), Arc::clone(outbox));
        // Held until the question is listed: it cannot be answered, and unlist itself, before that.
        let mut asked = self.lock();
        let waiting = tokio::spawn(async move {
            let decision = answered.await.unwrap_or(ApprovalDecision::Refused);
            questions.lock().remove(&approval);
            // Text throughout: it can be written.
            let _ = outbox.send(&Request::Approved(Approved { approval, decision }));
            drop(open);
        });
        asked.insert(approval, waiting.abort_handle());
    }

    /// Nobody waits for the answer any more.
    pub(super) fn withdraw(&self, approval: u64) {
        if let Some(waiting) = self.lock().remove(&approval) {
            waiting.abort();
        }
    }

    /// As [`withdraw`](Self::withdraw), all of them: the worker is gone.
    pub(super) fn withdraw_all(&self) {
        for (_, waiting) in self.lock().drain() {
            waiting.abort();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, AbortHandle>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question that is being asked: counted until it is answered.
struct OpenQuestion(watch::Sender<usize>);

impl OpenQuestion {
    fn of(reports: &Reports) -> Self {
        let count = reports.open_questions.clone();
        count.send_modify(|open| *open += 1);
        Self(count)
    }
}

impl Drop for OpenQuestion {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}
