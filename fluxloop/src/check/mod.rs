//! Checks that are written in Rust: functions that look at a run that returned, and say whether it is right.
//!
//! They live with the agents, in their crates and in their process. A configuration chooses them by name, under `checks`.

pub(crate) mod answer;
mod entry;
mod result;
mod view;

pub use answer::CheckAnswer;
pub use entry::{CheckEntry, CheckInvocation, CheckRegistry, CheckRegistryError};
pub use result::CheckResult;
pub use view::{RunView, TokenUsage, ToolCall};
