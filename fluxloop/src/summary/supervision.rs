use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::tally::Supervised;
use crate::supervisor::TokenUsage;

/// What the supervisor of an experiment's conversations did and used: apart from what the agent did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Supervision {
    /// Who supervised: `mock`, `openai`, `anthropic`.
    pub provider: String,
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
    pub(super) fn of(supervised: &Supervised<'_>) -> Self {
        Self {
            provider: supervised.provider.clone().into_owned(),
            model: supervised.model.clone().map(Cow::into_owned),
            decisions: 0,
            token_usage: None,
        }
    }

    pub(super) fn record(&mut self, supervised: &Supervised<'_>) {
        self.decisions += u64::from(supervised.decisions);
        if let Some(usage) = supervised.usage {
            *self.token_usage.get_or_insert_default() += usage;
        }
    }
}
