//! The agents of a test's own process.

use crate::{
    agent::{Registry, RegistryError},
    target::{
        AgentName, Candidate, ChoiceError, CrateNames, Kind, Query, TargetSpec, choose, normal,
    },
    worker::protocol::AgentInfo,
};

/// How a test links the crates with its agents.
#[derive(Clone, Debug)]
pub(crate) enum Linking {
    /// `fluxloop::main!(my_crate)`.
    Main {
        /// The test's package as a crate would be called.
        package: String,
    },
    /// `use my_crate as _;`
    Use,
}

/// Why none of the agents that are linked into a test was chosen.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{problem}")]
pub struct LinkedError {
    problem: Problem,
    linking: Linking,
}

#[derive(Clone, Debug, thiserror::Error)]
enum Problem {
    #[error("no agent is linked into this test")]
    NoAgent,
    #[error("{choice}")]
    Choice {
        choice: ChoiceError,
        /// A crate that the target names and that is not linked.
        unlinked: Option<String>,
    },
}

impl LinkedError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match (&self.problem, &self.linking) {
            (Problem::NoAgent, Linking::Main { package }) => format!(
                "name the crate that holds them: `fluxloop::main!({package});`, and put `#[fluxloop::agent]` on a function of its \
                 library or of this file"
            ),
            (Problem::NoAgent, Linking::Use) => {
                "put #[fluxloop::agent] on a function; one of another crate is linked once the test names that crate: \
                 `use my_crate as _;`"
                    .to_owned()
            }
            (Problem::Choice { unlinked: Some(name), .. }, Linking::Main { .. }) => format!(
                "crate `{name}` has no agents here: if its library has any, name it in the test, `fluxloop::main!(…, {name});`; \
                 those of a program or an example are never found"
            ),
            (Problem::Choice { unlinked: Some(name), .. }, Linking::Use) => format!(
                "crate `{name}` has no agents here: if it has any, name it in the test, `use {name} as _;`"
            ),
            (Problem::Choice { choice, .. }, Linking::Main { .. }) => format!(
                "{}\nagents of a library are found if `fluxloop::main!` names its crate; those of a program or an example never \
                 are",
                choice.hint()
            ),
            (Problem::Choice { choice, .. }, Linking::Use) => choice.hint(),
        }
    }
}

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

    /// The crates that hold them.
    pub(crate) fn crates(&self) -> Vec<String> {
        let mut crates: Vec<_> = self.agents.iter().map(crate_of).collect();
        crates.sort_unstable();
        crates.dedup();
        crates
    }

    /// The agent that is meant; the only one, if none is named.
    pub(crate) fn meant(
        &self,
        target: Option<&TargetSpec>,
        linking: Linking,
    ) -> Result<&AgentInfo, LinkedError> {
        let problem = if self.agents.is_empty() {
            Problem::NoAgent
        } else {
            match self.choose(target) {
                Ok(agent) => return Ok(agent),
                Err(choice) => Problem::Choice {
                    choice,
                    unlinked: target.and_then(|target| self.unlinked(target)),
                },
            }
        };
        Err(LinkedError { problem, linking })
    }

    fn choose(&self, target: Option<&TargetSpec>) -> Result<&AgentInfo, ChoiceError> {
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
    fn unlinked(&self, target: &TargetSpec) -> Option<String> {
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
