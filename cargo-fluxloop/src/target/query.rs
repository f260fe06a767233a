use super::{AgentName, TargetSpec, name::normal};
use crate::workspace::{CargoTarget, Kind, Workspace};

/// A target as it reads in a given workspace.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    spec: TargetSpec,
    modules: Vec<String>,
    function: String,
    /// What the first module means if it is the word for a kind of targets, and no crate is called so.
    prefix: Option<Kind>,
}

/// What has an agent's name.
pub(crate) trait Named {
    /// The name.
    fn agent_name(&self) -> &AgentName;
}

/// How well a name fits a query, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// All modules from the crate on.
    Exact,
    /// Anywhere in the crate.
    InCrate,
    /// All modules, after the package's name.
    ExactInPackage,
    /// Anywhere in the package, or in the target of the package that is named.
    InPackage,
    /// The last modules, or none.
    Suffix,
}

impl Query {
    /// Reads a target, knowing which crates there are.
    pub(crate) fn new(spec: &TargetSpec, has_crate: impl Fn(&str) -> bool) -> Self {
        let modules: Vec<String> = spec.modules().iter().map(|part| normal(part)).collect();
        let prefix = modules.first().filter(|first| !has_crate(first));
        let kind = |word: &String| Kind::ALL.into_iter().find(|kind| kind.prefix() == word);
        Self {
            prefix: prefix.and_then(kind),
            function: normal(spec.function()),
            spec: spec.clone(),
            modules,
        }
    }

    /// The target as the user wrote it.
    pub(crate) fn spec(&self) -> &TargetSpec {
        &self.spec
    }

    /// Those of the candidates that fit best: none, the one that is meant, or several that the query does not tell apart.
    ///
    /// An exact name wins over one that is anywhere in the named crate, that over the same with the package in the crate's
    /// place, and all of them over a name that merely ends so.
    pub(crate) fn best<'a, T: Named>(
        &self,
        candidates: impl IntoIterator<Item = &'a T>,
    ) -> Vec<&'a T> {
        let mut best = None;
        let mut found = Vec::new();
        for candidate in candidates {
            let Some(fit) = self.fit(candidate.agent_name()) else {
                continue;
            };
            if best.is_none_or(|best| fit < best) {
                best = Some(fit);
                found.clear();
            }
            if best == Some(fit) {
                found.push(candidate);
            }
        }
        found
    }

    fn fit(&self, name: &AgentName) -> Option<Fit> {
        if !name.is_called(&self.function) {
            return None;
        }
        if self.prefix == Some(name.kind()) {
            let fit = match &self.modules[1..] {
                [] => Some(Fit::InPackage),
                path => anchored(path, name),
            };
            if fit.is_some() {
                return fit;
            }
        }
        anchored(&self.modules, name).or_else(|| {
            name.modules()
                .ends_with(&self.modules)
                .then_some(Fit::Suffix)
        })
    }

    /// The targets that the query names, sources unseen: the likeliest only.
    pub(crate) fn named_targets<'w>(&self, workspace: &'w Workspace) -> Vec<&'w CargoTarget> {
        let ranked: Vec<(u8, &CargoTarget)> = workspace
            .targets()
            .iter()
            .filter_map(|target| Some((self.names(target)?, target)))
            .collect();
        let best = ranked.iter().map(|(rank, _)| *rank).min();
        ranked
            .into_iter()
            .filter(|(rank, _)| Some(*rank) == best)
            .map(|(_, target)| target)
            .collect()
    }

    /// How clearly the query names a target, 0 the clearest.
    fn names(&self, target: &CargoTarget) -> Option<u8> {
        let crate_name = target.crate_name();
        let package = normal(&target.member().package.name);
        let first = self.modules.first()?;
        let second = self.modules.get(1);
        let library = target.kind() == Kind::Lib;
        if second == Some(&crate_name)
            && (self.prefix == Some(target.kind()) || *first == package && !library)
        {
            Some(0)
        } else if *first == crate_name {
            Some(if library { 1 } else { 2 })
        } else if *first == package {
            Some(if library { 3 } else { 4 })
        } else {
            None
        }
    }
}

/// How a path that starts at a crate or package fits.
fn anchored(path: &[String], name: &AgentName) -> Option<Fit> {
    let modules = name.modules();
    match path {
        _ if path == modules => Some(Fit::Exact),
        [only] if *only == modules[0] => Some(Fit::InCrate),
        [package, rest @ ..] if package == name.package() => {
            if rest == modules {
                Some(Fit::ExactInPackage)
            } else if rest.is_empty() || rest == &modules[..1] {
                Some(Fit::InPackage)
            } else {
                None
            }
        }
        _ => None,
    }
}
