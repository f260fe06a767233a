//! Filled by the agent's side: how an agent's error becomes `AgentError`.
use serde::{Deserialize, Serialize};

/// What is kept of the error that an agent returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentError {
    /// The error's own `Display`.
    pub message: String,
    /// Its source chain, outermost first, the error itself not included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// Whether a retry may help.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transient: bool,
}

/// An error marked as worth a retry, by [`transient`].
#[derive(Debug)]
pub struct Transient(Box<dyn std::error::Error + Send + Sync>);

/// Marks an error as transient.
pub fn transient(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Transient {
    Transient(error.into())
}
