use super::{AgentName, CrateNames, Kind, TargetSpec, normal};

/// A target as it reads in a given workspace.
#[derive(Clone, Debug)]
pub struct Query {
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
pub trait Named {
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
    #[must_use]
    pub fn new(spec: &TargetSpec, crates: &CrateNames) -> Self {
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
    #[must_use]
    pub fn spec(&self) -> &TargetSpec {
        &self.spec
    }

    /// Those of the candidates that fit best: none, the one that is meant, or several that the query does not tell apart.
    ///
    /// An exact name wins over one that is anywhere in the named crate, that over the same with the package in the crate's
    /// place, and all of them over a name that merely ends so.
    pub fn best<'a, T: Named>(&self, candidates: impl IntoIterator<Item = &'a T>) -> Vec<&'a T> {
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

    /// The modules as they are compared; the first may be a crate, a package, or the word for a kind.
    #[must_use]
    pub fn modules(&self) -> &[String] {
        &self.modules
    }

    /// What the first module means if it is the word for a kind of targets, and no crate is called so.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.prefix
    }

    /// Whether the first module is a library or package, rather than a target or any module.
    #[must_use]
    pub fn names_crate(&self) -> bool {
        self.names_crate
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
