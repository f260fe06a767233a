use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{desk::Desk, snapshots::Snapshots, verdicts::Verdicts};
use crate::{plan::Plan, setup::Setup, worker::protocol::AgentInfo};

/// One configuration's cases, and all that is known of them before any is run.
#[derive(Debug)]
pub(super) struct Suite {
    pub(super) setup: Setup,
    pub(super) agent: AgentInfo,
    /// For that agent.
    pub(super) plan: Plan,
    /// What leads the names of its cases, where there are several configurations.
    pub(super) prefix: Option<String>,
    /// Where its tests ask for their cases.
    pub(super) desk: Arc<Desk>,
    /// What becomes of its tests besides their runs.
    pub(super) verdicts: Arc<Verdicts>,
    /// Where answers are compared.
    pub(super) snapshots: Option<Arc<Snapshots>>,
    /// The crates whose `debug` spans are recorded, too.
    pub(super) own_crates: Vec<String>,
}

impl Suite {
    /// A case's name as a test.
    pub(super) fn test_name(&self, case: &str) -> String {
        test_name(self.prefix.as_deref(), case)
    }

    /// A test's name as a case.
    pub(super) fn case_name<'n>(&self, test: &'n str) -> Option<&'n str> {
        case_name(self.prefix.as_deref(), test)
    }

    /// The file that its configuration is read from: the last of those that are merged.
    pub(super) fn config_file(&self) -> &Path {
        let files = &self.setup.config.files;
        files.last().map_or(Path::new(""), PathBuf::as_path)
    }
}

/// What a test is called whose configuration is called so.
pub(super) fn test_name(prefix: Option<&str>, case: &str) -> String {
    match prefix {
        Some(prefix) => format!("{prefix}::{case}"),
        None => case.to_owned(),
    }
}

/// The reverse; `None` for a test of another configuration.
pub(super) fn case_name<'n>(prefix: Option<&str>, test: &'n str) -> Option<&'n str> {
    match prefix {
        Some(prefix) => test.strip_prefix(prefix)?.strip_prefix("::"),
        None => Some(test),
    }
}
