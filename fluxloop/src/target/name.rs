use std::fmt;

use super::Kind;

/// An agent's full name: where it is compiled, its module, and its own name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentName {
    package: String,
    kind: Kind,
    modules: Vec<String>,
    name: String,
}

impl AgentName {
    /// `module_path` is what `module_path!()` gives: the crate first.
    pub fn new(package: &str, kind: Kind, module_path: &str, name: &str) -> Self {
        Self {
            package: normal(package),
            kind,
            modules: module_path.split("::").map(normal).collect(),
            name: name.trim_start_matches("r#").to_owned(),
        }
    }

    /// The package's name as a crate would be called.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The kind of target it is compiled in.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The modules, the crate first; never empty.
    #[must_use]
    pub fn modules(&self) -> &[String] {
        &self.modules
    }

    /// Whether the agent itself is called so.
    #[must_use]
    pub fn is_called(&self, function: &str) -> bool {
        normal(&self.name) == function
    }
}

impl fmt::Display for AgentName {
    /// `module.path:function`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.modules.join("."), self.name)
    }
}

/// How names are compared: `-` is `_`, and a raw identifier is itself.
#[must_use]
pub fn normal(segment: &str) -> String {
    segment.trim_start_matches("r#").replace('-', "_")
}
