//! The process that a test runs in.

use std::{env, io, path::PathBuf};

/// The folder of the package that is tested; the current directory where nobody says which that is.
pub(super) fn package_directory() -> io::Result<PathBuf> {
    crate::env::package_directory().map_or_else(env::current_dir, Ok)
}

/// Where this process resolves relative paths, and with it the agents in it.
pub(super) fn current_directory() -> io::Result<PathBuf> {
    env::current_dir()
}

/// The name of the crate that this test executable was compiled from. Cargo adds a hash to it.
pub(super) fn test_crate() -> Option<String> {
    let executable = env::current_exe().ok()?;
    let name = executable.file_stem()?.to_str()?;
    let name = name.rsplit_once('-').map_or(name, |(name, _)| name);
    Some(name.to_owned())
}
