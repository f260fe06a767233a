use std::time::Duration;

use super::{Decision, DecisionRequest, Step};

/// Plays a script: the same conversation every time, without a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MockSupervisor {
    /// Said by the user in this order, one a turn; at the end the conversation is over.
    pub scripted_questions: Vec<String>,
    /// What is decided every time where there is no script.
    pub decision: MockDecision,
    /// Why the conversation ends; `script_complete` at the end of a script unless set.
    pub reason: Option<String>,
    /// What the user says in parting.
    pub closing: Option<String>,
    /// What the user says next where there is no script.
    pub next_user_message: Option<String>,
}

/// What a mock without a script decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MockDecision {
    /// The conversation is over.
    #[default]
    Terminate,
    /// The conversation goes on.
    Continue,
}

/// What the user says next where nothing is configured.
const GO_ON: &str = "Please continue.";

impl MockSupervisor {
    /// Decides by the script alone: the turn is the place in it.
    #[must_use]
    pub fn decide(&self, request: &DecisionRequest<'_>) -> Decision {
        Decision {
            step: self.step(request),
            usage: None,
            attempts: 1,
            latency: Duration::ZERO,
            prompt: None,
            reply: None,
        }
    }

    fn step(&self, request: &DecisionRequest<'_>) -> Step {
        let place = usize::try_from(request.turn).unwrap_or(usize::MAX) - 1;
        let scripted = !self.scripted_questions.is_empty();
        if let Some(question) = self.scripted_questions.get(place) {
            return Step::Continue(question.clone());
        }
        let goes_on = if scripted {
            false
        } else {
            self.decision == MockDecision::Continue
        };
        if goes_on || !request.may_stop {
            return Step::Continue(
                self.next_user_message
                    .clone()
                    .unwrap_or_else(|| GO_ON.to_owned()),
            );
        }
        Step::Stop {
            reason: self
                .reason
                .clone()
                .or_else(|| scripted.then(|| "script_complete".to_owned())),
            closing: self.closing.clone(),
        }
    }
}
