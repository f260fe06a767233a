use super::{AgentName, TargetSpec, name::normal};
use crate::workspace::{CargoTarget, CrateNames, Kind, Workspace};

/// A target as it reads in a given workspace.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    spec: TargetSpec,
    modules: Vec<String>,
    function: String,
    /// What the first module means if it is the word for a kind of targets, and no crate is called so.
    prefix: Option<Kind>,
    /// Whether the first module is a library or package of the workspace.
    names_crate: bool,
    /// Whether it is a package whose library, if any, is called differently.
    names_package: bool,
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
    /// Anywhere in the target of the package that is named, or in the package.
    InPackage,
    /// The last modules, or none.
    Suffix,
}

impl Query {
    /// Reads a target, knowing which crates there are.
    pub(crate) fn new(spec: &TargetSpec, crates: &CrateNames) -> Self {
        let modules: Vec<String> = spec.modules().iter().map(|part| normal(part)).collect();
        let first = modules.first();
        let names_crate = first.is_some_and(|first| crates.has(first));
        let word = first.filter(|_| !names_crate);
        let kind = |word: &String| Kind::ALL.into_iter().find(|kind| kind.prefix() == word);
        Self {
            prefix: word.and_then(kind),
            names_crate,
            names_package: first.is_some_and(|first| crates.has_package_only(first)),
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
                [package] if package == name.package() => Some(Fit::InPackage),
                path => anchored(path, name),
            };
            if fit.is_some() {
                return fit;
            }
        }
        if let [package] = self.modules.as_slice()
            && self.names_package
            && package == name.package()
        {
            return Some(Fit::InPackage);
        }
        let suffix = || name.modules().ends_with(&self.modules);
        anchored(&self.modules, name).or_else(|| suffix().then_some(Fit::Suffix))
    }

    /// Whether the first module is a library or package, rather than a target or any module.
    pub(super) fn names_crate(&self) -> bool {
        self.names_crate
    }

    /// The targets that the query names, sources unseen, each with how clearly: the lesser, the clearer.
    pub(super) fn named_targets<'w>(&self, workspace: &'w Workspace) -> Vec<(u8, &'w CargoTarget)> {
        workspace
            .targets()
            .iter()
            .filter_map(|target| Some((self.names(target)?, target)))
            .collect()
    }

    /// The same query for one target of several that it names: `prefix` says which.
    pub(super) fn with_prefix(&self, prefix: &str, target: &CargoTarget) -> String {
        let crate_name = target.crate_name();
        let at = self.modules.iter().position(|part| *part == crate_name);
        let path = self.modules[at.unwrap_or_default()..].join(".");
        format!("{prefix}.{path}:{}", self.spec.function())
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
            } else {
                (rest == &modules[..1]).then_some(Fit::InPackage)
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
