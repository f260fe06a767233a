use std::fmt;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::worker::{
    Asker,
    protocol::{ApprovalDecision, MAX_LINE},
};

/// The longest arguments of a tool that can be judged and recorded, in bytes of JSON.
const LONGEST_ARGUMENTS: usize = MAX_LINE / 8;

/// Whether an agent may use a tool, and who decided: the answer to
/// [`Context::approve_tool`](crate::Context::approve_tool).
///
/// Its `Display` says so in words that can be handed to a model in place of the tool's result.
///
/// ```
/// # use fluxloop::{ApprovalDecision, Context};
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let context = Context::default().with_auto_approve_tools(false);
/// let approval = context.approve_tool("refund", &"A-1001").await;
/// assert!(!approval.is_approved());
/// assert_eq!(approval.decision(), ApprovalDecision::NobodyToAsk);
/// assert_eq!(
///     approval.to_string(),
///     "the use of `refund` was refused: it has to be approved, and there is nobody to ask"
/// );
/// # });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a tool that was refused must not be used"]
pub struct Approval {
    tool: String,
    decision: ApprovalDecision,
}

impl Approval {
    /// Whether the tool may be used.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.decision.is_approved()
    }

    /// Who decided, and how.
    #[must_use]
    pub fn decision(&self) -> ApprovalDecision {
        self.decision
    }

    /// The tool.
    #[must_use]
    pub fn tool(&self) -> &str {
        &self.tool
    }
}

impl fmt::Display for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.is_approved() {
            "approved"
        } else {
            "refused"
        };
        write!(f, "the use of `{}` was {word}", self.tool)?;
        f.write_str(match self.decision {
            ApprovalDecision::Automatic => ": no tool needs approval here",
            ApprovalDecision::Allowed => "",
            ApprovalDecision::Refused => " by whoever oversees this agent: it was not used",
            ApprovalDecision::NobodyToAsk => ": it has to be approved, and there is nobody to ask",
            ApprovalDecision::ArgumentsUnreadable => ": its arguments cannot be read as JSON",
        })
    }
}

/// How a run gets its tools approved.
#[derive(Clone, Debug)]
pub(super) struct ToolAccess {
    /// Every tool is approved: nobody is asked.
    pub(super) automatic: bool,
    /// Absent where there is no engine: in a test of the agent's own.
    pub(super) asker: Option<Asker>,
}

impl PartialEq for ToolAccess {
    /// What an agent can tell apart: which run it asks in the name of is none of it.
    fn eq(&self, other: &Self) -> bool {
        self.automatic == other.automatic
    }
}

impl ToolAccess {
    /// Decides, and records what was decided.
    pub(super) async fn approve(self, tool: String, arguments: Option<Box<RawValue>>) -> Approval {
        let decision = match (&arguments, &self.asker) {
            (None, _) => ApprovalDecision::ArgumentsUnreadable,
            (Some(_), _) if self.automatic => ApprovalDecision::Automatic,
            (Some(arguments), Some(asker)) => asker.ask(&tool, arguments).await,
            (Some(_), None) => ApprovalDecision::NobodyToAsk,
        };
        if let Some(asker) = &self.asker {
            asker.record(&tool, arguments.as_deref(), decision);
        }
        Approval { tool, decision }
    }
}

/// The arguments as whoever decides reads them, where they can be read.
pub(super) fn readable(arguments: &(impl Serialize + ?Sized)) -> Option<Box<RawValue>> {
    let arguments = to_raw_value(arguments).ok()?;
    (arguments.get().len() <= LONGEST_ARGUMENTS).then_some(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Context;

    #[tokio::test]
    async fn without_an_engine_the_context_decides() {
        let automatic = Context::default().approve_tool("refund", &1).await;
        assert!(automatic.is_approved());
        assert_eq!(automatic.decision(), ApprovalDecision::Automatic);
        assert_eq!(automatic.tool(), "refund");
        let manual = Context::default().with_auto_approve_tools(false);
        assert!(!manual.auto_approve_tools());
        assert!(!manual.approve_tool("refund", &1).await.is_approved());
    }

    #[tokio::test]
    async fn what_nobody_can_read_is_refused_even_where_everything_is_approved() {
        // JSON has no keys but text.
        let unwritable = std::collections::BTreeMap::from([((1, 2), 3)]);
        let too_long = "x".repeat(LONGEST_ARGUMENTS);
        let context = Context::default();
        for approval in [
            context.approve_tool("refund", &unwritable).await,
            context.approve_tool("refund", &too_long).await,
        ] {
            assert_eq!(approval.decision(), ApprovalDecision::ArgumentsUnreadable);
            assert!(!approval.is_approved());
        }
    }

    #[test]
    fn each_decision_is_put_into_words() {
        let words = |decision| {
            let tool = "refund".to_owned();
            Approval { tool, decision }.to_string()
        };
        let all = [
            ApprovalDecision::Automatic,
            ApprovalDecision::Allowed,
            ApprovalDecision::Refused,
            ApprovalDecision::NobodyToAsk,
            ApprovalDecision::ArgumentsUnreadable,
        ];
        insta::assert_snapshot!(all.map(words).join("\n"), @r"
        the use of `refund` was approved: no tool needs approval here
        the use of `refund` was approved
        the use of `refund` was refused by whoever oversees this agent: it was not used
        the use of `refund` was refused: it has to be approved, and there is nobody to ask
        the use of `refund` was refused: its arguments cannot be read as JSON
        ");
    }
}
