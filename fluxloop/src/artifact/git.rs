use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::JoinHandle,
};

use super::GitState;

/// Asks git which commit this is, while other things are done.
#[derive(Debug)]
pub struct GitQuestion(JoinHandle<Option<GitState>>);

impl GitQuestion {
    /// Asks for the repository that a folder is in.
    #[must_use]
    pub fn ask(folder: PathBuf) -> Self {
        Self(std::thread::spawn(move || state(&folder)))
    }

    /// The answer; `None` where git is not installed or the folder is in no repository.
    #[must_use]
    pub fn answer(self) -> Option<GitState> {
        self.0.join().ok().flatten()
    }
}

fn state(folder: &Path) -> Option<GitState> {
    let commit = git(folder, &["rev-parse", "HEAD"])?;
    let changes = git(folder, &["status", "--porcelain", "--untracked-files=no"])?;
    Some(GitState {
        commit: commit.trim().to_owned(),
        dirty: !changes.trim().is_empty(),
    })
}

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        // A question must not lock the user's index.
        .arg("--no-optional-locks")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
