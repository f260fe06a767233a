//! The agents of a test's own process.

use crate::{
    agent::{Registry, RegistryError},
    target::{
        AgentName, Candidate, ChoiceError, CrateNames, Kind, Query, TargetSpec, choose, normal,
    },
    worker::protocol::AgentInfo,
};

/// The agents that are linked into this test.
#[derive(Debug)]
pub(crate) struct LinkedAgents {
    agents: Vec<AgentInfo>,
    /// The crate that the test executable was compiled from.
    test_crate: Option<String>,
}

impl LinkedAgents {
    /// Collects them. `test_crate` is the crate that the test executable was compiled from, where that is known.
    pub(crate) fn collect(test_crate: Option<String>) -> Result<Self, RegistryError> {
        Ok(Self {
            agents: Registry::collect()?.agents().map(AgentInfo::from).collect(),
            test_crate,
        })
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.agents.is_empty()
    }

    /// The crates that hold them.
    pub(crate) fn crates(&self) -> Vec<String> {
        let mut crates: Vec<_> = self.agents.iter().map(crate_of).collect();
        crates.sort_unstable();
        crates.dedup();
        crates
    }

    /// The agent that is meant; the only one, if none is named.
    pub(crate) fn choose(&self, target: Option<&TargetSpec>) -> Result<&AgentInfo, ChoiceError> {
        let crates = self.crate_names();
        let candidates: Vec<_> = self
            .agents
            .iter()
            .map(|agent| self.candidate(agent))
            .collect();
        let query = target.map(|target| Query::new(target, &crates));
        choose(query.as_ref(), &candidates, &crates)
    }

    /// The crate that a target begins with, where none with agents is called so.
    pub(crate) fn unlinked(&self, target: &TargetSpec) -> Option<String> {
        let first = normal(target.modules().first()?);
        let is_kind = Kind::ALL.iter().any(|kind| kind.prefix() == first);
        (!is_kind && !self.crate_names().has(&first)).then_some(first)
    }

    fn crate_names(&self) -> CrateNames {
        let packages = self.agents.iter().map(|agent| &agent.package);
        CrateNames::new(self.crates(), packages)
    }

    fn candidate<'r>(&self, agent: &'r AgentInfo) -> Candidate<'r> {
        let own = self.test_crate.as_ref() == Some(&crate_of(agent));
        let kind = match &agent.binary {
            Some(_) => Kind::Bin,
            // The tests of a library are compiled under the library's own name.
            None if own && crate_of(agent) != normal(&agent.package) => Kind::Test,
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
pub(crate) fn crate_of(agent: &AgentInfo) -> String {
    normal(agent.module_path.split("::").next().unwrap_or_default())
}
