use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{Experiment, Finished, command, workspace};

/// A project in a temporary folder, as a user would write it: a library with agents, a configuration, inputs.
///
/// All projects share one target folder, so that their dependencies are built once. A library's file has no hash in its
/// name there: every project needs a name of its own.
#[derive(Debug)]
pub struct Project {
    folder: TempDir,
}

impl Project {
    /// A package of this name that depends on `fluxloop`, with this library.
    ///
    /// # Panics
    ///
    /// When the disk is full.
    #[must_use]
    pub fn new(name: &str, library: &str) -> Self {
        let fluxloop = workspace().join("fluxloop");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nfluxloop = {{ path = \"{}\" }}\n\n[workspace]\n",
            fluxloop.display()
        );
        Self::bare()
            .file("Cargo.toml", &manifest)
            // Versions that are there: nothing is downloaded.
            .file(
                "Cargo.lock",
                &fs::read_to_string(workspace().join("Cargo.lock")).expect("it is committed"),
            )
            .file("src/lib.rs", library)
    }

    /// An empty folder.
    ///
    /// # Panics
    ///
    /// When the disk is full.
    #[must_use]
    pub fn bare() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// Writes a file, and the folders it needs.
    ///
    /// # Panics
    ///
    /// When the disk is full.
    #[must_use]
    pub fn file(self, path: &str, text: &str) -> Self {
        self.write(path, text);
        self
    }

    /// As [`file`](Self::file), later on.
    ///
    /// # Panics
    ///
    /// When the disk is full.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("folders are made");
        fs::write(path, text).expect("files are written");
    }

    /// `configs/simulation.yaml`.
    #[must_use]
    pub fn config(self, text: &str) -> Self {
        self.file("configs/simulation.yaml", text)
    }

    /// `inputs/generated.yaml`.
    #[must_use]
    pub fn inputs(self, text: &str) -> Self {
        self.file("inputs/generated.yaml", text)
    }

    /// A path below the folder.
    #[must_use]
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(path)
    }

    /// `cargo-fluxloop` with these arguments, separated by spaces, ready to start: no terminal, no variables of ours.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "a test must not depend on the variables around it"
    )]
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(command());
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .env("CARGO", env!("CARGO"))
            .env("CARGO_TARGET_DIR", workspace().join("target/e2e"))
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env_remove("NO_COLOR")
            .env_remove("RUST_BACKTRACE")
            .stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("FLUXLOOP_")
                || text.ends_with("_API_KEY")
                || text.starts_with("CLICOLOR")
            {
                command.env_remove(name);
            }
        }
        command
    }

    /// Runs `cargo-fluxloop` with these arguments, separated by spaces, to its end.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn run(&self, arguments: &str) -> Finished {
        self.command(arguments)
            .output()
            .expect("the command starts")
            .into()
    }

    /// `run experiment --yes` with these further arguments.
    #[must_use]
    pub fn experiment(&self, arguments: &str) -> Finished {
        self.run(&format!("run experiment --yes {arguments}"))
    }

    /// The newest experiment in `experiments/`.
    #[must_use]
    pub fn latest(&self) -> Experiment {
        Experiment::at(self.path("experiments/latest"))
    }
}
