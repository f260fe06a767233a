use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    ObservationIndex, ObservationRow, ObservationTree, ReadError, RecordedRun, RecordedSummary,
    Rows,
    attempts::{Begins, each_row, root_span},
};

/// The newest major version of the files that is known.
const KNOWN_MAJOR: u32 = 1;
const SUMMARY: &str = "summary.json";

/// An experiment directory that is read. The experiment may still be running: what is there so far is read.
#[derive(Debug)]
pub struct RecordedExperiment {
    path: PathBuf,
    summary: RecordedSummary,
}

impl RecordedExperiment {
    /// Opens an experiment directory, and reads its `summary.json`.
    ///
    /// # Errors
    ///
    /// When there is no experiment, when its summary cannot be read, and when a newer major version has written it.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, ReadError> {
        let path = path.into();
        let file = path.join(SUMMARY);
        let text = match fs::read(&file) {
            Ok(text) => text,
            Err(error) => {
                return Err(match error.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                        ReadError::NotAnExperiment { path }
                    }
                    _ => ReadError::read(file)(error),
                });
            }
        };
        let summary: RecordedSummary = match serde_json::from_slice(&text) {
            Ok(summary) => summary,
            Err(source) => return Err(ReadError::Summary { path: file, source }),
        };
        if is_known(&summary.format_version) {
            Ok(Self { path, summary })
        } else {
            Err(ReadError::Version {
                path,
                found: summary.format_version,
                known: KNOWN_MAJOR,
            })
        }
    }

    /// Whether a path is that of an experiment directory.
    #[must_use]
    pub fn is_at(path: &Path) -> bool {
        path.join(SUMMARY).is_file()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How it stands as a whole.
    #[must_use]
    pub fn summary(&self) -> &RecordedSummary {
        &self.summary
    }

    /// The runs in the order in which they ended, in short: the lines of `trace_summary.jsonl`.
    ///
    /// # Errors
    ///
    /// When the file is there and cannot be opened.
    pub fn runs(&self) -> Result<Rows<RecordedRun>, ReadError> {
        self.rows("trace_summary.jsonl", each_row)
    }

    /// The runs in the order in which they ended, with all details: the lines of `traces.jsonl`.
    ///
    /// # Errors
    ///
    /// When the file is there and cannot be opened.
    pub fn traces(&self) -> Result<Rows<RecordedRun>, ReadError> {
        self.rows("traces.jsonl", each_row)
    }

    /// One run with all details, where there is one of this id.
    ///
    /// # Errors
    ///
    /// When `traces.jsonl` cannot be read.
    pub fn trace(&self, trace_id: &str) -> Result<Option<RecordedRun>, ReadError> {
        self.traces()?.of(trace_id).next().transpose()
    }

    /// What happened within the runs, the rows of all of them mixed: the lines of `observations.jsonl`. None where the
    /// experiment has not recorded any (`save_traces: false`).
    ///
    /// # Errors
    ///
    /// When the file is there and cannot be opened.
    pub fn observations(&self) -> Result<Option<Rows<ObservationRow>>, ReadError> {
        let rows = self.rows("observations.jsonl", root_span)?;
        Ok(rows.is_there().then_some(rows))
    }

    /// Where to find what happened within each run, for those who look at more than one. None where the experiment has
    /// not recorded any.
    ///
    /// # Errors
    ///
    /// When `observations.jsonl` cannot be read.
    pub fn observation_index(&self) -> Result<Option<ObservationIndex>, ReadError> {
        self.observations()?.map(ObservationIndex::read).transpose()
    }

    /// What happened within one run. None where the experiment has not recorded any.
    ///
    /// # Errors
    ///
    /// When `observations.jsonl` cannot be read.
    pub fn observations_of(&self, trace_id: &str) -> Result<Option<ObservationTree>, ReadError> {
        let rows = self.observations()?.map(|rows| rows.of(trace_id));
        rows.map(|mut rows| ObservationTree::read(&mut rows))
            .transpose()
    }
}

impl RecordedExperiment {
    /// The rows of a file. Where several processes write it, as an attempt each, those of the last attempts.
    fn rows<T>(&self, file: &str, is_first: Begins) -> Result<Rows<T>, ReadError> {
        let path = self.path.join(file);
        if self.summary.shared {
            Rows::of_last_attempts(path, is_first)
        } else {
            Rows::open(path)
        }
    }
}

/// Whether files of this version can be read. Those of before there were versions have none.
fn is_known(version: &str) -> bool {
    let major = version.split('.').next().unwrap_or_default();
    version.is_empty() || major.parse::<u32>().is_ok_and(|major| major <= KNOWN_MAJOR)
}
