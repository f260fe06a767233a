use serde::Serialize;

use crate::supervisor::{Said, Supervisor, TokenUsage};

/// A conversation, as far as it went.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConversationRecord {
    /// How it ended.
    pub end: ConversationEnd,
    /// Agent turns executed, a failed one included.
    pub turn_count: u32,
    /// Everything said, oldest first.
    pub history: Vec<Said>,
    /// What the agent did in its turns, in the order of turns: `tool:lookup_order`, `generation:gpt-4o-mini`.
    pub actions: Vec<TurnActions>,
    /// Who supervised.
    pub provider: &'static str,
    /// The model that supervised, where one did.
    pub model: Option<String>,
    /// How often the supervisor decided.
    pub decisions: u32,
    /// What the supervisor used, failed attempts included; absent where nobody said.
    pub usage: Option<TokenUsage>,
}

impl ConversationRecord {
    /// What was said until a turn, and how it ended; nothing decided yet.
    pub(crate) fn new(
        end: ConversationEnd,
        (turn_count, history): (u32, Vec<Said>),
        supervisor: &Supervisor,
    ) -> Self {
        Self {
            end,
            turn_count,
            history,
            actions: Vec::new(),
            provider: supervisor.provider(),
            model: supervisor.model().map(str::to_owned),
            decisions: 0,
            usage: None,
        }
    }

    /// What the agent did in a turn, in the order in which it began.
    #[must_use]
    pub fn actions_of(&self, turn: u32) -> &[String] {
        self.actions
            .iter()
            .find(|actions| actions.turn == turn)
            .map_or(&[], |actions| &actions.actions)
    }
}

/// What the agent did in a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TurnActions {
    /// Which, from 1.
    pub turn: u32,
    /// What, in the order in which it began.
    pub actions: Vec<String>,
}

impl TurnActions {
    /// Nothing yet.
    pub(crate) fn new(turn: u32) -> Self {
        Self {
            turn,
            actions: Vec::new(),
        }
    }
}

/// How a conversation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConversationEnd {
    /// The supervisor ended it, for this reason in its own words.
    Stopped(Option<String>),
    /// It reached its last turn.
    MaxTurns,
    /// The run failed; its `error` says why.
    Error,
}

/// Whether a conversation came to its own end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationState {
    /// Still open.
    Active,
    /// The supervisor ended it.
    Completed,
    /// Cut off.
    Terminated,
}

impl ConversationEnd {
    /// What rows call `conversation_state`.
    #[must_use]
    pub fn state(&self) -> ConversationState {
        match self {
            Self::Stopped(_) => ConversationState::Completed,
            Self::MaxTurns | Self::Error => ConversationState::Terminated,
        }
    }

    /// What rows call `termination_reason`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Stopped(_) => "supervisor_stop",
            Self::MaxTurns => "max_turns",
            Self::Error => "error",
        }
    }

    /// What rows call `termination_detail`: the supervisor's own words.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Stopped(reason) => reason.as_deref(),
            Self::MaxTurns | Self::Error => None,
        }
    }
}
