use super::{AgentName, Listed, Named, Query, TargetError, Unit};
use crate::workspace::{Kind, Workspace};

/// An agent that a worker registered, as it introduces itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegisteredAgent {
    /// Its name.
    pub(crate) name: String,
    /// `module_path!()` of its function.
    pub(crate) module_path: String,
    /// Its source file, as the compiler names it.
    pub(crate) file: String,
    /// The line of the function's name, from 1.
    pub(crate) line: u32,
    /// The package it was compiled for.
    pub(crate) package: String,
    /// The binary or example it was compiled for, if any.
    pub(crate) binary: Option<String>,
}

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
    agent: &'r RegisteredAgent,
    name: AgentName,
    own: bool,
}

impl Named for Candidate<'_> {
    fn agent_name(&self) -> &AgentName {
        &self.name
    }
}

impl<'r> Candidate<'r> {
    fn new(agent: &'r RegisteredAgent, unit: &Unit) -> Self {
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

impl Selection {
    /// The agent that is meant, among those that the built worker registered.
    ///
    /// # Errors
    ///
    /// [`TargetError`] when none or several are.
    pub(crate) fn agent<'r>(
        &self,
        registered: &'r [RegisteredAgent],
        workspace: &Workspace,
    ) -> Result<&'r RegisteredAgent, TargetError> {
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
        let RegisteredAgent { file, line, .. } = candidate.agent;
        (candidate.name.clone(), format!("{file}:{line}"))
    });
    Listed::all(entries, workspace)
}
