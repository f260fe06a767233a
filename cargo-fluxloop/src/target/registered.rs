use fluxloop::{
    target::{AgentName, Candidate, Kind, Listed, Query, choose, listed},
    worker::protocol::AgentInfo,
};

use super::{TargetError, Unit};
use crate::workspace::Workspace;

/// The target to build, and how to find the agent in it.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    /// What to build.
    pub(crate) unit: Unit,
    /// What to look for; none if no target is configured.
    pub(super) query: Option<Query>,
}

impl Unit {
    fn candidate<'r>(&self, agent: &'r AgentInfo) -> Candidate<'r> {
        let own = self.owns(agent);
        let kind = match agent.binary {
            _ if own => self.target.kind(),
            Some(_) => Kind::Bin,
            None => Kind::Lib,
        };
        Candidate {
            name: AgentName::new(&agent.package, kind, &agent.module_path, &agent.name),
            agent,
            own,
        }
    }
}

/// The registered agents of built targets, each with the target that it is compiled in.
pub(crate) fn listed_as_built(agents: &[(Unit, AgentInfo)], workspace: &Workspace) -> Vec<Listed> {
    let candidates: Vec<_> = agents
        .iter()
        .map(|(unit, agent)| unit.candidate(agent))
        .collect();
    listed(&candidates, workspace.crate_names())
}

impl Selection {
    /// The agent that is meant, among those that the built worker registered.
    ///
    /// # Errors
    ///
    /// [`TargetError`] when none or several are.
    pub(crate) fn agent<'r>(
        &self,
        registered: &'r [AgentInfo],
        workspace: &Workspace,
    ) -> Result<&'r AgentInfo, TargetError> {
        let candidates: Vec<_> = registered
            .iter()
            .map(|agent| self.unit.candidate(agent))
            .collect();
        if candidates.is_empty() {
            return Err(TargetError::nothing_in(&self.unit, workspace));
        }
        Ok(choose(
            self.query.as_ref(),
            &candidates,
            workspace.crate_names(),
        )?)
    }
}
