use std::sync::OnceLock;

use crate::Project;

/// A folder beside the project whose agents tear at what holds them; see `agents/faulty.rs` for what they know. `works` is a
/// plain function, `acts` is async.
#[must_use]
pub fn faulty(agent: &str, config: &str, inputs: &str) -> Project {
    static AGENTS: OnceLock<Project> = OnceLock::new();
    let agents = AGENTS.get_or_init(|| {
        let dependencies = "serde_json = { version = \"1\", features = [\"raw_value\"] }\n\
             tokio = { version = \"1\", features = [\"rt-multi-thread\", \"time\"] }\n[workspace]\n";
        Project::kept("e2e_faulty")
            .package("", "e2e_faulty", dependencies)
            .locked()
            .file("src/lib.rs", include_str!("../agents/faulty.rs"))
    });
    agents.beside(agent).config(config).inputs(inputs)
}
