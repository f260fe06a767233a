//! GitHub Actions: a job's summary, and annotations on the agent's source. What else is written to a job's log must not become a
//! command: see [`fluxloop::github`].

mod annotation;
mod commands;
mod summary;

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use fluxloop::event::{Finished, Started};

pub(crate) use annotation::{Place, annotations};

/// A job of GitHub Actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    /// `GITHUB_STEP_SUMMARY`: what is appended to it is shown beside the job.
    summary: Option<PathBuf>,
    /// `GITHUB_WORKSPACE`: the repository, which annotations name files from.
    repository: Option<PathBuf>,
}

impl Job {
    /// The job that this process is part of; `variable` looks an environment variable up.
    pub(crate) fn of_process<'a>(variable: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let path = |name| {
            let value = variable(name).filter(|value| !value.is_empty());
            value.map(PathBuf::from)
        };
        (variable("GITHUB_ACTIONS") == Some("true")).then(|| Self {
            summary: path("GITHUB_STEP_SUMMARY"),
            repository: path("GITHUB_WORKSPACE"),
        })
    }

    /// A file as annotations name it.
    pub(crate) fn file(&self, path: &Path) -> PathBuf {
        let below = self
            .repository
            .as_ref()
            .and_then(|repository| path.strip_prefix(repository).ok());
        below.unwrap_or(path).to_owned()
    }

    /// Appends an experiment to the job's summary.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(crate) fn append_summary(&self, started: &Started, finished: &Finished) -> io::Result<()> {
        let Some(path) = &self.summary else {
            return Ok(());
        };
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        file.write_all(summary::markdown(started, finished).as_bytes())
    }
}

#[cfg(test)]
mod tests;
