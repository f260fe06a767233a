//! The environment of a test: the one place where experiments within tests read variables.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the module that reads them"
)]

use std::{
    collections::BTreeMap,
    env, io,
    path::{Path, PathBuf},
};

/// Every variable whose name and value are text.
pub(super) fn variables() -> BTreeMap<String, String> {
    env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The folder of the package that is tested, as `cargo test` and `cargo nextest` say; the current directory elsewhere.
pub(super) fn package_directory() -> io::Result<PathBuf> {
    match env::var_os("CARGO_MANIFEST_DIR") {
        Some(directory) if Path::new(&directory).is_absolute() => Ok(directory.into()),
        _ => env::current_dir(),
    }
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
