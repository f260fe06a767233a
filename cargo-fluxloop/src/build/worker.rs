use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use cargo_metadata::semver::Version;
use fluxloop::host::WorkerCommand;
use tempfile::TempDir;

use super::{
    Artifact, BuildCommand, BuildError, CargoOutput,
    environment::{LibraryFolders, glibc_tunables, library_path, package_variables},
    toolchain::ToolchainProbe,
};
use crate::{
    env::Environment,
    target::{Mode, Unit},
    worker_host,
    workspace::Workspace,
};

/// How a worker is to be started.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// This program: it hosts the agents of a library.
    pub(crate) host: PathBuf,
    /// The worker's working directory.
    pub(crate) working_directory: PathBuf,
    /// Our own environment, which the worker inherits.
    pub(crate) environment: Environment,
}

/// A worker that can be started as often as needed, while this value lives.
#[derive(Debug)]
pub(crate) struct Worker {
    /// How to start it.
    pub(crate) command: WorkerCommand,
    /// Holds the worker's own copy of what was built: the next build may replace the original, and a restart must not see
    /// that.
    _copy: TempDir,
}

impl Worker {
    /// Builds a unit and says how to start it.
    ///
    /// # Errors
    ///
    /// [`BuildError`] when the build fails, or what it gave cannot be a worker.
    pub(crate) fn build(
        workspace: &Workspace,
        unit: &Unit,
        output: CargoOutput,
        launch: &Launch,
    ) -> Result<Self, BuildError> {
        let command = BuildCommand::new(workspace.cargo(), unit, output)?;
        let rustc = launch.environment.rustc_program();
        let probe = ToolchainProbe::start(&rustc, &workspace.cargo().directory);
        let built = command.run(unit);
        let toolchain = probe.libraries();
        let artifact = built?;
        let environment = variables(workspace, unit, &artifact, toolchain, launch)?;
        match unit.mode {
            Mode::Library => Self::of_library(workspace, unit, &artifact, environment, launch),
            Mode::TestHarness => Self::of_test(workspace, unit, &artifact, environment, launch),
        }
    }

    fn of_library(
        workspace: &Workspace,
        unit: &Unit,
        artifact: &Artifact,
        mut environment: Vec<(OsString, OsString)>,
        launch: &Launch,
    ) -> Result<Self, BuildError> {
        let (copy, library) = set_aside(&artifact.file, workspace.target_directory())?;
        if cfg!(target_os = "linux") {
            let set = launch.environment.glibc_tunables.as_ref();
            environment.push(("GLIBC_TUNABLES".into(), glibc_tunables(set)));
        }
        let symbol = entry_symbol(unit.target.member().fluxloop_version());
        Ok(Self {
            command: WorkerCommand {
                program: launch.host.clone(),
                arguments: vec![worker_host::ARGUMENT.into(), library.into(), symbol.into()],
                environment,
                working_directory: launch.working_directory.clone(),
            },
            _copy: copy,
        })
    }

    fn of_test(
        workspace: &Workspace,
        unit: &Unit,
        artifact: &Artifact,
        environment: Vec<(OsString, OsString)>,
        launch: &Launch,
    ) -> Result<Self, BuildError> {
        let tests = list_tests(&artifact.file, &environment, &launch.working_directory).map_err(
            |source| BuildError::List {
                executable: artifact.file.clone(),
                source,
            },
        )?;
        let entry = entry_test(&tests).ok_or_else(|| BuildError::NoEntry {
            unit: unit.target.to_string(),
        })?;
        let (copy, program) = set_aside(&artifact.file, workspace.target_directory())?;
        Ok(Self {
            command: WorkerCommand {
                program,
                arguments: ["--exact", entry, "--nocapture"].map(OsString::from).into(),
                environment,
                working_directory: launch.working_directory.clone(),
            },
            _copy: copy,
        })
    }
}

/// The symbol that a library with the given fluxloop exports.
fn entry_symbol(version: &Version) -> String {
    let mut symbol = format!(
        "__fluxloop_worker_{}_{}_{}",
        version.major, version.minor, version.patch
    );
    if !version.pre.is_empty() {
        symbol.push('_');
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        symbol.extend(version.pre.chars().map(plain));
    }
    symbol
}

fn variables(
    workspace: &Workspace,
    unit: &Unit,
    artifact: &Artifact,
    toolchain: Option<PathBuf>,
    launch: &Launch,
) -> Result<Vec<(OsString, OsString)>, BuildError> {
    let folders = LibraryFolders {
        linked: artifact.linked_paths.clone(),
        generated: vec![
            workspace.target_directory().to_owned(),
            workspace.build_directory().to_owned(),
        ],
        profile: artifact.profile_folder().map(Path::to_owned),
        toolchain,
    };
    let libraries = library_path(&folders, &launch.environment)?;
    let script = artifact.script_environment.iter();
    let script = script.map(|(name, value)| (name.into(), value.into()));
    let package = package_variables(&unit.target.member().package)
        .into_iter()
        .chain([libraries, ("CARGO", workspace.cargo().program.clone())])
        .map(|(name, value)| (name.into(), value));
    Ok(script.chain(package).collect())
}

/// Copies what was built into a folder of its own. The folder is in the target directory because temporary ones may forbid
/// execution.
fn set_aside(built: &Path, target_directory: &Path) -> Result<(TempDir, PathBuf), BuildError> {
    let copied = || {
        let parent = target_directory.join("fluxloop");
        fs::create_dir_all(&parent)?;
        let folder = tempfile::Builder::new()
            .prefix("worker-")
            .tempdir_in(parent)?;
        let mut copy = folder.path().to_owned();
        copy.extend(built.file_name());
        fs::copy(built, &copy)?;
        Ok((folder, copy))
    };
    copied().map_err(|source| BuildError::Copy {
        built: built.to_owned(),
        source,
    })
}

fn list_tests(
    executable: &Path,
    environment: &[(OsString, OsString)],
    directory: &Path,
) -> io::Result<String> {
    let output = Command::new(executable)
        .args(["--list", "--format", "terse"])
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir(directory)
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!(
            "it ended with {}: {}",
            output.status,
            message.trim()
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A hidden test that agents bring along. Each of them can run any agent of the executable.
fn entry_test(tests: &str) -> Option<&str> {
    tests
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .find(|name| {
            let module = name.strip_suffix("::entry");
            let module = module.and_then(|path| path.rsplit("::").next());
            module.is_some_and(|module| module.starts_with("__fluxloop_"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_symbol_carries_the_version() {
        for (version, expected) in [
            ("0.1.0", "__fluxloop_worker_0_1_0"),
            ("12.3.45", "__fluxloop_worker_12_3_45"),
            ("1.0.0-alpha.1", "__fluxloop_worker_1_0_0_alpha_1"),
            ("1.0.0-rc-2.x+build.5", "__fluxloop_worker_1_0_0_rc_2_x"),
        ] {
            assert_eq!(entry_symbol(&version.parse().unwrap()), expected);
        }
    }

    #[test]
    fn only_a_hidden_test_of_ours_is_an_entry() {
        let tests = "entry: test\ntests::entry: test\na::__fluxloop_run::other: test\n__fluxloop_run::entry: benchmark\nb::__fluxloop_run::entry: test\n";
        assert_eq!(entry_test(tests), Some("b::__fluxloop_run::entry"));
        assert_eq!(
            entry_test("__fluxloop_run::entry: test"),
            Some("__fluxloop_run::entry")
        );
        assert_eq!(entry_test("0 tests, 0 benchmarks"), None);
    }
}
