//! What a configuration asks for that only a process of the agents' own has.

use std::path::Path;

use super::env;
use crate::config::Config;

/// A report of each that makes a difference.
pub(super) fn of_tests(config: &Config) -> impl Iterator<Item = String> {
    environment(config)
        .into_iter()
        .chain(working_directory(config))
}

fn environment(config: &Config) -> Option<String> {
    let variables = crate::env::variables();
    let missing: Vec<&str> = config
        .runner
        .environment
        .iter()
        .filter(|(name, value)| variables.get(*name) != Some(*value))
        .map(|(name, _)| name.as_str())
        // Those have been read already, by us.
        .filter(|name| !name.starts_with("FLUXLOOP_"))
        .collect();
    (!missing.is_empty()).then(|| {
        format!(
            "warning: agents run in the test's own process, where `runner.environment_vars` and `.env` set nothing: {}\n\
             \x20 = help: set them before the test runs, or run the cases with `cargo fluxloop` or `fluxloop::main!`",
            missing.join(", ")
        )
    })
}

fn working_directory(config: &Config) -> Option<String> {
    let is_asked_for = config
        .merged
        .get("runner")
        .is_some_and(|runner| runner.get("working_directory").is_some());
    let wanted = &config.runner.working_directory;
    (is_asked_for && !is_current(wanted)).then(|| {
        format!(
            "warning: agents run in the working directory of the test, and not in `runner.working_directory`: {}",
            wanted.display()
        )
    })
}

fn is_current(directory: &Path) -> bool {
    let current = env::current_directory().and_then(std::fs::canonicalize);
    matches!((current, directory.canonicalize()), (Ok(current), Ok(wanted)) if current == wanted)
}
