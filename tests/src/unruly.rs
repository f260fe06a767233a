use std::{fmt::Display, sync::OnceLock};

use crate::Project;

/// Where agents stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// In a library.
    Library,
    /// In an example.
    Example,
}

/// A folder beside the project whose agents misbehave as their inputs say; see `agents/unruly.rs` for what they know.
/// `works` is a plain function, `acts` is async.
#[must_use]
pub fn unruly(
    (home, agent): (Home, &str),
    config: &str,
    inputs: impl IntoIterator<Item: Display>,
) -> Project {
    static AGENTS: OnceLock<Project> = OnceLock::new();
    let agents = AGENTS.get_or_init(|| {
        let source = include_str!("../agents/unruly.rs");
        Project::kept("e2e_unruly")
            .package("", "e2e_unruly", "[workspace]\n")
            .locked()
            .file("src/lib.rs", source)
            .file("examples/unruly.rs", &format!("{source}\nfn main() {{}}\n"))
    });
    let target = match home {
        Home::Library => format!("lib.e2e_unruly:{agent}"),
        Home::Example => format!("examples.unruly:{agent}"),
    };
    agents.beside(&target).config(config).inputs(&list(inputs))
}

/// Inputs as a file has them.
#[must_use]
pub fn list(inputs: impl IntoIterator<Item: Display>) -> String {
    let lines = inputs
        .into_iter()
        .map(|input| format!("- {}\n", serde_json::Value::from(input.to_string())));
    lines.collect()
}
