use super::{ExperimentError, env};
use crate::{
    target::{AgentName, Candidate, CrateNames, Kind, Query, TargetSpec, choose, normal},
    worker::{in_process, protocol::AgentInfo},
};

/// The agents that are linked into this test.
#[derive(Debug)]
pub(super) struct LinkedAgents {
    agents: Vec<AgentInfo>,
    /// The crate that the test executable was compiled from.
    test_crate: Option<String>,
}

impl LinkedAgents {
    pub(super) fn collect() -> Result<Self, ExperimentError> {
        Ok(Self {
            agents: in_process::agents()?,
            test_crate: env::test_crate(),
        })
    }

    /// The crates that hold them.
    pub(super) fn crates(&self) -> Vec<String> {
        let mut crates: Vec<_> = self.agents.iter().map(root).collect();
        crates.sort_unstable();
        crates.dedup();
        crates
    }

    /// The agent that is meant; the only one, if none is named.
    pub(super) fn choose(
        &self,
        target: Option<&TargetSpec>,
    ) -> Result<&AgentInfo, ExperimentError> {
        if self.agents.is_empty() {
            return Err(ExperimentError::NoAgent);
        }
        let packages = self.agents.iter().map(|agent| &agent.package);
        let crates = CrateNames::new(self.crates(), packages);
        let candidates: Vec<_> = self
            .agents
            .iter()
            .map(|agent| self.candidate(agent))
            .collect();
        let query = target.map(|target| Query::new(target, &crates));
        choose(query.as_ref(), &candidates, &crates).map_err(|choice| ExperimentError::Choice {
            choice,
            unlinked: target.and_then(|target| unlinked(target, &crates)),
        })
    }

    fn candidate<'r>(&self, agent: &'r AgentInfo) -> Candidate<'r> {
        let own = self.test_crate.as_ref() == Some(&root(agent));
        let kind = match &agent.binary {
            Some(_) => Kind::Bin,
            // The tests of a library are compiled under the library's own name.
            None if own && root(agent) != normal(&agent.package) => Kind::Test,
            None => Kind::Lib,
        };
        Candidate {
            name: AgentName::new(&agent.package, kind, &agent.module_path, &agent.name),
            agent,
            own,
        }
    }
}

/// The crate that an agent stands in.
fn root(agent: &AgentInfo) -> String {
    normal(agent.module_path.split("::").next().unwrap_or_default())
}

/// The crate that a target begins with, where none with agents is called so.
fn unlinked(target: &TargetSpec, crates: &CrateNames) -> Option<String> {
    let first = normal(target.modules().first()?);
    let is_kind = Kind::ALL.iter().any(|kind| kind.prefix() == first);
    (!is_kind && !crates.has(&first)).then_some(first)
}
