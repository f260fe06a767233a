//! What agents ask the engine while they run: whether they may use a tool.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::oneshot;

use super::{
    outbox::Outbox,
    protocol::{
        ApprovalDecision, Approve, Approved, Happening, Level, Observation, PointInTime, Response,
        SpanKind, Withdrawn,
    },
};
use crate::observe::Recorder;

/// The questions of this worker's agents that are not answered yet.
#[derive(Debug, Default)]
pub(super) struct Questions {
    next: AtomicU64,
    open: Mutex<HashMap<u64, oneshot::Sender<ApprovalDecision>>>,
}

impl Questions {
    /// Passes an answer on. Whoever asked may have been cancelled meanwhile.
    pub(super) fn answer(&self, answer: &Approved) {
        if let Some(asked) = self.lock().remove(&answer.approval) {
            let _ = asked.send(answer.decision);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<ApprovalDecision>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the engine, in the name of one run.
#[derive(Clone)]
pub(crate) struct Asker {
    run: u64,
    outbox: Arc<Outbox>,
    questions: Arc<Questions>,
    /// Masks and shortens what is recorded.
    recorder: Option<Arc<Recorder>>,
}

impl fmt::Debug for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asker")
            .field("run", &self.run)
            .finish_non_exhaustive()
    }
}

impl Asker {
    pub(super) fn new(run: u64, outbox: &Arc<Outbox>, questions: &Arc<Questions>) -> Self {
        Self {
            run,
            outbox: Arc::clone(outbox),
            questions: Arc::clone(questions),
            recorder: None,
        }
    }

    pub(super) fn recorded_by(mut self, recorder: Option<&Arc<Recorder>>) -> Self {
        self.recorder = recorder.cloned();
        self
    }

    /// Asks for a tool, and waits for the answer. Dropped meanwhile, it leaves nothing behind.
    pub(crate) async fn ask(&self, tool: &str, arguments: &RawValue) -> ApprovalDecision {
        let (asked, answer) = oneshot::channel();
        let id = self.questions.next.fetch_add(1, Ordering::Relaxed);
        let _question = OpenQuestion { id, asker: self };
        // Before it is asked: the answer must find it.
        self.questions.lock().insert(id, asked);
        self.send(&Response::Approve(Approve {
            run: self.run,
            approval: id,
            tool: Cow::Borrowed(tool),
            arguments: Cow::Borrowed(arguments),
        }));
        // An engine that is gone answers nothing, and then this process ends.
        answer.await.unwrap_or(ApprovalDecision::Refused)
    }

    /// Records a decision among what happened in the run.
    pub(crate) fn record(
        &self,
        tool: &str,
        arguments: Option<&RawValue>,
        decision: ApprovalDecision,
    ) {
        let input = arguments.map(|arguments| match &self.recorder {
            Some(recorder) => Cow::Owned(recorder.value(arguments)),
            None => Cow::Borrowed(arguments),
        });
        let approved = decision.is_approved();
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        self.send(&Response::Observation(Observation {
            run: self.run,
            at_ns: u64::try_from(now.as_nanos()).unwrap_or(u64::MAX),
            what: Happening::Event(PointInTime {
                parent: None,
                name: Cow::Borrowed("tool_approval"),
                kind: SpanKind::Tool,
                level: if approved { Level::Info } else { Level::Warn },
                input,
                output: json(&DecisionOutput { approved }),
                attributes: json(&DecisionAttributes { tool, decision }),
            }),
        }));
    }

    fn send(&self, response: &Response<'_>) {
        // Each part is text or JSON already: it can be written.
        let _ = self.outbox.send(response);
    }
}

/// Listed until it is answered; taken back where nobody waits for the answer any more.
struct OpenQuestion<'a> {
    id: u64,
    asker: &'a Asker,
}

impl Drop for OpenQuestion<'_> {
    fn drop(&mut self) {
        let unanswered = self.asker.questions.lock().remove(&self.id);
        if unanswered.is_some() {
            let approval = self.id;
            self.asker
                .send(&Response::Withdrawn(Withdrawn { approval }));
        }
    }
}

/// `output` of a recorded decision.
#[derive(Serialize)]
struct DecisionOutput {
    approved: bool,
}

/// `attributes` of a recorded decision.
#[derive(Serialize)]
struct DecisionAttributes<'a> {
    tool: &'a str,
    decision: ApprovalDecision,
}

/// Text and truth values throughout: it can be written.
fn json(value: &impl Serialize) -> Option<Cow<'static, RawValue>> {
    to_raw_value(value).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use std::{
        pin::{Pin, pin},
        task::{Context, Waker},
    };

    use super::*;

    fn asker() -> (Asker, Arc<Questions>) {
        let questions = Arc::new(Questions::default());
        (
            Asker::new(7, &Arc::default(), &questions),
            Arc::clone(&questions),
        )
    }

    fn poll_once<T>(future: Pin<&mut impl Future<Output = T>>) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        future.poll(&mut context).is_ready()
    }

    #[tokio::test]
    async fn each_answer_finds_its_question() {
        let (asker, questions) = asker();
        let arguments = to_raw_value(&1).expect("JSON");
        let mut first = pin!(asker.ask("first", &arguments));
        let mut second = pin!(asker.ask("second", &arguments));
        assert!(!poll_once(first.as_mut()) && !poll_once(second.as_mut()));
        for (approval, decision) in [
            (1, ApprovalDecision::Refused),
            (0, ApprovalDecision::Allowed),
        ] {
            questions.answer(&Approved { approval, decision });
        }
        assert_eq!(
            (first.await, second.await),
            (ApprovalDecision::Allowed, ApprovalDecision::Refused)
        );
        assert!(questions.lock().is_empty());
    }

    #[tokio::test]
    async fn a_question_that_is_dropped_leaves_nothing_behind() {
        let (asker, questions) = asker();
        let arguments = to_raw_value(&1).expect("JSON");
        {
            let mut question = pin!(asker.ask("refund", &arguments));
            assert!(!poll_once(question.as_mut()));
            assert_eq!(questions.lock().len(), 1);
        }
        assert!(questions.lock().is_empty());
        // Its answer comes all the same, and is nobody's.
        questions.answer(&Approved {
            approval: 0,
            decision: ApprovalDecision::Allowed,
        });
    }
}
