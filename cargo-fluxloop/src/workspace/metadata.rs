use std::{
    ffi::OsString,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
};

use cargo_metadata::{Metadata, MetadataCommand};

use super::{CargoCall, CargoOptions, WorkspaceError};

/// How this invocation calls cargo.
#[derive(Clone, Debug)]
pub(crate) struct Cargo {
    /// The program.
    pub(crate) program: OsString,
    /// Where it runs, absolute: it looks for the workspace here and in the folders above.
    pub(crate) directory: PathBuf,
    /// The user's flags for it.
    pub(crate) options: CargoOptions,
}

impl Cargo {
    /// `cargo metadata`. Each of cargo's status lines (`    Updating crates.io index`) is given to `status` as it comes:
    /// the first call in a fresh clone may download for a while.
    pub(super) fn metadata(
        &self,
        status: &mut dyn FnMut(&str),
    ) -> Result<Metadata, WorkspaceError> {
        self.ask(&[], status)
    }

    /// The same of the workspace's own packages alone, as their manifests have them: no version is looked for.
    pub(super) fn own_metadata(&self) -> Result<Metadata, WorkspaceError> {
        self.ask(&["--no-deps"], &mut |_| {})
    }

    fn ask(&self, more: &[&str], status: &mut dyn FnMut(&str)) -> Result<Metadata, WorkspaceError> {
        self.check_manifest()?;
        let mut child = self.start_metadata(more)?;
        let stdout = read_beside(child.stdout.take());
        let messages = self.relay(child.stderr.take(), status);
        let exit = child.wait().map_err(|source| self.not_run(source))?;
        let messages = messages?;
        let json = match stdout.join() {
            Ok(read) => read.map_err(|source| self.not_run(source))?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        if exit.success() {
            MetadataCommand::parse(json).map_err(WorkspaceError::Format)
        } else if interrupted(exit) {
            Err(WorkspaceError::Interrupted)
        } else {
            Err(WorkspaceError::Cargo { message: messages })
        }
    }

    fn start_metadata(&self, more: &[&str]) -> Result<Child, WorkspaceError> {
        // Naming no profile, this call cannot be refused one.
        let flags = self.options.arguments(CargoCall::Metadata)?;
        Command::new(&self.program)
            .args(["metadata", "--format-version", "1"])
            .args(more)
            .args(flags)
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| self.not_run(source))
    }

    /// Reads cargo's messages to their end; what is not status stays for an error to show.
    fn relay(
        &self,
        stderr: Option<impl Read>,
        status: &mut dyn FnMut(&str),
    ) -> Result<String, WorkspaceError> {
        let mut messages = String::new();
        let Some(stderr) = stderr else {
            return Ok(messages);
        };
        for line in BufReader::new(stderr).split(b'\n') {
            let line = line.map_err(|source| self.not_run(source))?;
            let line = String::from_utf8_lossy(&line);
            if is_status(&line) {
                status(&line);
            } else {
                messages.push_str(&line);
                messages.push('\n');
            }
        }
        messages.truncate(messages.trim_end().len());
        Ok(messages)
    }

    fn not_run(&self, source: io::Error) -> WorkspaceError {
        WorkspaceError::CargoNotRun {
            program: self.program.to_string_lossy().into_owned(),
            source,
        }
    }

    /// Cargo would say so as well, without a word on what to do.
    fn check_manifest(&self) -> Result<(), WorkspaceError> {
        if let Some(path) = &self.options.manifest_path {
            return if path.is_file() {
                Ok(())
            } else {
                Err(WorkspaceError::NoSuchManifest(path.clone()))
            };
        }
        let has_manifest = |folder: &Path| folder.join("Cargo.toml").is_file();
        if self.directory.ancestors().any(has_manifest) {
            Ok(())
        } else {
            Err(WorkspaceError::NoManifest(self.directory.clone()))
        }
    }
}

/// Whether a line is one of cargo's status lines: a verb right-aligned to 12 columns.
fn is_status(line: &str) -> bool {
    line.len() > 12 && line.starts_with(' ') && line.as_bytes()[12] == b' ' && {
        let verb = line.as_bytes()[..12].trim_ascii_start();
        verb.iter().all(u8::is_ascii_alphabetic) && verb.first().is_some_and(u8::is_ascii_uppercase)
    }
}

/// Reads a pipe to its end on an own thread, so that the other pipe can be read at the same time.
fn read_beside(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<io::Result<String>> {
    thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_string(&mut text)?;
        }
        Ok(text)
    })
}

/// Whether a process ended because the user pressed Ctrl-C.
#[cfg(unix)]
pub(crate) fn interrupted(exit: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;

    const SIGINT: i32 = 2;
    // 130 is how a shell script in cargo's place reports it.
    exit.signal() == Some(SIGINT) || exit.code() == Some(128 + SIGINT)
}

/// Whether a process ended because the user pressed Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn interrupted(exit: ExitStatus) -> bool {
    // STATUS_CONTROL_C_EXIT, as the signed number that std gives.
    exit.code() == Some(0xC000_013A_u32.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines_are_those_of_cargo() {
        for line in [
            "    Updating crates.io index",
            " Downloading crates ...",
            "     Locking 3 packages to latest compatible versions",
            "    Blocking waiting for file lock on package cache",
        ] {
            assert!(is_status(line), "{line}");
        }
        for line in [
            "",
            "error: no such package",
            "warning: unused manifest key: x",
            "  |     ^^^^^ here",
            "            more of a message",
            "    Updating",
        ] {
            assert!(!is_status(line), "{line}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn status_is_relayed_and_the_rest_is_the_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), "").unwrap();
        let metadata = |script: &str| {
            // What `sh metadata …` runs.
            std::fs::write(folder.path().join("metadata"), script).unwrap();
            let cargo = Cargo {
                program: "sh".into(),
                directory: folder.path().to_owned(),
                options: CargoOptions::default(),
            };
            let mut status = Vec::new();
            let error = cargo.metadata(&mut |line| status.push(line.to_owned()));
            (status, error.unwrap_err().to_string())
        };
        let (status, error) = metadata(
            "echo '    Updating crates.io index' >&2; echo 'error: no' >&2; echo '  why' >&2; exit 101",
        );
        assert_eq!(status, ["    Updating crates.io index"]);
        assert_eq!(error, "cargo cannot read the workspace\nerror: no\n  why");
        assert_eq!(metadata("kill -INT $$").1, "interrupted");
        assert_eq!(
            metadata("echo '{}'").1,
            "the answer of `cargo metadata` was not understood"
        );
    }
}
