//! Wire types: one JSON object a line, each with one key that says what it is.
//! `PROTOCOL.md` beside this file describes them for workers in other languages.

mod approval;
mod check;
mod observation;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use approval::{ApprovalDecision, Approve, Approved, Withdrawn};
pub use check::{Check, CheckInfo, Checked, WireCheckResult};
pub use observation::{
    Happening, Level, OBSERVE_VARIABLE, Observation, ObserveOptions, PointInTime, SpanEnd,
    SpanError, SpanKind, SpanStart, Usage,
};

use crate::agent::{AgentEntry, AgentError, Arguments, BindError};

/// The protocol's version. An engine and a worker that differ in it refuse each other.
pub const VERSION: u32 = 1;

/// The longest line either side accepts, in bytes.
pub const MAX_LINE: usize = 64 * 1024 * 1024;

/// The environment variable with the socket's address.
pub const SOCKET_VARIABLE: &str = "FLUXLOOP_WORKER_SOCKET";
/// The environment variable with the token that the worker proves itself with.
pub const TOKEN_VARIABLE: &str = "FLUXLOOP_WORKER_TOKEN";
/// The environment variable with the most runs that will be in flight at once.
pub const PARALLEL_VARIABLE: &str = "FLUXLOOP_WORKER_PARALLEL";

/// From the engine to the worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request<'a> {
    /// Run an agent.
    #[serde(borrow)]
    Call(Call<'a>),
    /// Say whether arguments fit an agent, without running it.
    #[serde(borrow)]
    Bind(Bind<'a>),
    /// Have a check look at a run.
    Check(Check<'a>),
    /// Stop a run; it used up its time or nobody waits for it any more.
    Cancel(Cancel),
    /// The answer to `approve`.
    Approved(Approved),
    /// Finish: no further request follows.
    Shutdown(Shutdown),
}

/// Run an agent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call<'a> {
    /// Chosen by the engine, unique for the worker.
    pub run: u64,
    /// The agent's id, as `hello` listed it.
    pub agent: Cow<'a, str>,
    /// What it is called with.
    pub arguments: Cow<'a, Arguments>,
    /// What its context tells it.
    #[serde(borrow)]
    pub context: CallContext<'a>,
}

/// What an agent's context tells it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CallContext<'a> {
    /// The iteration, from 0.
    pub iteration: u32,
    /// The turn, from 1.
    pub turn: u32,
    /// The run's own seed.
    pub seed: u64,
    /// A [`Persona`](crate::Persona).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona: Option<Cow<'a, RawValue>>,
    /// A JSON object: the input's metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Cow<'a, RawValue>>,
    /// A [`Conversation`](crate::Conversation): the messages before the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Cow<'a, RawValue>>,
    /// What the agent kept of the turns before, in any form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Cow<'a, RawValue>>,
    /// Tools have to be approved: the worker asks the engine before each.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ask_before_tools: bool,
}

/// Say whether arguments fit an agent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bind<'a> {
    /// Chosen by the engine, answered with.
    pub bind: u64,
    /// The agent's id.
    pub agent: Cow<'a, str>,
    /// What it would be called with.
    pub arguments: Cow<'a, Arguments>,
}

/// Stop a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cancel {
    /// Which.
    pub run: u64,
}

/// Finish.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shutdown {}

/// From the worker to the engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response<'a> {
    /// The first line.
    Hello(Hello),
    /// The answer to `bind`.
    Bound(Bound),
    /// A run ended.
    #[serde(borrow)]
    Result(RunResult<'a>),
    /// A check has looked at a run.
    Checked(Checked),
    /// A cancelled run that cannot be stopped: its thread is busy. No result follows that counts.
    Abandoned(Cancel),
    /// Something happened in a run.
    Observation(Observation<'a>),
    /// An agent asks whether it may use a tool.
    Approve(Approve<'a>),
    /// It does not wait for the answer any more.
    Withdrawn(Withdrawn),
}

/// Who the worker is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`] of the worker.
    pub protocol: u32,
    /// The token it was started with.
    pub token: String,
    /// The version of fluxloop in it.
    pub fluxloop: String,
    /// Every agent registered in it.
    pub agents: Vec<AgentInfo>,
    /// Every check registered in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckInfo>,
}

/// A registered agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentInfo {
    /// What `call` and `bind` name it by; unique in the worker.
    pub id: String,
    /// The name in targets and case names.
    pub name: String,
    /// The module it stands in, `::` between its parts.
    pub module_path: String,
    /// Source file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// The package it belongs to.
    pub package: String,
    /// The binary or example it was compiled for, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary: Option<String>,
}

impl From<&AgentEntry> for AgentInfo {
    fn from(agent: &AgentEntry) -> Self {
        Self {
            id: agent.id(),
            name: agent.name.to_owned(),
            module_path: agent.module_path.to_owned(),
            file: agent.file.to_owned(),
            line: agent.line,
            package: agent.package.to_owned(),
            binary: agent.binary.map(str::to_owned),
        }
    }
}

impl AgentInfo {
    /// The agent as targets name it: `module.path:function`.
    #[must_use]
    pub fn target(&self) -> String {
        format!("{}:{}", self.module_path.replace("::", "."), self.name)
    }
}

/// The answer to `bind`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bound {
    /// Which `bind`.
    pub bind: u64,
    /// Why the arguments do not fit; absent where they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<BindError>,
}

/// How a run ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunResult<'a> {
    /// Which run.
    pub run: u64,
    /// The agent's own time, in nanoseconds.
    pub duration_ns: u64,
    /// What came of it.
    #[serde(borrow)]
    pub outcome: WireOutcome<'a>,
    /// What the agent keeps for the next turn; absent where it kept nothing new.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub keeps: Option<Keeps<'a>>,
}

/// What an agent keeps for the next turn.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Keeps<'a> {
    /// Any JSON; `null` is something kept, too.
    pub state: Cow<'a, RawValue>,
}

/// What came of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WireOutcome<'a> {
    /// The agent's output.
    #[serde(borrow)]
    Returned(Cow<'a, RawValue>),
    /// The agent's error.
    Error(AgentError),
    /// Where and why it panicked.
    Panic(Panic),
    /// The arguments do not fit.
    Unbound(BindError),
    /// It was stopped on request.
    Cancelled,
}

/// Where and why an agent panicked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panic {
    /// The panic's message.
    pub message: String,
    /// Source file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

#[cfg(test)]
mod tests;
