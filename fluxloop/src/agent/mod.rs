//! What an agent's own crate sees: its context, and how plain functions become agents.

mod context;
mod entry;
mod error;
mod persona;

pub use context::{Context, Conversation, Message, Role};
pub use entry::{AgentEntry, Arguments, BindError, Invocation, Reply};
pub use error::{AgentError, Transient, transient};
pub use persona::{ExpertiseLevel, Persona};
