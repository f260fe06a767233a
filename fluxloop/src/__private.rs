//! What the macros' expansion names. Not public API: it changes without notice.

pub use crate::agent::{AgentEntry, Arguments, BindError, Invocation};
pub use inventory;
