use super::{Call, HarnessError};
use crate::{
    agent::Registry,
    target::{AgentName, Candidate, CrateNames, Kind, Query, TargetSpec, choose, normal},
    worker::protocol::AgentInfo,
};

/// The agent that a configuration means, among those that are linked into this program.
pub(super) fn agent(
    call: &Call<'_>,
    target: Option<&TargetSpec>,
) -> Result<AgentInfo, HarnessError> {
    let registry = Registry::collect()?;
    let agents: Vec<AgentInfo> = registry.agents().map(AgentInfo::from).collect();
    if agents.is_empty() {
        return Err(HarnessError::NoAgent {
            package: normal(call.package),
        });
    }
    let crates = CrateNames::new(
        agents.iter().map(crate_of),
        agents.iter().map(|agent| &agent.package),
    );
    let candidates: Vec<_> = agents.iter().map(|agent| candidate(call, agent)).collect();
    let query = target.map(|target| Query::new(target, &crates));
    Ok(choose(query.as_ref(), &candidates, &crates)?.clone())
}

fn candidate<'r>(call: &Call<'_>, agent: &'r AgentInfo) -> Candidate<'r> {
    let own = agent.binary.is_none()
        && agent.package == call.package
        && crate_of(agent) == call.crate_name;
    let kind = match agent.binary {
        _ if own => Kind::Test,
        Some(_) => Kind::Bin,
        None => Kind::Lib,
    };
    Candidate {
        name: AgentName::new(&agent.package, kind, &agent.module_path, &agent.name),
        agent,
        own,
    }
}

/// The crate that an agent stands in.
pub(super) fn crate_of(agent: &AgentInfo) -> &str {
    agent.module_path.split("::").next().unwrap_or_default()
}
