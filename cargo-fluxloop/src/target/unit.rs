use fluxloop::{
    target::{Kind, normal},
    worker::protocol::AgentInfo,
};

use super::{gate::Gate, scan::SourceAgent};
use crate::workspace::CargoTarget;

/// How a target's agents are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As a dynamic library, exactly as the library's users get it.
    Library,
    /// In test mode, where a hidden test is the worker's entry.
    TestHarness,
}

/// What one call of cargo builds: a target, and how.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// The target.
    pub(crate) target: CargoTarget,
    /// How it is compiled.
    pub(crate) mode: Mode,
}

impl Unit {
    /// The way to build a target so that these agents are in it; all of it if they are not known.
    pub(super) fn new(target: &CargoTarget, wanted: &[&SourceAgent]) -> Self {
        let outside_tests =
            wanted.is_empty() || wanted.iter().any(|agent| agent.gate != Gate::TestOnly);
        let library =
            target.kind() == Kind::Lib && target.member().links_fluxloop() && outside_tests;
        Self {
            target: target.clone(),
            mode: if library {
                Mode::Library
            } else {
                Mode::TestHarness
            },
        }
    }

    /// The crates that are the agents' own, as Rust code names them: the target, and the library that stands beside it.
    pub(crate) fn own_crates(&self) -> Vec<String> {
        let target = self.target.crate_name();
        let package = normal(&self.target.member().package.name);
        if package == target {
            vec![target]
        } else {
            vec![target, package]
        }
    }

    /// Whether an agent is this target's own, rather than one of a library that it links.
    pub(crate) fn owns(&self, agent: &AgentInfo) -> bool {
        let binary = match self.target.kind() {
            Kind::Bin | Kind::Example => Some(self.target.crate_name()),
            Kind::Lib | Kind::Test => None,
        };
        let registered_root = agent.module_path.split("::").next();
        agent.package == *self.target.member().package.name
            && agent.binary.as_deref().map(normal) == binary
            && registered_root.map(normal) == Some(self.target.crate_name())
    }
}
