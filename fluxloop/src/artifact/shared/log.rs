use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    path::PathBuf,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Start, locked::append_lines};
use crate::{
    artifact::{ArtifactError, GitState, Operation},
    event::FailureKind,
    json_line::push_json_line,
    summary::Tally,
};

/// What a process has done.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entry<'a> {
    /// The experiment began.
    Started {
        at: Cow<'a, str>,
        planned: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        git: Option<GitState>,
    },
    /// A run began, by the position of its case in the plan.
    Began(u64),
    /// A run ended.
    Ended(u64, Box<Tally<'a>>),
}

/// Everything that the processes have done, line by line.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: File,
}

/// What it amounts to.
#[derive(Debug)]
pub(super) struct State {
    pub(super) start: Start,
    /// Runs that have begun and not ended, or whose process was killed.
    pub(super) open: BTreeSet<u64>,
    /// The last try of each case that ended.
    pub(super) runs: BTreeMap<u64, Box<Tally<'static>>>,
}

impl State {
    /// Whether somebody has cut off a run that was not tried again.
    pub(super) fn was_interrupted(&self) -> bool {
        let cut_off = Some(FailureKind::Cancelled);
        self.runs.values().any(|run| run.failed() == cut_off)
    }
}

impl Log {
    /// The file is made where it is not there.
    pub(super) fn open(path: PathBuf) -> Result<Self, ArtifactError> {
        let mut options = File::options();
        match options.append(true).read(true).create(true).open(&path) {
            Ok(file) => Ok(Self { path, file }),
            Err(error) => Err(ArtifactError::new(Operation::Create, path, error)),
        }
    }

    /// Adds a line, for whoever holds the lock.
    pub(super) fn append(&self, entry: &Entry<'_>) -> Result<(), ArtifactError> {
        let mut line = Vec::new();
        push_json_line(&mut line, entry)
            .map_err(io::Error::from)
            .and_then(|()| append_lines(&self.file, &line))
            .map_err(|error| ArtifactError::new(Operation::Append, &self.path, error))
    }

    /// All of it, for whoever holds the lock.
    pub(super) fn read(&self) -> Result<State, ArtifactError> {
        let failed = |error| ArtifactError::new(Operation::Read, &self.path, error);
        let text = fs::read_to_string(&self.path).map_err(failed)?;
        let (mut start, mut open, mut runs) = (None, BTreeSet::new(), BTreeMap::new());
        // Half a line of a process that was killed says nothing.
        let entries = text.lines().map(serde_json::from_str);
        for entry in entries.filter_map(Result::ok) {
            match entry {
                Entry::Started { at, planned, git } => {
                    start = at
                        .parse::<Timestamp>()
                        .ok()
                        .map(|at| Start { at, planned, git });
                }
                Entry::Began(run) => {
                    open.insert(run);
                }
                Entry::Ended(run, tally) => {
                    open.remove(&run);
                    runs.insert(run, tally);
                }
            }
        }
        let missing = || failed(io::Error::other("it does not say how the experiment began"));
        Ok(State {
            start: start.ok_or_else(missing)?,
            open,
            runs,
        })
    }
}
