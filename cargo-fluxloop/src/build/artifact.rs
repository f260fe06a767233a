use std::{
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
    process::ExitStatus,
};

use cargo_metadata::{Artifact as CargoArtifact, BuildScript, CrateType, Message, TargetKind};

use fluxloop::target::Kind;

use super::{BuildCommand, BuildError};
use crate::{
    target::{Mode, Unit},
    workspace::interrupted,
};

/// What cargo built for a worker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Artifact {
    /// The dynamic library or the test executable.
    pub(crate) file: PathBuf,
    /// The folders in which build scripts found libraries.
    pub(crate) linked_paths: Vec<PathBuf>,
    /// What the package's own build script set: its variables and `OUT_DIR`.
    pub(crate) script_environment: Vec<(String, String)>,
}

impl BuildCommand {
    /// Builds. Cargo shows what it does on our stderr.
    ///
    /// # Errors
    ///
    /// [`BuildError`] when cargo could not run, failed or was interrupted.
    pub(crate) fn run(&self, unit: &Unit) -> Result<Artifact, BuildError> {
        let not_run = |source| BuildError::CargoNotRun {
            program: self.program().to_string_lossy().into_owned(),
            source,
        };
        let mut child = self.process().spawn().map_err(not_run)?;
        let artifact = match child.stdout.take() {
            Some(stdout) => read_messages(stdout, unit),
            None => Ok(None),
        };
        // Cargo is waited for before a reading error is returned: it must not stay behind.
        let exit = child.wait().map_err(not_run)?;
        let artifact = artifact.map_err(not_run)?;
        if !exit.success() {
            return Err(failure(exit, unit));
        }
        artifact.ok_or_else(|| BuildError::NoArtifact {
            unit: unit.target.to_string(),
        })
    }
}

#[cfg(unix)]
fn signal(exit: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&exit)
}

#[cfg(not(unix))]
fn signal(_exit: ExitStatus) -> Option<i32> {
    None
}

fn failure(exit: ExitStatus, unit: &Unit) -> BuildError {
    if interrupted(exit) {
        return BuildError::Interrupted;
    }
    match signal(exit) {
        Some(signal) => BuildError::Killed { signal },
        None => BuildError::Failed {
            unit: unit.target.to_string(),
        },
    }
}

/// Reads cargo's messages to their end and keeps what a worker needs.
fn read_messages(stdout: impl Read, unit: &Unit) -> io::Result<Option<Artifact>> {
    let mut found = Artifact::default();
    let mut file = None;
    for message in Message::parse_stream(BufReader::new(stdout)) {
        match message? {
            Message::CompilerArtifact(artifact) if is_of(&artifact, unit) => {
                file = worker_file(&artifact, unit.mode);
            }
            Message::BuildScriptExecuted(script) => {
                let linked = script.linked_paths.iter();
                found
                    .linked_paths
                    .extend(linked.map(|path| without_kind(path.as_str())));
                if script.package_id.repr == unit.target.member().id {
                    found.script_environment = script_environment(script);
                }
            }
            // Other crates, the end of the build, and what a macro prints while it compiles.
            _ => {}
        }
    }
    Ok(file.map(|file| Artifact { file, ..found }))
}

fn is_of(artifact: &CargoArtifact, unit: &Unit) -> bool {
    let target = &artifact.target;
    let kind = match unit.target.kind() {
        // With `--crate-type` that is what cargo calls the target's kind.
        Kind::Lib if unit.mode == Mode::Library => target.crate_types.contains(&CrateType::CDyLib),
        Kind::Lib => artifact.profile.test,
        Kind::Bin => target.is_kind(TargetKind::Bin),
        Kind::Example => target.is_kind(TargetKind::Example),
        Kind::Test => target.is_kind(TargetKind::Test),
    };
    artifact.package_id.repr == unit.target.member().id
        && target.name == unit.target.name()
        && kind
        && artifact.profile.test == (unit.mode == Mode::TestHarness)
}

fn worker_file(artifact: &CargoArtifact, mode: Mode) -> Option<PathBuf> {
    match mode {
        Mode::Library => artifact
            .filenames
            .iter()
            .find(|file| file.extension() == Some(std::env::consts::DLL_EXTENSION))
            .map(|file| file.clone().into()),
        Mode::TestHarness => artifact.executable.clone().map(PathBuf::from),
    }
}

/// `native=/some/path` is how build scripts may say it.
fn without_kind(path: &str) -> PathBuf {
    match path.split_once('=') {
        Some(("native" | "dependency" | "crate" | "framework" | "all", path)) => path.into(),
        _ => path.into(),
    }
}

fn script_environment(script: BuildScript) -> Vec<(String, String)> {
    let out_dir = ("OUT_DIR".to_owned(), script.out_dir.into_string());
    script.env.into_iter().chain([out_dir]).collect()
}

impl Artifact {
    /// The folder of the profile, as in `target/debug`.
    pub(super) fn profile_folder(&self) -> Option<&Path> {
        let folder = self.file.parent()?;
        let inner = ["deps", "examples"]
            .iter()
            .any(|name| folder.ends_with(name));
        if inner { folder.parent() } else { Some(folder) }
    }
}
