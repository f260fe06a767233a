use serde::Serialize;

use crate::{event::ConversationRecord, supervisor::TokenUsage};

/// What the supervisor of an experiment's conversations did and used: apart from what the agent did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Supervision {
    /// Who supervised: `mock`, `openai`, `anthropic`.
    pub provider: &'static str,
    /// The model that decided, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How often it decided.
    pub decisions: u64,
    /// What all decisions used together, failed attempts included; absent where nobody said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_usage: Option<TokenUsage>,
}

impl Supervision {
    /// Whoever supervised a conversation; nothing is counted yet.
    pub(super) fn of(conversation: &ConversationRecord) -> Self {
        Self {
            provider: conversation.provider,
            model: conversation.model.clone(),
            decisions: 0,
            token_usage: None,
        }
    }

    pub(super) fn record(&mut self, conversation: &ConversationRecord) {
        self.decisions += u64::from(conversation.decisions);
        if let Some(usage) = conversation.usage {
            *self.token_usage.get_or_insert_default() += usage;
        }
    }
}
