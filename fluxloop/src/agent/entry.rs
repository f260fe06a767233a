use std::{collections::BTreeMap, fmt, future::Future, pin::Pin, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{AgentError, Context, Place};

/// What an agent answered: its output as JSON text, or its error.
pub type Reply = Result<Box<RawValue>, AgentError>;

/// What a call gives an agent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arguments {
    /// The case's input, whole.
    Input(Box<RawValue>),
    /// Arguments by name, as a recording has them.
    Named(BTreeMap<String, Box<RawValue>>),
}

/// Arguments that do not fit an agent's parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("parameter `{parameter}`: {message}")]
pub struct BindError {
    /// The parameter's name in the agent's signature.
    pub parameter: String,
    /// What its type says of the value.
    pub message: String,
}

/// A call on its way: what runs the user's function.
pub enum Invocation {
    /// An `async` agent.
    Async(Pin<Box<dyn Future<Output = Reply> + Send>>),
    /// A plain function: it may block its thread.
    Blocking(Box<dyn FnOnce() -> Reply + Send>),
}

impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Async(_) => "Invocation::Async",
            Self::Blocking(_) => "Invocation::Blocking",
        })
    }
}

/// One registered agent, as `#[fluxloop::agent]` submits it.
#[derive(Debug)]
pub struct AgentEntry {
    /// The name in targets and case names.
    pub name: &'static str,
    /// `module_path!()` of the function.
    pub module_path: &'static str,
    /// Source file, as the compiler names it.
    pub file: &'static str,
    /// Line of the function's name, from 1.
    pub line: u32,
    /// The package it belongs to.
    pub package: &'static str,
    /// The binary or example it was compiled for, if any (`CARGO_BIN_NAME`).
    pub binary: Option<&'static str>,
    /// Checks that arguments fit, without calling the agent.
    pub bind: fn(&Arguments) -> Result<(), BindError>,
    /// Binds the arguments and prepares the call.
    pub call: fn(&Arguments, Arc<Context>) -> Result<Invocation, BindError>,
}

impl AgentEntry {
    /// `module::path:name`, and `@binary` after it if it belongs to one: a library and a binary of the same package may
    /// share all module paths.
    #[must_use]
    pub fn id(&self) -> String {
        let Self {
            module_path, name, ..
        } = self;
        match self.binary {
            Some(binary) => format!("{module_path}:{name}@{binary}"),
            None => format!("{module_path}:{name}"),
        }
    }

    /// Where the function is.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            file: self.file,
            line: self.line,
        }
    }
}

inventory::collect!(AgentEntry);
