use std::{borrow::Cow, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    Persona,
    event::{ConversationRecord, FailureKind, Outcome, Run},
    expect::{self, JudgedCheck},
    plan::PlannedInput,
    supervisor::TokenUsage,
    worker::protocol::Usage,
};

/// What statistics take of a run. Where several processes run one experiment, each writes its runs' down for the others.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tally<'a> {
    /// Its case, with the iteration.
    pub(super) case: Cow<'a, str>,
    /// The case's place within its iteration.
    pub(super) pair: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) persona: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) failed: Option<FailureKind>,
    /// Why it failed: `summary.json` does not say, so it is not written down.
    #[serde(skip)]
    pub(super) message: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub(super) checks: Cow<'a, [JudgedCheck]>,
    pub(super) duration: Duration,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) usage: Option<Usage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cost: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) supervised: Option<Supervised<'a>>,
    /// What the case's name is made of, where that is at hand: it costs no copy.
    #[serde(skip)]
    pub(super) planned: Option<(&'a Arc<PlannedInput>, Option<&'a Arc<Persona>>)>,
}

/// What the supervisor of a conversation did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Supervised<'a> {
    pub(super) provider: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<Cow<'a, str>>,
    pub(super) decisions: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) usage: Option<TokenUsage>,
}

impl Tally<'_> {
    /// Why the run failed.
    #[cfg(feature = "harness")]
    pub(crate) fn failed(&self) -> Option<FailureKind> {
        self.failed
    }
}

impl<'a> From<&'a Run> for Tally<'a> {
    fn from(run: &'a Run) -> Self {
        let (failed, message) = match &run.outcome {
            Outcome::Returned(_) => (None, Cow::Borrowed("")),
            Outcome::Failed(failure) => (Some(failure.kind), Cow::Borrowed(&failure.message[..])),
            // Answers differ, and what they miss is the same.
            Outcome::Rejected { failure, .. } => {
                (Some(failure.kind), Cow::Owned(expect::label(&run.checks)))
            }
        };
        let persona = run.case.persona.as_ref();
        Self {
            case: Cow::Borrowed(&run.case.name),
            pair: run.case.pair,
            persona: persona.map(|persona| Cow::Borrowed(persona.name.as_str())),
            failed,
            message,
            checks: Cow::Borrowed(&run.checks),
            duration: run.duration,
            usage: run.usage,
            cost: run.cost,
            supervised: run.conversation.as_ref().map(Supervised::from),
            planned: Some((&run.case.input, persona)),
        }
    }
}

impl<'a> From<&'a ConversationRecord> for Supervised<'a> {
    fn from(conversation: &'a ConversationRecord) -> Self {
        Self {
            provider: Cow::Borrowed(conversation.provider),
            model: conversation.model.as_deref().map(Cow::Borrowed),
            decisions: conversation.decisions,
            usage: conversation.usage,
        }
    }
}
