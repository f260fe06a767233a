use std::sync::OnceLock;

use crate::Project;

/// A folder beside the project whose agent `run` does what its input says; see `agents/obedient.rs` for what it knows.
///
/// All tests share the agent. It is built once, and runs in a process of its own for each experiment.
#[must_use]
pub fn obedient(config: &str, inputs: &[&str]) -> Project {
    static AGENT: OnceLock<Project> = OnceLock::new();
    let agent = AGENT.get_or_init(|| {
        Project::kept("e2e_obedient")
            .package(
                "",
                "e2e_obedient",
                "tokio = { version = \"1\", features = [\"sync\"] }\n[workspace]\n",
            )
            .locked()
            .file("src/lib.rs", include_str!("../agents/obedient.rs"))
    });
    let lines = inputs.iter().map(|input| format!("- {input:?}"));
    let list: Vec<_> = lines.collect();
    agent.beside("run").config(config).inputs(&list.join("\n"))
}
