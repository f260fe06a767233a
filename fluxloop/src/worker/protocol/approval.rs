//! How an agent gets a tool approved.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// An agent asks whether it may use a tool; it waits for [`Approved`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Approve<'a> {
    /// In which run.
    pub run: u64,
    /// Chosen by the worker, unique for it, answered with.
    pub approval: u64,
    /// The tool.
    pub tool: Cow<'a, str>,
    /// What it would be called with, any JSON.
    pub arguments: Cow<'a, RawValue>,
}

/// The answer to [`Approve`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Approved {
    /// Which question.
    pub approval: u64,
    /// Who decided, and how.
    pub decision: ApprovalDecision,
}

/// Nobody waits for the answer to [`Approve`] any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Which question.
    pub approval: u64,
}

/// Who decided on a tool, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ApprovalDecision {
    /// Every tool is approved: nobody was asked.
    Automatic,
    /// Somebody said yes.
    Allowed,
    /// Somebody said no.
    Refused,
    /// There is nobody to ask: no terminal. Refused.
    NobodyToAsk,
    /// What the tool would be called with is no JSON, or far too long: nobody can judge it. Refused, and never sent
    /// as an answer.
    ArgumentsUnreadable,
}

impl ApprovalDecision {
    /// Whether the tool may be used.
    #[must_use]
    pub fn is_approved(self) -> bool {
        match self {
            Self::Automatic | Self::Allowed => true,
            Self::Refused | Self::NobodyToAsk | Self::ArgumentsUnreadable => false,
        }
    }
}
