use std::collections::BTreeSet;

use cargo_metadata::Metadata;

use super::Kind;

/// What a workspace's crates are called in Rust code.
#[derive(Clone, Debug, Default)]
pub(crate) struct CrateNames {
    libraries: BTreeSet<String>,
    packages: BTreeSet<String>,
}

impl CrateNames {
    /// The names, `-` or `_` alike.
    pub(crate) fn new(
        libraries: impl IntoIterator<Item = impl AsRef<str>>,
        packages: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        Self {
            libraries: libraries.into_iter().map(normal).collect(),
            packages: packages.into_iter().map(normal).collect(),
        }
    }

    pub(super) fn of(metadata: &Metadata) -> Self {
        let members = metadata.workspace_packages();
        let targets = members.iter().flat_map(|package| &package.targets);
        let libraries = targets.filter(|target| Kind::of(target) == Some(Kind::Lib));
        Self::new(
            libraries.map(|target| &target.name),
            members.iter().map(|package| &package.name),
        )
    }

    /// Whether a library or package is called so.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.libraries.contains(name) || self.packages.contains(name)
    }

    /// Whether a package is called so and no library: its name then stands for its crates.
    pub(crate) fn has_package_only(&self, name: &str) -> bool {
        self.packages.contains(name) && !self.libraries.contains(name)
    }
}

fn normal(name: impl AsRef<str>) -> String {
    name.as_ref().replace('-', "_")
}
