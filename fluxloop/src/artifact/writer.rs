use std::{fs::File, io::Write, path::Path};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

#[cfg(feature = "harness")]
use super::SharedExperiment;
use super::{
    ArtifactError, GitState, Operation,
    row::{SummaryRow, Times, TraceRow},
    row_file::{Open, RowFile},
    run_lines::RunLines,
    summary_file::{End, SummaryFile},
};
use crate::{
    config::Gate,
    event::{Consumer, Event, Finished, Observation, Run, Started},
    summary::Statistics,
};

/// How old `summary.json` may be while runs end.
const REFRESH: SignedDuration = SignedDuration::from_secs(1);

/// What the files need to know besides the runs. Secrets are masked in all of it already.
#[derive(Clone, Debug)]
pub struct ArtifactInput {
    /// The experiment. Its directory exists: [`ExperimentDirectory`](super::ExperimentDirectory) made it.
    pub started: Started,
    /// The effective configuration, for `config.yaml`.
    pub config_yaml: String,
    /// The inputs as they were read, for `inputs.yaml`.
    pub inputs_yaml: String,
    /// The recorded calls that were replayed, for `recording.jsonl`; absent where none were.
    pub recording_jsonl: Option<String>,
    /// The effective configuration, for `summary.json`.
    pub config_snapshot: Value,
    /// What the finished experiment is judged by.
    pub gate: Gate,
    /// Whether to write `observations.jsonl`.
    pub save_traces: bool,
    /// Whether to write durations, personas and failure kinds into `summary.json`.
    pub save_aggregated_metrics: bool,
    /// The repository's state, if there is a repository.
    pub git: Option<GitState>,
}

/// Writes the experiment's files as its events come in.
///
/// After the first error no row is added to any file: a row that was cut off stays the last of its file, and
/// the error is reported once. The end of the experiment is still written to `summary.json`, as far as that is
/// possible; it says `interrupted` then, because runs are missing.
#[derive(Debug)]
pub struct Artifacts {
    trace_summary: RowFile,
    traces: RowFile,
    observations: Option<RunLines>,
    summary: SummaryFile,
    /// Where other processes write to the same files.
    #[cfg(feature = "harness")]
    shared: Option<SharedExperiment>,
    /// When `summary.json` was last written, by the clock of the runs.
    refreshed_at: Timestamp,
    failed: bool,
    // Working memory for a run's rows, kept from run to run. It grows to the largest row and no further.
    buffer: Vec<u8>,
    times: Times,
}

impl Artifacts {
    /// Writes `config.yaml`, `inputs.yaml` and a `summary.json` that says `running`, and makes the files for
    /// rows.
    ///
    /// # Errors
    ///
    /// When one of the files cannot be written, or is there already.
    pub fn open(input: ArtifactInput) -> Result<Self, ArtifactError> {
        Self::open_with(input, &|path| {
            // Appending: a program that rotates or truncates a file meanwhile makes no holes.
            let file = File::options().append(true).create_new(true).open(path)?;
            Ok(Box::new(file))
        })
    }

    fn open_with(input: ArtifactInput, open: Open<'_>) -> Result<Self, ArtifactError> {
        let directory = &input.started.directory;
        create(&directory.join("config.yaml"), &input.config_yaml)?;
        create(&directory.join("inputs.yaml"), &input.inputs_yaml)?;
        if let Some(recording) = &input.recording_jsonl {
            create(&directory.join("recording.jsonl"), recording)?;
        }
        let artifacts = Self::with_files(input, open)?;
        artifacts.summary.refresh(&Statistics::new())?;
        Ok(artifacts)
    }

    /// Takes part in an experiment whose files are there.
    #[cfg(feature = "harness")]
    pub(super) fn join(
        input: ArtifactInput,
        shared: SharedExperiment,
        open: Open<'_>,
    ) -> Result<Self, ArtifactError> {
        let mut artifacts = Self::with_files(input, open)?;
        artifacts.shared = Some(shared);
        artifacts.summary.shared = true;
        Ok(artifacts)
    }

    fn with_files(input: ArtifactInput, open: Open<'_>) -> Result<Self, ArtifactError> {
        let directory = input.started.directory.clone();
        let row_file = |name: &str| RowFile::create(directory.join(name), open);
        Ok(Self {
            trace_summary: row_file("trace_summary.jsonl")?,
            traces: row_file("traces.jsonl")?,
            observations: input
                .save_traces
                .then(|| row_file("observations.jsonl").map(RunLines::new))
                .transpose()?,
            refreshed_at: input.started.at,
            failed: false,
            buffer: Vec::new(),
            times: Times::default(),
            #[cfg(feature = "harness")]
            shared: None,
            summary: SummaryFile {
                directory,
                started: input.started,
                config_snapshot: input.config_snapshot,
                gate: input.gate,
                save_aggregated_metrics: input.save_aggregated_metrics,
                git: input.git,
                shared: false,
            },
        })
    }

    /// `trace_summary.jsonl` comes last: a row in it means that the run's other rows are there.
    fn append(&mut self, run: &Run) -> Result<(), ArtifactError> {
        self.times.set(run);
        let observation_count = match &mut self.observations {
            Some(lines) => lines.end(run.case.index)?,
            None => 0,
        };
        let summary = SummaryRow::new(run);
        let trace = TraceRow::new(run, &summary, &self.times, observation_count);
        self.traces.append(&mut self.buffer, &[trace])?;
        self.trace_summary.append(&mut self.buffer, &[summary])
    }

    fn observed(&mut self, run: u64, observation: &Observation<'_>) -> Result<(), ArtifactError> {
        match &mut self.observations {
            Some(lines) => lines.add(run, observation),
            None => Ok(()),
        }
    }

    fn run_finished(&mut self, run: &Run, so_far: &Statistics) -> Result<(), ArtifactError> {
        self.append(run)?;
        #[cfg(feature = "harness")]
        if let Some(shared) = &self.shared {
            return shared.ended(run, &self.summary);
        }
        // The distance counts, not the direction: a clock that was put back must not stop the refreshing.
        if run.completed_at.duration_since(self.refreshed_at).abs() >= REFRESH {
            self.summary.refresh(so_far)?;
            self.refreshed_at = run.completed_at;
        }
        Ok(())
    }

    fn experiment_finished(&self, finished: &Finished) -> Result<(), ArtifactError> {
        #[cfg(feature = "harness")]
        if self.shared.is_some() {
            // Whether it is over is not this process's to say: its runs have been told.
            return Ok(());
        }
        let whole = !finished.interrupted && !self.failed;
        let end = End {
            at: finished.at,
            passed: whole.then_some(finished.verdict.passed),
        };
        self.summary.finish(&finished.statistics, end)
    }
}

impl Consumer for Artifacts {
    type Error = ArtifactError;

    /// Runs that end after the first error are ignored. An error at the end of the experiment may come on top
    /// of an earlier one: it tells that `summary.json` is still of the time before.
    fn event(&mut self, event: &Event<'_>) -> Result<(), ArtifactError> {
        let result = match event {
            #[cfg(feature = "harness")]
            Event::RunStarted(case) if let (Some(shared), false) = (&self.shared, self.failed) => {
                shared.began(case.index, &self.summary)
            }
            Event::Observed { run, observation } if !self.failed => {
                self.observed(*run, observation)
            }
            Event::RunFinished { run, so_far } if !self.failed => self.run_finished(run, so_far),
            Event::ExperimentFinished(finished) => self.experiment_finished(finished),
            _ => Ok(()),
        };
        self.failed |= result.is_err();
        result
    }
}

fn create(path: &Path, text: &str) -> Result<(), ArtifactError> {
    File::create_new(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| ArtifactError::new(Operation::Create, path, error))
}

#[cfg(test)]
mod tests;
