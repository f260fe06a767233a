//! Conversations that a model supervises: at an address of ours, which speaks as providers do, and from cassettes.

mod cassettes;
mod limits;
mod model;
mod shipped;

use std::sync::OnceLock;

use tests::{Experiment, Finished, Project};

const AGENT: &str = r"
#[fluxloop::agent]
fn echo(message: String) -> String {
    message
}
";

const KEY: &str = "sk-conversations-1234567";

/// A folder beside an agent that says what it is told.
fn echo() -> Project {
    static AGENTS: OnceLock<Project> = OnceLock::new();
    let agents = AGENTS.get_or_init(|| {
        Project::kept("e2e_supervised")
            .package("", "e2e_supervised", "\n[workspace]\n")
            .locked()
            .file("src/lib.rs", AGENT)
    });
    agents.beside("echo")
}

/// Neither in what an experiment leaves behind nor in what was said of it.
fn leaves_no_key(experiment: &Experiment, finished: &Finished) {
    for (path, bytes) in experiment.files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(KEY), "{}", path.display());
    }
    assert!(!finished.to_string().contains(KEY));
}
