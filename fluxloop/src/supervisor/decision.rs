use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::plan::Case;

/// What a supervisor is asked: how a conversation goes on.
#[derive(Clone, Copy, Debug)]
pub struct DecisionRequest<'a> {
    /// Which case the conversation is of: who asks, and what was asked first.
    pub case: &'a Case,
    /// The turn that was just finished, from 1.
    pub turn: u32,
    /// The last turn that there can be.
    pub max_turns: u32,
    /// Whether the conversation may end now; below `min_turns` it may not.
    pub may_stop: bool,
    /// Everything said so far, oldest first: user and agent in turn, the agent last.
    pub history: &'a [Said],
}

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The simulated user.
    User,
    /// The agent.
    Assistant,
}

/// One thing said in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// In which turn, from 1.
    pub turn: u32,
    /// By whom.
    pub speaker: Speaker,
    /// What.
    pub content: String,
    /// Said by the user when the conversation was over already.
    pub closing: bool,
}

/// What the supervisor decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The user says this next.
    Continue(String),
    /// The conversation is over.
    Stop {
        /// Why, in the supervisor's words.
        reason: Option<String>,
        /// What the user says in parting; the agent does not answer it.
        closing: Option<String>,
    },
}

/// A decision, and what it took.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What was decided.
    pub step: Step,
    /// What the model used; absent where it did not say, or where there is none.
    pub usage: Option<TokenUsage>,
    /// How often a provider was asked.
    pub attempts: u32,
    /// From the question to the answer, waiting for a free place not included.
    pub latency: Duration,
    /// The prompt, as it was sent.
    pub prompt: Option<String>,
    /// The reply, as it came.
    pub reply: Option<String>,
}

/// Tokens, as a provider counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUsage {
    /// Read by the model.
    pub input_tokens: u64,
    /// Written by the model.
    pub output_tokens: u64,
    /// Both.
    pub total_tokens: u64,
}

/// No decision, and what it took.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct SupervisorFailure {
    /// What went wrong, without any secret.
    pub message: String,
    /// The provider refused the key (401, 403): no other question will be answered either.
    pub refused: bool,
    /// What the attempts used nevertheless.
    pub usage: Option<TokenUsage>,
    /// How often a provider was asked.
    pub attempts: u32,
    /// From the question to the last attempt's end, waiting for a free place not included.
    pub latency: Duration,
    /// The prompt, as it was sent last. Boxed, as the reply: every result has room for its error.
    pub prompt: Option<Box<str>>,
    /// The last reply, as it came; absent where there was none.
    pub reply: Option<Box<str>>,
}

impl SupervisorFailure {
    /// Nobody was asked.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            refused: false,
            usage: None,
            attempts: 0,
            latency: Duration::ZERO,
            prompt: None,
            reply: None,
        }
    }
}

impl std::ops::AddAssign for TokenUsage {
    fn add_assign(&mut self, other: Self) {
        // Providers may say anything.
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.total_tokens = self.total_tokens.saturating_add(other.total_tokens);
    }
}
