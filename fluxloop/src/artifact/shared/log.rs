use std::{
    borrow::Cow,
    collections::HashMap,
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    locked::append_lines,
    state::{Start, State},
};
use crate::{
    artifact::{ArtifactError, GitState, Operation},
    json_line::push_json_line,
    summary::{Statistics, Tally},
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

/// Everything that the processes have done, line by line, and what it amounted to when somebody last looked: a process need
/// not read what others have read.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: File,
    state: PathBuf,
}

impl Log {
    /// The file is made where it is not there.
    pub(super) fn open(folder: &Path) -> Result<Self, ArtifactError> {
        let path = folder.join("runs.jsonl");
        let mut options = File::options();
        match options.append(true).read(true).create(true).open(&path) {
            Ok(file) => Ok(Self {
                path,
                file,
                state: folder.join("state.json"),
            }),
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

    /// How the experiment began: the first line.
    pub(super) fn start(&self) -> Result<Start, ArtifactError> {
        let start = |(_, entry)| match entry {
            Entry::Started { at, planned, git } => {
                let at = at.parse().ok()?;
                Some(Start { at, planned, git })
            }
            Entry::Began(_) | Entry::Ended(..) => None,
        };
        let missing = || self.error(io::Error::other("it does not say how the experiment began"));
        self.entries(0)?.find_map(start).ok_or_else(missing)
    }

    /// What all lines amount to, for whoever holds the lock. `nothing` is where they start from.
    pub(super) fn read(&self, nothing: impl Fn() -> Statistics) -> Result<State, ArtifactError> {
        let known = fs::read(&self.state).ok();
        let known = known.and_then(|text| serde_json::from_slice::<State>(&text).ok());
        let mut state = known.unwrap_or_else(|| State::new(nothing()));
        for (end, entry) in self.entries(state.read)? {
            let is_new = state.take(&entry);
            if !is_new {
                // An end that was counted before counts no more: all others are counted anew.
                return self.read_anew(nothing());
            }
            state.read = end;
        }
        self.keep(&state)?;
        Ok(state)
    }

    fn read_anew(&self, nothing: Statistics) -> Result<State, ArtifactError> {
        let entries: Vec<_> = self.entries(0)?.collect();
        let last: HashMap<u64, usize> = (0..)
            .zip(&entries)
            .filter_map(|(at, (_, entry))| match entry {
                Entry::Ended(run, _) => Some((*run, at)),
                Entry::Started { .. } | Entry::Began(_) => None,
            })
            .collect();
        let mut state = State::new(nothing);
        for (at, (end, entry)) in entries.iter().enumerate() {
            match entry {
                Entry::Ended(run, _) if last.get(run) != Some(&at) => {}
                _ => {
                    state.take(entry);
                }
            }
            state.read = *end;
        }
        self.keep(&state)?;
        Ok(state)
    }

    /// The lines from a place on, each with the place behind it. Half a line of a process that was killed says nothing.
    fn entries(
        &self,
        from: u64,
    ) -> Result<impl Iterator<Item = (u64, Entry<'static>)> + use<>, ArtifactError> {
        let mut file = File::open(&self.path).map_err(|error| self.error(error))?;
        file.seek(SeekFrom::Start(from))
            .map_err(|error| self.error(error))?;
        let mut lines = BufReader::new(file);
        let mut at = from;
        let next = move || {
            let mut line = Vec::new();
            let length = lines.read_until(b'\n', &mut line).ok()?;
            at += length as u64;
            (length > 0).then_some((at, line))
        };
        let lines = std::iter::from_fn(next);
        Ok(lines.filter_map(|(at, line)| Some((at, serde_json::from_slice(&line).ok()?))))
    }

    /// Keeps what the lines amounted to: as a whole, or as it was.
    fn keep(&self, state: &State) -> Result<(), ArtifactError> {
        let temporary = self.state.with_extension("new");
        serde_json::to_vec(state)
            .map_err(io::Error::from)
            .and_then(|text| fs::write(&temporary, text))
            .and_then(|()| fs::rename(&temporary, &self.state))
            .map_err(|error| ArtifactError::new(Operation::Replace, &self.state, error))
    }

    fn error(&self, error: io::Error) -> ArtifactError {
        ArtifactError::new(Operation::Read, &self.path, error)
    }
}
