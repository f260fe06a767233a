use std::path::Path;

use fluxloop::target::{ChoiceError, Kind, Listed, Query, TargetSpec};

use super::InitError;
use crate::{
    target::{Found, Gate, agents_in},
    workspace::{CargoTarget, OwnPackage},
};

/// The agent that an experiment is set up for.
#[derive(Debug)]
pub(super) struct Chosen<'p> {
    /// It, and the target it is in.
    pub(super) found: Found<'p>,
    /// A target that means it: `my_crate:run`.
    pub(super) target: String,
}

/// The agent that is asked for, or else the only one; none if the sources have none.
pub(super) fn choose<'p>(
    package: &'p OwnPackage,
    wanted: Option<&TargetSpec>,
) -> Result<Option<Chosen<'p>>, InitError> {
    let found = agents_in(&package.targets);
    let fitting = match wanted {
        Some(spec) => meant(spec, &found, package)?,
        None => without_test_only(&found),
    };
    match fitting.as_slice() {
        [] => Ok(None),
        [only] => {
            let all = found.iter().zip(listed(&found, package));
            let mut chosen = all.filter(|(one, _)| std::ptr::eq(*one, *only));
            Ok(chosen.next().map(|(found, listed)| Chosen {
                found: found.clone(),
                target: listed.target,
            }))
        }
        several => Err(InitError::Agent(ChoiceError::Unspecified {
            known: listed(several.iter().copied(), package),
        })),
    }
}

/// The one agent that a target means.
fn meant<'f, 'p>(
    spec: &TargetSpec,
    found: &'f [Found<'p>],
    package: &OwnPackage,
) -> Result<Vec<&'f Found<'p>>, InitError> {
    let query = Query::new(spec, &package.crate_names);
    let best = query.best(found);
    let error = match best.as_slice() {
        [_] => return Ok(best),
        [] if found.is_empty() => {
            let package = package.package.name.to_string();
            return Err(InitError::NoAgent(spec.to_string(), package));
        }
        [] => ChoiceError::unknown(&query, listed(found, package), None),
        several => ChoiceError::Ambiguous {
            spec: spec.to_string(),
            matches: listed(several.iter().copied(), package),
        },
    };
    Err(InitError::Agent(error))
}

/// Agents as messages show them.
fn listed<'f, 'p: 'f>(
    found: impl IntoIterator<Item = &'f Found<'p>>,
    package: &OwnPackage,
) -> Vec<Listed> {
    let entries = found.into_iter().map(|Found { agent, .. }| {
        let file = agent.file.strip_prefix(package.folder());
        let file = file.unwrap_or(&agent.file).display();
        (agent.name.clone(), format!("{file}:{}", agent.line))
    });
    Listed::all(entries, &package.crate_names)
}

/// Agents for tests only count where there is no other.
fn without_test_only<'f, 'p>(found: &'f [Found<'p>]) -> Vec<&'f Found<'p>> {
    let is_for_tests = |found: &&Found<'_>| found.agent.gate == Gate::TestOnly;
    let (for_tests, others): (Vec<_>, Vec<_>) = found.iter().partition(is_for_tests);
    if others.is_empty() { for_tests } else { others }
}

/// Why an agent cannot be linked into a test.
pub(super) fn why_no_test(chosen: Option<&Chosen<'_>>, package: &OwnPackage) -> Option<String> {
    let Some(library) = library(package) else {
        return Some(
            "the package has no library, and a program's agents cannot be linked into a test; \
             move the agent into src/lib.rs, and call `cargo fluxloop init` again"
                .to_owned(),
        );
    };
    if let Some(Chosen { found, target }) = chosen {
        let kind = found.target.kind();
        if kind != Kind::Lib {
            return Some(format!(
                "`{target}` is in the {kind} `{}`, which cannot be linked into a test; move the agent into the library, \
                 and call `cargo fluxloop init` again",
                found.target.name()
            ));
        }
        if found.agent.gate == Gate::TestOnly {
            return Some(format!(
                "`{target}` is compiled in the library's own tests only; take its `#[cfg(test)]` away, \
                 and call `cargo fluxloop init` again"
            ));
        }
    }
    (!is_linkable(library, package)).then(|| {
        "the library is built for other languages only; add \"lib\" to its `crate-type`, \
         and call `cargo fluxloop init` again"
            .to_owned()
    })
}

/// The package's library.
pub(super) fn library(package: &OwnPackage) -> Option<&CargoTarget> {
    package
        .targets
        .iter()
        .find(|target| target.kind() == Kind::Lib)
}

/// The root file of the library, or else of the first binary.
pub(super) fn root(package: &OwnPackage) -> Option<&CargoTarget> {
    let binary = || {
        let mut targets = package.targets.iter();
        targets.find(|target| target.kind() == Kind::Bin)
    };
    library(package).or_else(binary)
}

/// Whether other Rust code can link a library.
fn is_linkable(library: &CargoTarget, package: &OwnPackage) -> bool {
    let source = |target: &&cargo_metadata::Target| Path::new(&target.src_path) == library.source();
    let found = package.package.targets.iter().find(source);
    found.is_none_or(|target| {
        let mut types = target.crate_types.iter().map(ToString::to_string);
        types.any(|name| matches!(name.as_str(), "lib" | "rlib" | "dylib"))
    })
}
