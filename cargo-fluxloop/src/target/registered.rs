use fluxloop::worker::protocol::AgentInfo;

use super::{AgentName, Listed, Named, Query, TargetError, Unit};
use crate::workspace::{Kind, Workspace};

/// The target to build, and how to find the agent in it.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    /// What to build.
    pub(crate) unit: Unit,
    /// What to look for; none if no target is configured.
    pub(super) query: Option<Query>,
}

/// A registered agent with the name it is matched by.
struct Candidate<'r> {
    agent: &'r AgentInfo,
    name: AgentName,
    own: bool,
}

impl Named for Candidate<'_> {
    fn agent_name(&self) -> &AgentName {
        &self.name
    }
}

impl<'r> Candidate<'r> {
    fn new(agent: &'r AgentInfo, unit: &Unit) -> Self {
        let own = unit.owns(agent);
        let kind = match agent.binary {
            _ if own => unit.target.kind(),
            Some(_) => Kind::Bin,
            None => Kind::Lib,
        };
        Self {
            name: AgentName::new(&agent.package, kind, &agent.module_path, &agent.name),
            agent,
            own,
        }
    }
}

impl Listed {
    /// The registered agents of built targets, each with the target that it is compiled in.
    pub(crate) fn of_built(agents: &[(Unit, AgentInfo)], workspace: &Workspace) -> Vec<Self> {
        let candidates: Vec<_> = agents
            .iter()
            .map(|(unit, agent)| Candidate::new(agent, unit))
            .collect();
        listed(&candidates.iter().collect::<Vec<_>>(), workspace)
    }
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
            .map(|agent| Candidate::new(agent, &self.unit))
            .collect();
        if candidates.is_empty() {
            return Err(TargetError::nothing_in(&self.unit, workspace));
        }
        // The target's own agents come before those of a library that it happens to link.
        let own = || candidates.iter().filter(|candidate| candidate.own);
        let mut fitting: Vec<_> = match &self.query {
            Some(query) => query.best(own()),
            None => own().collect(),
        };
        if fitting.is_empty() {
            fitting = match &self.query {
                Some(query) => query.best(&candidates),
                None => candidates.iter().collect(),
            };
        }
        let list = |candidates: Vec<&Candidate<'_>>| listed(&candidates, workspace);
        match (fitting.as_slice(), &self.query) {
            ([only], _) => Ok(only.agent),
            ([], Some(query)) => {
                let mut known = list(candidates.iter().collect());
                Listed::sort_by_nearness(&mut known, query.spec());
                Err(TargetError::Unknown {
                    spec: query.spec().to_string(),
                    known,
                    crate_to_name: None,
                })
            }
            (_, Some(query)) => Err(TargetError::Ambiguous {
                spec: query.spec().to_string(),
                matches: list(fitting),
            }),
            (_, None) => Err(TargetError::Unspecified {
                known: list(fitting),
            }),
        }
    }
}

fn listed(candidates: &[&Candidate<'_>], workspace: &Workspace) -> Vec<Listed> {
    let entries = candidates.iter().map(|candidate| {
        let AgentInfo { file, line, .. } = candidate.agent;
        (candidate.name.clone(), format!("{file}:{line}"))
    });
    Listed::all(entries, workspace)
}
