use super::{Call, HarnessError};
use crate::{
    linked::LinkedAgents,
    target::{TargetSpec, normal},
    worker::protocol::AgentInfo,
};

/// The agent that a configuration means, among those that are linked into this program.
pub(super) fn agent(
    call: &Call<'_>,
    target: Option<&TargetSpec>,
) -> Result<AgentInfo, HarnessError> {
    let linked = LinkedAgents::collect(Some(call.crate_name.to_owned()))?;
    if linked.is_empty() {
        return Err(HarnessError::NoAgent {
            package: normal(call.package),
        });
    }
    Ok(linked.choose(target)?.clone())
}
