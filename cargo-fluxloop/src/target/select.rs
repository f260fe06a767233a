use fluxloop::target::{AgentName, ChoiceError, Kind, Listed, Named, Query, TargetSpec, normal};

use super::{
    Selection, TargetError, Unit,
    gate::Gate,
    named::{named_targets, with_prefix},
    scan::{SourceAgent, scan},
};
use crate::workspace::{Bystander, CargoTarget, Workspace};

/// An agent that the scan saw, and the target it is in.
#[derive(Clone, Debug)]
pub(crate) struct Found<'w> {
    /// The target.
    pub(crate) target: &'w CargoTarget,
    /// The agent.
    pub(crate) agent: SourceAgent,
}

impl Named for Found<'_> {
    fn agent_name(&self) -> &AgentName {
        &self.agent.name
    }
}

impl Workspace {
    /// Picks what to build for a target, or for the only agent if none is configured.
    ///
    /// A crate that the target names is built even if the scan saw no such agent in it: the built worker knows better.
    ///
    /// # Errors
    ///
    /// [`TargetError`] when it is clear already that none or several agents are meant.
    pub(crate) fn select(&self, spec: Option<&TargetSpec>) -> Result<Selection, TargetError> {
        match spec {
            Some(spec) => {
                let query = Query::new(spec, self.crate_names());
                Ok(Selection {
                    unit: self.unit_of(&query)?,
                    query: Some(query),
                })
            }
            None => Ok(Selection {
                unit: self.only_unit()?,
                query: None,
            }),
        }
    }

    /// All targets in which the scan saw agents, each to be built and asked.
    ///
    /// A library with agents inside and outside of its tests is there twice.
    pub(crate) fn targets_with_agents(&self) -> Vec<Unit> {
        let mut units = Vec::new();
        for target in self.targets() {
            let agents = scan(target).agents;
            let (for_tests, others): (Vec<_>, Vec<_>) = agents
                .iter()
                .partition(|agent| agent.gate == Gate::TestOnly);
            let library = target.kind() == Kind::Lib && target.member().links_fluxloop();
            let groups = if library {
                [others, for_tests]
            } else {
                [agents.iter().collect(), Vec::new()]
            };
            units.extend(
                groups
                    .iter()
                    .filter(|group| !group.is_empty())
                    .map(|group| Unit::new(target, group)),
            );
        }
        units
    }

    /// The targets in which the scan saw agents, with these.
    pub(crate) fn agents_in_sources(&self) -> Vec<(&CargoTarget, Vec<Listed>)> {
        let found = found_in(self.targets());
        let all: Vec<_> = found.iter().collect();
        let all = without_shared_files(&all);
        let mut targets: Vec<(&CargoTarget, Vec<Listed>)> = Vec::new();
        // Named so that each is told from all others of the workspace.
        for (found, listed) in all.iter().zip(self.listed(&all)) {
            match targets.last_mut() {
                Some((target, agents)) if target.same_as(found.target) => agents.push(listed),
                _ => targets.push((found.target, vec![listed])),
            }
        }
        targets
    }

    /// Whether the scan sees such an agent in a target.
    pub(crate) fn sees(&self, spec: &TargetSpec, target: &CargoTarget) -> bool {
        let found = found_in([target]);
        !Query::new(spec, self.crate_names()).best(&found).is_empty()
    }

    fn unit_of(&self, query: &Query) -> Result<Unit, TargetError> {
        let named = named_targets(query, self);
        let mut found = found_in(named.iter().map(|(_, target)| *target));
        let mut best = query.best(&found);
        // A crate is meant as such. The name of an example may well be a module's too.
        if best.is_empty() && (named.is_empty() || !query.names_crate()) {
            let is_named = |target: &&CargoTarget| {
                let mut named = named.iter();
                named.any(|(_, named)| named.same_as(target))
            };
            let others = self.targets().iter().filter(|target| !is_named(target));
            found.extend(found_in(others));
            best = query.best(&found);
        }
        let best = without_shared_files(&best);
        if let Some(unit) = sole_unit(&best) {
            return Ok(unit);
        }
        if !best.is_empty() {
            return Err(ChoiceError::Ambiguous {
                spec: query.spec().to_string(),
                matches: self.listed(&best),
            }
            .into());
        }
        if named.is_empty() {
            return self.unit_without_a_name(query, &found);
        }
        unit_by_name(query, &named)
    }

    /// For a target that neither names a crate nor ends in an agent that the scan saw.
    fn unit_without_a_name(&self, query: &Query, found: &[Found<'_>]) -> Result<Unit, TargetError> {
        let first = query.spec().modules().first().map(|first| normal(first));
        let is_named = |bystander: &&Bystander| Some(normal(bystander.package())) == first;
        if let Some(bystander) = self.bystanders().iter().find(is_named) {
            return Err(TargetError::Bystander(bystander.clone()));
        }
        if found.is_empty() {
            return self.unit_unseen();
        }
        let all: Vec<_> = found.iter().collect();
        let known = self.listed(&without_shared_files(&all));
        let crate_name = found[0].target.crate_name();
        let crate_to_name = format!("{crate_name}:{}", query.spec().function());
        Err(ChoiceError::unknown(query, known, Some(crate_to_name)).into())
    }

    /// For no configured target: agents for tests only count where there is no other.
    fn only_unit(&self) -> Result<Unit, TargetError> {
        let found = found_in(self.targets());
        let of_tests = |found: &&Found<'_>| found.agent.gate == Gate::TestOnly;
        let (for_tests, others): (Vec<_>, Vec<_>) = found.iter().partition(of_tests);
        let pool = without_shared_files(if others.is_empty() {
            &for_tests
        } else {
            &others
        });
        if pool.is_empty() {
            return self.unit_unseen();
        }
        let certain = pool
            .iter()
            .filter(|found| found.agent.gate != Gate::Conditional);
        // Of one target with conditional agents, only the build can tell how many there are.
        match sole_unit(&pool) {
            Some(unit) if certain.count() < 2 => Ok(unit),
            _ => Err(ChoiceError::Unspecified {
                known: self.listed(&pool),
            }
            .into()),
        }
    }

    /// What to build where the scan saw no agent at all, if that is clear.
    fn unit_unseen(&self) -> Result<Unit, TargetError> {
        let libraries = || {
            self.targets()
                .iter()
                .filter(|target| target.kind() == Kind::Lib)
        };
        let candidates: Vec<_> = if libraries().next().is_some() {
            libraries().collect()
        } else {
            self.targets().iter().collect()
        };
        match candidates.as_slice() {
            [only] => Ok(Unit::new(only, &[])),
            _ => Err(TargetError::nothing_found(self)),
        }
    }

    fn listed(&self, found: &[&Found<'_>]) -> Vec<Listed> {
        let entries = found.iter().map(|found| {
            let file = self.relative(&found.agent.file).display();
            let place = format!("{file}:{}", found.agent.line);
            (found.agent.name.clone(), place)
        });
        Listed::all(entries, self.crate_names())
    }
}

/// What to build for a query that names targets, all of them without such an agent as far as the scan sees.
fn unit_by_name(query: &Query, named: &[(u8, &CargoTarget)]) -> Result<Unit, TargetError> {
    let clearest = named.iter().map(|(rank, _)| *rank).min();
    let targets: Vec<&CargoTarget> = named
        .iter()
        .filter(|(rank, _)| Some(*rank) == clearest)
        .map(|(_, target)| *target)
        .collect();
    if let [only] = targets.as_slice() {
        return Ok(Unit::new(only, &[]));
    }
    let one_kind = targets
        .iter()
        .all(|target| target.kind() == targets[0].kind());
    let clearer = targets.iter().map(|target| {
        let package = normal(&target.member().package.name);
        let prefix = if one_kind {
            package.as_str()
        } else {
            target.kind().prefix()
        };
        with_prefix(query, prefix, target)
    });
    Err(TargetError::SeveralTargets {
        spec: query.spec().to_string(),
        targets: targets.iter().map(ToString::to_string).collect(),
        clearer: clearer.collect(),
    })
}

fn found_in<'w>(targets: impl IntoIterator<Item = &'w CargoTarget>) -> Vec<Found<'w>> {
    targets
        .into_iter()
        .flat_map(|target| {
            let agents = scan(target).agents;
            agents.into_iter().map(move |agent| Found { target, agent })
        })
        .collect()
}

/// The agents that the scan sees in targets, those of a file that library and binary share once.
pub(crate) fn agents_in(targets: &[CargoTarget]) -> Vec<Found<'_>> {
    let found = found_in(targets);
    let all: Vec<_> = found.iter().collect();
    without_shared_files(&all).into_iter().cloned().collect()
}

/// A file that a package's library and binary both declare holds one agent for its author: the library's.
fn without_shared_files<'f, 'w>(found: &[&'f Found<'w>]) -> Vec<&'f Found<'w>> {
    let in_library = |one: &Found<'_>| {
        found.iter().any(|other| {
            other.target.kind() == Kind::Lib
                && (&other.agent.file, other.agent.line) == (&one.agent.file, one.agent.line)
        })
    };
    found
        .iter()
        .copied()
        .filter(|one| one.target.kind() == Kind::Lib || !in_library(one))
        .collect()
}

/// What to build if all of the agents are in one target.
fn sole_unit(found: &[&Found<'_>]) -> Option<Unit> {
    let target = found.first()?.target;
    let agents: Vec<_> = found.iter().map(|found| &found.agent).collect();
    found
        .iter()
        .all(|found| found.target.same_as(target))
        .then(|| Unit::new(target, &agents))
}

#[cfg(test)]
mod tests;
