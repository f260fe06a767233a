use super::Call;
use crate::{
    linked::{LinkedAgents, Linking},
    setup::BeginError,
    target::{TargetSpec, normal},
    worker::protocol::AgentInfo,
};

/// The agent that a configuration means, among those that are linked into this program.
pub(super) fn agent(call: &Call<'_>, target: Option<&TargetSpec>) -> Result<AgentInfo, BeginError> {
    let linked = LinkedAgents::collect(Some(call.crate_name.to_owned()))?;
    let linking = Linking::Main {
        package: normal(call.package),
    };
    Ok(linked.meant(target, linking)?.clone())
}
