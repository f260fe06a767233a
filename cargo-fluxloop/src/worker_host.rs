//! Runs the agents of a library: this process loads it and gives control to the worker that fluxloop has put in.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use libloading::Library;

/// The hidden argument that makes the command a host: `cargo-fluxloop __host <library> <symbol>`.
pub(crate) const ARGUMENT: &str = "__host";

/// The exit code of a host whose library has no worker in it.
pub(crate) const NO_WORKER_EXIT_CODE: i32 = 127;

/// The exit code of a host whose library does not load.
pub(crate) const NOT_LOADED_EXIT_CODE: i32 = 126;

/// Why a library's worker does not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HostError {
    /// The loader refused the library.
    #[error("cannot load {}", .library.display())]
    NotLoaded {
        /// The library.
        library: PathBuf,
        /// What the loader says.
        source: libloading::Error,
    },
    /// The library has no such symbol.
    #[error(
        "no worker `{}` in {}: the crate uses nothing of fluxloop, or links another version of it than cargo resolved",
        .symbol.display(), .library.display()
    )]
    NoWorker {
        /// The library.
        library: PathBuf,
        /// What was looked for.
        symbol: OsString,
        /// What the loader says.
        source: libloading::Error,
    },
}

impl HostError {
    /// The code to exit with, so that the parent can tell why no worker said hello.
    pub(crate) fn exit_code(&self) -> i32 {
        match self {
            Self::NotLoaded { .. } => NOT_LOADED_EXIT_CODE,
            Self::NoWorker { .. } => NO_WORKER_EXIT_CODE,
        }
    }
}

/// Loads a library, runs its worker to the end, and returns the worker's exit code.
///
/// # Errors
///
/// [`HostError`] when the library does not load or has no such worker.
#[expect(
    unsafe_code,
    reason = "agents of a library are reached by loading it: the one place where foreign code is entered"
)]
pub(crate) fn run(library: &Path, symbol: &OsStr) -> Result<i32, HostError> {
    // SAFETY: loading runs the library's constructors. Cargo has just built it from the user's own crate for this very
    // purpose; the same code would run before `main` in a program of theirs. No other thread of this process runs yet
    // that a constructor could disturb.
    let loaded = unsafe { Library::new(library) }.map_err(|source| HostError::NotLoaded {
        library: library.to_owned(),
        source,
    })?;
    // SAFETY: fluxloop exports the symbol with its own version in the name, and with this signature in each version.
    let worker = unsafe { loaded.get::<extern "C" fn() -> i32>(symbol.as_encoded_bytes()) }
        .map_err(|source| HostError::NoWorker {
            library: library.to_owned(),
            symbol: symbol.to_owned(),
            source,
        })?;
    let code = worker();
    // Threads of the agents may still run its code.
    std::mem::forget(loaded);
    Ok(code)
}

#[cfg(test)]
mod tests {
    use std::{fs, process::Command};

    use super::*;
    use crate::env::Environment;

    #[test]
    fn the_workers_code_is_returned_and_its_absence_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("worker.rs");
        fs::write(
            &source,
            "#[unsafe(no_mangle)] pub extern \"C\" fn __fluxloop_worker_9_9_9() -> i32 { 43 }",
        )
        .unwrap();
        let library = folder.path().join("worker.library");
        let compiled = Command::new(Environment::of_process().rustc_program())
            .args(["--edition", "2024", "--crate-type", "cdylib", "-o"])
            .arg(&library)
            .arg(&source)
            .status()
            .unwrap();
        assert!(compiled.success());

        let ended = run(&library, "__fluxloop_worker_9_9_9".as_ref());
        assert_eq!(ended.unwrap(), 43);

        let error = run(&library, "__fluxloop_worker_0_0_1".as_ref()).unwrap_err();
        assert_eq!(error.exit_code(), NO_WORKER_EXIT_CODE);
        let message = error
            .to_string()
            .replace(library.to_str().unwrap(), "/library");
        insta::assert_snapshot!(
            message,
            @"no worker `__fluxloop_worker_0_0_1` in /library: the crate uses nothing of fluxloop, or links another version of it than cargo resolved"
        );

        let error = run(&source, "__fluxloop_worker_9_9_9".as_ref()).unwrap_err();
        assert_eq!(error.exit_code(), NOT_LOADED_EXIT_CODE);
        let source_of_it = std::error::Error::source(&error).map(ToString::to_string);
        assert!(source_of_it.is_some_and(|message| !message.is_empty()));
    }
}
