use crate::{check::ToolCall, worker::protocol::Usage};

/// What is known of a run that returned, besides what the run itself says.
#[derive(Debug, Default)]
pub(crate) struct RunFacts {
    /// The tokens that its generations used; absent where there were none.
    pub(crate) usage: Option<Usage>,
    /// Generations that did not tell all of theirs.
    pub(crate) has_untold_tokens: bool,
    /// The tools that were called on the way to its answers, in the order in which they were.
    pub(crate) tool_calls: Vec<ToolCall>,
    /// Why there may have been calls of tools that nobody knows of; absent where there were none.
    pub(crate) missing_calls: Option<String>,
}
