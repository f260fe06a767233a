//! Where agents live: behind [`AgentHost`], so that the engine need not know.

mod agent_time;
mod check;
mod death;
mod greeting;
mod group;
#[cfg(feature = "harness")]
mod in_process;
mod life;
mod logs;
mod output_pump;
mod process;
mod questions;
mod socket;
mod task;
mod worker;

use std::{ffi::OsString, future::Future, path::PathBuf, sync::Arc, time::Duration};

use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot};

pub use death::Death;
pub use greeting::StartError;
#[cfg(feature = "harness")]
pub use in_process::{InProcessHost, InProcessOptions};
pub use logs::Logs;
pub use worker::{WorkerHost, WorkerOptions};

use crate::{
    agent::{AgentError, Arguments, BindError},
    check::{CheckResult, RunView},
    worker::protocol::{ApprovalDecision, CallContext, Happening, Panic},
};

/// How to start a worker.
#[derive(Clone, Debug)]
pub struct WorkerCommand {
    /// The executable.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Set on top of the inherited environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Its working directory.
    pub working_directory: PathBuf,
}

/// Calls agents. A host answers every call: whatever happens to an agent is a value.
pub trait AgentHost {
    /// Runs an agent once.
    fn call(&self, call: AgentCall<'_>) -> impl Future<Output = Answer>;

    /// Has a check look at a run that returned. A host without checks need not say so.
    fn check(&self, call: CheckCall<'_>) -> impl Future<Output = Checked> {
        let reason = format!("no check `{}` lives where the agents do", call.check);
        std::future::ready(Checked::Unavailable(reason))
    }
}

/// One look of a check at a run.
#[derive(Clone, Copy, Debug)]
pub struct CheckCall<'a> {
    /// The check's name.
    pub check: &'a str,
    /// The run.
    pub view: &'a Arc<RunView>,
    /// The time it has.
    pub limit: Duration,
}

/// What came of a check.
#[derive(Debug)]
pub enum Checked {
    /// It has said what it says.
    Judged(CheckResult),
    /// It panicked.
    Panicked(Panic),
    /// It used up its time.
    TimedOut,
    /// Its process died.
    Crashed(Death),
    /// There is nobody to ask.
    Unavailable(String),
}

/// One call of an agent.
#[derive(Clone, Debug)]
pub struct AgentCall<'a> {
    /// The agent's id.
    pub agent: &'a str,
    /// What it is called with.
    pub arguments: &'a Arguments,
    /// What its context tells it.
    pub context: CallContext<'a>,
    /// The time it has. It stands still while the agent waits for an approval.
    pub limit: Duration,
    /// Takes what the call tells before it ends.
    pub reports: mpsc::UnboundedSender<CallReport>,
}

/// What a call tells before it ends.
#[derive(Debug)]
pub enum CallReport {
    /// Something happened in it.
    Observed {
        /// How often the agent was called before within this call: its ids begin anew each time.
        calls_before: u32,
        /// When: nanoseconds since the Unix epoch.
        at_ns: u64,
        /// What.
        what: Happening<'static>,
    },
    /// The agent wants to use a tool, and waits for the answer.
    Approve {
        /// The tool.
        tool: String,
        /// What it would be called with.
        arguments: Box<RawValue>,
        /// Takes the answer. Dropped, the tool is refused. It closes where nobody waits any more.
        answer: oneshot::Sender<ApprovalDecision>,
    },
}

/// What came of a call.
#[derive(Debug)]
pub struct Answer {
    /// How it ended.
    pub ended: Ended,
    /// The agent's own time in it.
    pub duration: Duration,
    /// How often the agent was really called: more than once where a crash made another call necessary.
    pub calls: u32,
}

/// What an agent returned.
#[derive(Debug)]
pub struct Returned {
    /// Its output, as JSON.
    pub output: Box<RawValue>,
    /// What it keeps for the conversation's next turn; absent where it kept nothing new.
    pub state: Option<Box<RawValue>>,
}

/// How a call ended.
#[derive(Debug)]
pub enum Ended {
    /// The agent returned.
    Returned(Returned),
    /// The agent returned an error.
    Error(AgentError),
    /// The agent panicked.
    Panicked(Panic),
    /// The agent used up its time.
    TimedOut,
    /// The agent's process died.
    Crashed(Death),
    /// The arguments do not fit the agent.
    Unbound(BindError),
    /// No worker can be started any more: there is nobody to call.
    Unavailable(String),
}
