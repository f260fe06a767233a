use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use super::Persona;

/// What a run tells its agent: who is asking, which iteration and turn this is, what was said before.
#[derive(Debug)]
pub struct Context {
    wire: ContextWire,
    persona: OnceLock<Option<Persona>>,
    metadata: OnceLock<Map<String, Value>>,
    conversation: OnceLock<Conversation>,
}

/// [`Context`] as the worker protocol carries it. What few agents read stays unparsed until one does.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct ContextWire {
    /// The iteration, from 0.
    pub iteration: u32,
    /// The turn, from 1.
    pub turn: u32,
    /// The run's own seed.
    pub seed: u64,
    /// A [`Persona`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona: Option<Box<RawValue>>,
    /// A JSON object: the input's metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Box<RawValue>>,
    /// A [`Conversation`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Box<RawValue>>,
}

/// Who said a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The simulated user.
    User,
    /// The agent.
    Assistant,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
}

/// The messages before the one that the agent is asked to answer, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Conversation {
    messages: Vec<Message>,
}

impl Conversation {
    /// All messages, oldest first.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }
}
