//! What an agent's own crate sees: its context, and how plain functions become agents.

mod approval;
pub(crate) mod bind;
mod context;
mod conversation;
mod entry;
mod error;
mod persona;
mod registry;
pub(crate) mod reply;
mod state;

pub use approval::Approval;
pub use context::Context;
pub use conversation::{Conversation, Message, Role};
pub use entry::{AgentEntry, Arguments, BindError, Invocation, Reply};
pub use error::{AgentError, Transient, transient};
pub use persona::{ExpertiseLevel, Persona};
pub use registry::{Place, Registry, RegistryError};
pub use state::StateError;
