//! The environment variables that the command reads: here and nowhere else.

use std::{collections::BTreeMap, env, ffi::OsString, io, path::PathBuf};

/// Where the dynamic loader looks for libraries, besides its defaults.
pub(crate) const LIBRARY_PATH: &str = if cfg!(windows) {
    "PATH"
} else if cfg!(target_os = "macos") {
    "DYLD_FALLBACK_LIBRARY_PATH"
} else {
    "LD_LIBRARY_PATH"
};

/// The program's name and arguments.
pub(crate) fn arguments() -> Vec<OsString> {
    env::args_os().collect()
}

/// Every variable whose name and value are text.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one module that reads the environment"
)]
pub(crate) fn variables() -> BTreeMap<String, String> {
    env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Where the command was called.
pub(crate) fn current_directory() -> io::Result<PathBuf> {
    env::current_dir()
}

/// This program's own file: it starts itself as the host of libraries.
pub(crate) fn own_executable() -> io::Result<PathBuf> {
    env::current_exe()
}

/// What finding, building and starting agents depends on, read once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    /// `CARGO`: the cargo that runs us, if one does.
    pub(crate) cargo: Option<OsString>,
    /// `RUSTC`: a compiler in place of the one on the path.
    pub(crate) rustc: Option<OsString>,
    /// The loader's search path, see [`LIBRARY_PATH`].
    pub(crate) library_path: Option<OsString>,
    /// `GLIBC_TUNABLES`.
    pub(crate) glibc_tunables: Option<OsString>,
    /// `HOME`.
    pub(crate) home: Option<OsString>,
}

impl Environment {
    /// The environment of this process.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one module that reads the environment"
    )]
    pub(crate) fn of_process() -> Self {
        Self {
            cargo: env::var_os("CARGO"),
            rustc: env::var_os("RUSTC"),
            library_path: env::var_os(LIBRARY_PATH),
            glibc_tunables: env::var_os("GLIBC_TUNABLES"),
            home: env::var_os("HOME"),
        }
    }

    /// The cargo to call.
    pub(crate) fn cargo_program(&self) -> OsString {
        self.cargo.clone().unwrap_or_else(|| "cargo".into())
    }

    /// The compiler to ask.
    pub(crate) fn rustc_program(&self) -> OsString {
        self.rustc.clone().unwrap_or_else(|| "rustc".into())
    }
}
