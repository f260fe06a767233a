use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a run failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureKind {
    /// It returned `Err`.
    AgentError,
    /// It panicked.
    Panic,
    /// It used up its time.
    Timeout,
    /// Its process died.
    Crash,
    /// The supervisor gave no decision: not the agent's fault.
    SupervisorError,
    /// The experiment was interrupted.
    Cancelled,
    /// It returned, and what it did is not what was expected.
    ExpectationFailed,
}

impl FailureKind {
    /// The name in files: `agent_error`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AgentError => "agent_error",
            Self::Panic => "panic",
            Self::Timeout => "timeout",
            Self::Crash => "crash",
            Self::SupervisorError => "supervisor_error",
            Self::Cancelled => "cancelled",
            Self::ExpectationFailed => "expectation_failed",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A run's failure: the `error` of its rows, as it stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// Why.
    pub kind: FailureKind,
    /// In a sentence, as the agent or its process gave it.
    pub message: String,
    /// The error's source chain, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// Whether the agent's error was worth a retry.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transient: bool,
    /// Where it panicked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where it panicked, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The signal that ended its process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// The code that its process exited with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
}

impl Failure {
    /// A failure of which no more is known than its kind and message.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            causes: Vec::new(),
            transient: false,
            file: None,
            line: None,
            signal: None,
            exit_code: None,
        }
    }
}
