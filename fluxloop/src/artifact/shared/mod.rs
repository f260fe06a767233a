//! One experiment that several processes run together, as `cargo nextest` has each test run in a process of its own.
//!
//! `.nextest` in the output directory says which experiment is whose, `.processes` in the experiment's directory what its
//! processes have done: a line each time a run begins or ends, from which `summary.json` is made anew. Locks on these files
//! keep the processes apart.

mod locked;
mod log;
mod registry;
mod state;

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;

use self::{
    locked::{FileLock, LockedFile},
    log::{Entry, Log},
    state::Start,
};
use super::{
    ArtifactError, ArtifactInput, Artifacts, GitState, Operation,
    row::rfc_3339,
    row_file::Open,
    summary_file::{End, SummaryFile},
};
use crate::{
    event::{Run, Started},
    summary::{Statistics, Tally},
};

/// An experiment that this process takes part in.
#[derive(Debug)]
pub struct SharedExperiment {
    directory: PathBuf,
    lock: Arc<FileLock>,
    log: Log,
    start: Start,
}

impl SharedExperiment {
    /// The experiment of this key among those in an output directory. Where there is none yet, `create` makes its directory
    /// and its files, and says how it began; other processes wait meanwhile.
    ///
    /// # Errors
    ///
    /// What `create` failed with, or when files cannot be read, written or locked.
    pub fn join<E: From<ArtifactError>>(
        output_dir: &Path,
        key: &str,
        create: impl FnOnce() -> Result<(Started, Option<GitState>), E>,
    ) -> Result<Self, E> {
        let directory = registry::find_or_register(output_dir, key, || {
            let (started, git) = create()?;
            let (lock, log) = open(&started.directory)?;
            lock.held(|| {
                log.append(&Entry::Started {
                    at: rfc_3339(started.at).into(),
                    planned: started.planned,
                    git,
                })
            })?;
            Ok::<_, E>(started.directory)
        })?;
        let (lock, log) = open(&directory)?;
        let start = lock.held(|| log.start())?;
        Ok(Self {
            directory,
            lock: Arc::new(lock),
            log,
            start,
        })
    }

    /// Its directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The repository's state when it began.
    #[must_use]
    pub fn git(&self) -> Option<GitState> {
        self.start.git.clone()
    }

    /// Adds to the files of the experiment what happens in this process. What `input` says of its beginning is what the
    /// experiment itself knows of that.
    ///
    /// # Errors
    ///
    /// When one of the files cannot be opened.
    pub fn artifacts(self, mut input: ArtifactInput) -> Result<Artifacts, ArtifactError> {
        input.started.at = self.start.at;
        input.started.planned = self.start.planned;
        let lock = Arc::clone(&self.lock);
        let open: Open<'_> = &|path| {
            let file = File::options().append(true).read(true).open(path)?;
            Ok(Box::new(LockedFile::new(file, Arc::clone(&lock))))
        };
        Artifacts::join(input, self, open)
    }

    /// A run begins in this process.
    pub(super) fn began(&self, run: u64, summary: &SummaryFile) -> Result<(), ArtifactError> {
        self.add(&Entry::Began(run), summary, summary.started.at)
    }

    /// A run has ended in this process.
    pub(super) fn ended(&self, run: &Run, summary: &SummaryFile) -> Result<(), ArtifactError> {
        let entry = Entry::Ended(run.case.index, Box::new(Tally::from(run)));
        self.add(&entry, summary, run.completed_at)
    }

    fn add(
        &self,
        entry: &Entry<'_>,
        summary: &SummaryFile,
        at: Timestamp,
    ) -> Result<(), ArtifactError> {
        let gate = &summary.gate;
        self.lock.held(|| {
            self.log.append(entry)?;
            let nothing = || Statistics::of(summary.started.iterations, gate);
            let state = self.log.read(nothing)?;
            if state.is_running() {
                return summary.refresh(&state.statistics);
            }
            let counts = state.statistics.counts();
            let verdict = gate.judge(&counts, state.statistics.worst_case_pass_rate());
            let passed = (!state.was_interrupted()).then_some(verdict.passed);
            summary.settle(&state.statistics, End { at, passed })
        })
    }
}

fn open(directory: &Path) -> Result<(FileLock, Log), ArtifactError> {
    let folder = directory.join(".processes");
    std::fs::create_dir_all(&folder)
        .map_err(|error| ArtifactError::new(Operation::CreateDirectory, &folder, error))?;
    Ok((FileLock::open(folder.join("lock"))?, Log::open(&folder)?))
}

#[cfg(test)]
mod tests;
