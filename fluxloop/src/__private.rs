//! What the macros' expansion names. Not public API: it changes without notice.

pub use crate::agent::bind::{Argument, Binder, Lend, Referent, lend, referent, value};
pub use crate::agent::reply::{
    Failure, Output, ReplyOfResult, ReplyOfValue, Returned, asynchronous, blocking,
};
pub use crate::agent::{AgentEntry, Arguments, BindError, Context, Invocation};
pub use crate::check::answer::{
    asynchronous as asynchronous_check, blocking as blocking_check, borrowed,
};
pub use crate::check::{CheckAnswer, CheckEntry, CheckInvocation, CheckResult, RunView};
#[cfg(feature = "harness")]
pub use crate::harness;
pub use crate::observe::tool::{
    Answer, Came, FailsWithBoxed, FailsWithDebug, FailsWithError, FailsWithWords, Returns,
    ToolCall, observe,
};
pub use crate::record::call::{is_recording, record_call};
pub use crate::worker::test_entry;
#[cfg(feature = "harness")]
pub use insta;
pub use inventory;
pub use tracing;
