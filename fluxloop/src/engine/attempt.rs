use std::{borrow::Cow, pin::pin};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot};

use super::{ApprovalRequest, notice::Told, run::Runner, talk::Talk};
use crate::{
    host::{AgentCall, AgentHost, Answer, CallReport},
    plan::Case,
    worker::protocol::{ApprovalDecision, CallContext},
};

impl<H: AgentHost> Runner<'_, H> {
    /// Calls the agent once, and listens to what it tells meanwhile.
    pub(super) async fn attempt(&self, case: &Case, talk: &Talk) -> Answer {
        let (reports, mut told) = mpsc::unbounded_channel();
        let call = AgentCall {
            agent: self.agent,
            arguments: talk.arguments(case),
            context: self.context(case, talk),
            limit: self.settings.timeout.saturating_sub(talk.spent),
            reports,
        };
        let mut answer = pin!(self.host.call(call));
        let mut questions = FuturesUnordered::new();
        loop {
            tokio::select! {
                biased;
                Some(report) = told.recv() => {
                    questions.extend(self.heard(case, talk, report));
                }
                Some(()) = questions.next() => {}
                answer = &mut answer => {
                    // What it told last. A question is nobody's any more.
                    while let Ok(report) = told.try_recv() {
                        drop(self.heard(case, talk, report));
                    }
                    return answer;
                }
            }
        }
    }

    fn context<'a>(&self, case: &'a Case, talk: &'a Talk) -> CallContext<'a> {
        CallContext {
            iteration: case.iteration,
            turn: talk.turn,
            seed: case.seed,
            persona: case.persona_json.as_deref().map(Cow::Borrowed),
            metadata: case.input.metadata.as_deref().map(Cow::Borrowed),
            conversation: talk.before().map(Cow::Owned),
            state: talk.state.as_deref().map(Cow::Borrowed),
            ask_before_tools: self.approver.is_some(),
        }
    }

    /// Passes on what happened. A question is to be answered.
    fn heard<'a>(
        &'a self,
        case: &'a Case,
        talk: &'a Talk,
        report: CallReport,
    ) -> Option<impl Future<Output = ()> + 'a> {
        match report {
            CallReport::Observed {
                calls_before,
                at_ns,
                what,
            } => {
                let happened = Told::Happened {
                    call: talk.attempts + calls_before + 1,
                    at_ns,
                    what: Box::new(what),
                };
                self.tell(case, happened);
                None
            }
            CallReport::Approve {
                tool,
                arguments,
                answer,
            } => Some(self.approve(case, talk.turn, (tool, arguments), answer)),
        }
    }

    /// Has a question answered, unless the agent takes it back before.
    async fn approve(
        &self,
        case: &Case,
        turn: u32,
        (tool, arguments): (String, Box<RawValue>),
        mut answer: oneshot::Sender<ApprovalDecision>,
    ) {
        let secrets = &self.settings.secrets;
        let decision = match self.approver {
            None => ApprovalDecision::Automatic,
            Some(approver) => {
                let request = ApprovalRequest {
                    case: &case.name,
                    turn,
                    tool: &secrets.redact(&tool),
                    arguments: &secrets.redact_json(&arguments),
                };
                tokio::select! {
                    decision = approver.decide(request) => decision,
                    () = answer.closed() => return,
                }
            }
        };
        // An agent that does not wait any more needs no answer.
        let _ = answer.send(decision);
    }
}
