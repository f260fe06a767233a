use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{Experiment, Finished, command, workspace};

/// A project in a temporary folder, as a user would write it: a library with agents, a configuration, inputs.
///
/// All projects share one target folder, so that their dependencies are built once. A library's file has no hash in its
/// name there: every project needs a name of its own.
#[derive(Debug)]
pub struct Project {
    folder: Folder,
}

#[derive(Debug)]
enum Folder {
    /// Removed with the project.
    Temporary(TempDir),
    /// Below the target folder, for all tests and for the next time.
    Kept(PathBuf),
}

impl Project {
    /// A package of this name that depends on `fluxloop`, with this library.
    ///
    /// # Panics
    ///
    /// When the disk is full.
    #[must_use]
    pub fn new(name: &str, library: &str) -> Self {
        Self::bare()
            .package("", name, "\n[workspace]\n")
            .locked()
            .file("src/lib.rs", library)
    }

    /// An empty folder in a place that stays: for agents that many tests call, each from a folder
    /// [`beside`](Self::beside) it. Nothing else is written there.
    #[must_use]
    pub fn kept(name: &str) -> Self {
        let folder = workspace().join("target/e2e-projects").join(name);
        Self {
            folder: Folder::Kept(folder),
        }
    }

    /// A project without a package of its own, which calls an agent of this one.
    ///
    /// # Panics
    ///
    /// When the disk is full.
    #[must_use]
    pub fn beside(&self, target: &str) -> Self {
        let folder = quoted(&self.path(""));
        let runner = format!("runner:\n  working_directory: {folder}\n  target: {target}\n");
        Self::bare().file("configs/project.yaml", &runner)
    }

    /// Writes the manifest of a package that depends on `fluxloop`, with what else stands in it.
    ///
    /// # Panics
    ///
    /// When the disk is full.
    #[must_use]
    pub fn package(self, folder: &str, name: &str, rest: &str) -> Self {
        let fluxloop = quoted(&workspace().join("fluxloop"));
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nfluxloop = {{ path = {fluxloop} }}\n{rest}"
        );
        let path = Path::new(folder).join("Cargo.toml");
        self.file(path, &manifest)
    }

    /// Versions that are there: nothing is downloaded.
    ///
    /// # Panics
    ///
    /// When the disk is full.
    #[must_use]
    pub fn locked(self) -> Self {
        let lock = workspace().join("Cargo.lock");
        let versions = fs::read_to_string(lock).expect("it is committed");
        self.file("Cargo.lock", &versions)
    }

    /// An empty folder.
    ///
    /// # Panics
    ///
    /// When the disk is full.
    #[must_use]
    pub fn bare() -> Self {
        Self {
            folder: Folder::Temporary(tempfile::tempdir().expect("a temporary folder")),
        }
    }

    /// Writes a file, and the folders it needs.
    ///
    /// # Panics
    ///
    /// When the disk is full.
    #[must_use]
    pub fn file(self, path: impl AsRef<Path>, text: &str) -> Self {
        self.write(path, text);
        self
    }

    /// As [`file`](Self::file), later on.
    ///
    /// # Panics
    ///
    /// When the disk is full.
    pub fn write(&self, path: impl AsRef<Path>, text: &str) {
        let path = self.path(path);
        // A kept file that says the same stays as it is: cargo builds nothing anew.
        if fs::read_to_string(&path).is_ok_and(|written| written == text) {
            return;
        }
        let folder = path.parent().expect("below the folder");
        fs::create_dir_all(folder).expect("folders are made");
        // Whoever reads a kept file meanwhile sees the old one or the new one.
        let mut file = tempfile::NamedTempFile::new_in(folder).expect("files are made");
        file.write_all(text.as_bytes()).expect("files are written");
        file.persist(path).expect("files are written");
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
        match &self.folder {
            Folder::Temporary(folder) => folder.path().join(path),
            Folder::Kept(folder) => folder.join(path),
        }
    }

    /// `cargo-fluxloop` with these arguments, separated by spaces, ready to start: no terminal, no variables of ours.
    #[must_use]
    pub fn command(&self, arguments: &str) -> Command {
        self.prepared(command(), arguments)
    }

    /// `cargo` with these arguments, as [`command`](Self::command).
    #[must_use]
    pub fn cargo(&self, arguments: &str) -> Command {
        self.prepared(Path::new(env!("CARGO")), arguments)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    fn prepared(&self, program: &Path, arguments: &str) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments.split_whitespace())
            .current_dir(self.path(""))
            .env("CARGO", env!("CARGO"))
            .env("CARGO_TARGET_DIR", workspace().join("target/e2e"))
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env_remove("NO_COLOR")
            .env_remove("RUST_BACKTRACE")
            .env_remove("RUST_TEST_THREADS")
            .stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let prefixes = [
                "FLUXLOOP_",
                "OTEL_",
                "NEXTEST",
                "INSTA_",
                "CLICOLOR",
                "GITHUB_",
            ];
            if prefixes.iter().any(|prefix| text.starts_with(prefix)) || text.ends_with("_API_KEY")
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

    /// As [`run`](Self::run), with these variables: `NAME=value`, separated by spaces.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn run_with(&self, variables: &str, arguments: &str) -> Finished {
        let variables = variables.split_whitespace();
        self.command(arguments)
            .envs(variables.map(|variable| variable.split_once('=').expect("a variable's value")))
            .output()
            .expect("the command starts")
            .into()
    }

    /// What a command told a person: standard error without what cargo says of a build that went well, `[project]` in
    /// place of the folder.
    #[must_use]
    pub fn told(&self, finished: &Finished) -> String {
        let folder = self.path("").display().to_string();
        let is_cargo = |line: &&str| {
            let word = line.split_whitespace().next().unwrap_or_default();
            line.starts_with("  ") && matches!(word, "Blocking" | "Compiling" | "Finished")
        };
        let lines = finished.stderr.lines().filter(|line| !is_cargo(line));
        let lines: Vec<_> = lines.map(str::trim_end).collect();
        lines
            .join("\n")
            .replace(folder.trim_end_matches('/'), "[project]")
    }

    /// Every file below the folder with its bytes, the results of experiments left out.
    ///
    /// # Panics
    ///
    /// When one cannot be read.
    #[must_use]
    pub fn tree(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Experiment::at(self.path("")).files();
        files.retain(|(path, _)| !path.starts_with(self.path("experiments")));
        files.sort_unstable();
        files
    }

    /// The newest experiment in `experiments/`.
    #[must_use]
    pub fn latest(&self) -> Experiment {
        Experiment::at(self.path("experiments/latest"))
    }
}

/// A path as TOML and YAML take it.
fn quoted(path: &Path) -> String {
    Value::from(path.to_string_lossy()).to_string()
}
