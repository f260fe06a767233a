use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The question where the toolchain's own libraries are, asked of rustc while cargo builds.
#[derive(Debug)]
pub(super) struct ToolchainProbe(Option<Child>);

impl ToolchainProbe {
    /// Asks.
    pub(super) fn start(rustc: &OsString, directory: &Path) -> Self {
        let child = Command::new(rustc)
            .args(["--print", "target-libdir"])
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        // Only a worker that links std dynamically needs the answer: its loader then names what is missing.
        Self(child.ok())
    }

    /// Waits for the answer, if there is one.
    pub(super) fn libraries(self) -> Option<PathBuf> {
        let output = self.0?.wait_with_output().ok()?;
        let path = String::from_utf8(output.stdout).ok()?;
        let path = path.trim();
        (output.status.success() && !path.is_empty()).then(|| path.into())
    }
}
