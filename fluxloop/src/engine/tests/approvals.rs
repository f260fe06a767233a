//! Tools that have to be approved: who is asked what, how many at once, and what becomes of a question in vain.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
};

use futures_util::future::join_all;
use serde_json::{Value, json, value::to_raw_value};
use tokio::{
    sync::{mpsc::UnboundedSender, oneshot},
    time::{sleep, timeout},
};

use super::doubles::Setup;
use super::*;
use crate::{
    engine::{ApprovalRequest, Approver},
    host::{AgentCall, AgentHost, Answer, CallReport, Ended, Returned},
    worker::protocol::ApprovalDecision,
};

/// Asks for two tools at once, and answers with what was decided.
#[derive(Default)]
struct Asking {
    /// How long it waits for answers; for ever unless set.
    patience: Option<Duration>,
    /// Of each call: whether its context says that tools have to be approved.
    told_to_ask: RefCell<Vec<bool>>,
}

fn ask(
    reports: &UnboundedSender<CallReport>,
    tool: &str,
    arguments: &Value,
) -> oneshot::Receiver<ApprovalDecision> {
    let (answer, answered) = oneshot::channel();
    let report = CallReport::Approve {
        tool: tool.to_owned(),
        arguments: to_raw_value(arguments).expect("JSON"),
        answer,
    };
    reports.send(report).expect("the engine listens");
    answered
}

impl AgentHost for Asking {
    async fn call(&self, call: AgentCall<'_>) -> Answer {
        let told = call.context.ask_before_tools;
        self.told_to_ask.borrow_mut().push(told);
        let answers = join_all([
            ask(&call.reports, "refund", &json!({"key": "s3cret-value"})),
            ask(&call.reports, "s3cret-value", &json!("A-1001")),
        ]);
        let patience = self.patience.unwrap_or(call.limit * 10);
        let decided = if let Ok(answers) = timeout(patience, answers).await {
            let decisions = answers.into_iter().map(|answer| answer.expect("an answer"));
            json!(decisions.collect::<Vec<_>>())
        } else {
            // Without the questions it goes on.
            sleep(patience).await;
            json!("in vain")
        };
        Answer {
            ended: Ended::Returned(Returned {
                output: to_raw_value(&decided).expect("JSON"),
                state: None,
            }),
            duration: Duration::ZERO,
            calls: 1,
        }
    }
}

/// Takes its time, and says no to every second question.
#[derive(Debug, Default)]
struct Deliberate {
    takes: Duration,
    asked: RefCell<Vec<String>>,
    open: Cell<usize>,
    most_open: Cell<usize>,
    /// When the last question was no longer open.
    closed_at: Cell<Option<Instant>>,
}

/// A question that is being thought about.
struct Thought<'a>(&'a Deliberate);

impl Drop for Thought<'_> {
    fn drop(&mut self) {
        self.0.open.set(self.0.open.get() - 1);
        self.0.closed_at.set(Some(Instant::now()));
    }
}

impl Approver for Deliberate {
    fn decide<'a>(
        &'a self,
        request: ApprovalRequest<'a>,
    ) -> Pin<Box<dyn Future<Output = ApprovalDecision> + 'a>> {
        self.asked.borrow_mut().push(format!(
            "{} {} {} {}",
            request.case, request.turn, request.tool, request.arguments
        ));
        let refused = self.asked.borrow().len().is_multiple_of(2);
        self.open.set(self.open.get() + 1);
        self.most_open
            .set(self.most_open.get().max(self.open.get()));
        let thought = Thought(self);
        Box::pin(async move {
            sleep(self.takes).await;
            drop(thought);
            if refused {
                ApprovalDecision::Refused
            } else {
                ApprovalDecision::Allowed
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn each_question_is_answered_however_many_are_open() {
    let mut setup = Setup::new([], 1);
    let approver = Deliberate {
        takes: Duration::from_secs(1),
        ..Deliberate::default()
    };
    let host = Asking::default();
    let run = setup.run_at(&host, Some(&approver));
    run.await.expect("it finishes");
    insta::assert_snapshot!(approver.asked.borrow().join("\n"), @r#"
    agent::any::in0::iter_0 1 refund {"key":"***"}
    agent::any::in0::iter_0 1 *** "A-1001"
    "#);
    assert_eq!(setup.recorder.texts, r#"["allowed","refused"]"#);
    assert_eq!(approver.most_open.get(), 2);
    assert_eq!(*host.told_to_ask.borrow(), [true]);
}

#[tokio::test(start_paused = true)]
async fn without_an_approver_every_tool_is_approved() {
    let mut setup = Setup::new([], 1);
    let host = Asking::default();
    setup.run_at(&host, None).await.expect("it finishes");
    assert_eq!(setup.recorder.texts, r#"["automatic","automatic"]"#);
    assert_eq!(*host.told_to_ask.borrow(), [false]);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_taken_back_is_asked_no_longer() {
    let mut setup = Setup::new([], 1);
    let host = Asking {
        patience: Some(Duration::from_secs(3)),
        ..Asking::default()
    };
    let approver = Deliberate {
        takes: Duration::from_mins(1),
        ..Deliberate::default()
    };
    let began = Instant::now();
    let run = setup.run_at(&host, Some(&approver));
    run.await.expect("it finishes");
    assert_eq!(setup.recorder.texts, r#""in vain""#);
    assert_eq!(approver.open.get(), 0);
    // The call itself goes on for as long again.
    let closed_after = approver.closed_at.get().map(|at| at - began);
    assert_eq!(closed_after, Some(Duration::from_secs(3)));
}

#[tokio::test(start_paused = true)]
async fn a_question_does_not_outlive_its_experiment() {
    let mut setup = Setup::new([], 1);
    let (stopper, stop) = Stopper::new();
    setup.stop = stop;
    let approver = Deliberate {
        takes: Duration::from_hours(1),
        ..Deliberate::default()
    };
    let host = Asking::default();
    let interrupted = async {
        sleep(Duration::from_secs(1)).await;
        assert_eq!(approver.open.get(), 2);
        stopper.ask(StopLevel::Drain);
    };
    let (finished, ()) = tokio::join!(setup.run_at(&host, Some(&approver)), interrupted);
    assert!(finished.expect("it ends in order").interrupted);
    assert_eq!(approver.open.get(), 0);
}
