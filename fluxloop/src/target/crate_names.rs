use std::collections::BTreeSet;

use super::normal;

/// What a workspace's crates are called in Rust code.
#[derive(Clone, Debug, Default)]
pub struct CrateNames {
    libraries: BTreeSet<String>,
    packages: BTreeSet<String>,
}

impl CrateNames {
    /// The names, `-` or `_` alike.
    pub fn new(
        libraries: impl IntoIterator<Item = impl AsRef<str>>,
        packages: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        Self {
            libraries: libraries
                .into_iter()
                .map(|name| normal(name.as_ref()))
                .collect(),
            packages: packages
                .into_iter()
                .map(|name| normal(name.as_ref()))
                .collect(),
        }
    }

    /// Whether a library or package is called so.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.libraries.contains(name) || self.packages.contains(name)
    }

    /// Whether a package is called so and no library: its name then stands for its crates.
    #[must_use]
    pub fn has_package_only(&self, name: &str) -> bool {
        self.packages.contains(name) && !self.libraries.contains(name)
    }
}
