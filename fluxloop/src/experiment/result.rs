use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use super::{ExperimentError, FailedRun, Runs, Snapshot};
use crate::{
    artifact::read::{
        ObservationIndex, ObservationTree, ReadError, RecordedExperiment, RecordedRun,
    },
    event::Finished,
    summary::{Repeats, Statistics, Verdict},
};

/// What came of an experiment.
///
/// Figures are fields. The runs are in the files of [`output_dir`](Self::output_dir), and [`runs`](Self::runs) reads them
/// back one by one: a result does not grow with their number.
///
/// ```no_run
/// # use fluxloop::Experiment;
/// # fn test() -> Result<(), Box<dyn std::error::Error>> {
/// let result = Experiment::from_config("configs/simulation.yaml")?.run()?;
/// result.require_success(0.95)?;
/// for run in result.runs()? {
///     let run = run?;
///     let answer: String = run.output_as()?;
///     assert!(answer.len() < 500, "{}: {answer}", run.case);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct ExperimentResult {
    /// Runs that ended: all that were planned, but for `fail_fast`.
    pub total_runs: u64,
    /// Those that succeeded.
    pub successful_runs: u64,
    /// Those that failed.
    pub failed_runs: u64,
    /// Successful runs of all runs, 0 to 1.
    pub success_rate: f64,
    /// The agent's own time in a run, in milliseconds: the mean.
    pub avg_duration_ms: f64,
    /// The experiment's own directory. Absolute.
    pub output_dir: PathBuf,
    /// `summary.json` in it.
    pub summary_path: PathBuf,
    /// `trace_summary.jsonl` in it.
    pub trace_summary_path: PathBuf,
    /// The runs that failed, in the order of the plan; of more than 1,000 the first to fail.
    pub errors: Vec<FailedRun>,
    warnings: Vec<String>,
    finished: Finished,
    /// Made when somebody first asks what happened in a run.
    index: Arc<OnceLock<Option<ObservationIndex>>>,
}

impl fmt::Debug for ExperimentResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExperimentResult")
            .field("total_runs", &self.total_runs)
            .field("successful_runs", &self.successful_runs)
            .field("failed_runs", &self.failed_runs)
            .field("success_rate", &self.success_rate)
            .field("avg_duration_ms", &self.avg_duration_ms)
            .field("output_dir", &self.output_dir)
            .field("errors", &self.errors)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

impl ExperimentResult {
    pub(super) fn new(
        directory: &Path,
        finished: Finished,
        (errors, warnings): (Vec<FailedRun>, Vec<String>),
    ) -> Result<Self, ExperimentError> {
        let statistics = &finished.statistics;
        let counts = statistics.counts();
        // Without a case there is no experiment; so, unless it was stopped, there are a rate and a mean.
        let (Some(success_rate), Some(avg_duration_ms)) =
            (counts.success_rate, statistics.avg_duration_ms())
        else {
            return Err(ExperimentError::Stopped);
        };
        Ok(Self {
            total_runs: counts.total,
            successful_runs: counts.successful,
            failed_runs: counts.failed,
            success_rate,
            avg_duration_ms,
            output_dir: directory.to_owned(),
            summary_path: directory.join("summary.json"),
            trace_summary_path: directory.join("trace_summary.jsonl"),
            errors,
            warnings,
            finished,
            index: Arc::default(),
        })
    }

    /// What the gate of the configuration says: `gate.max_failures`, `gate.min_success_rate` and
    /// `gate.min_case_pass_rate`. [`require_gate`](Self::require_gate) makes it a requirement.
    #[must_use]
    pub fn gate(&self) -> &Verdict {
        &self.finished.verdict
    }

    /// What repeated tries of the cases say: passes of tries, pass@k and pass^k, and how many cases are flaky. Absent with
    /// one iteration, unless the gate judges each case.
    #[must_use]
    pub fn repeats(&self) -> Option<Repeats> {
        self.finished.statistics.repeats()
    }

    /// All other figures: percentiles of durations, runs by persona, failures by kind, tokens and costs.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.finished.statistics
    }

    /// What is odd about the configuration, and what of it an experiment within a test cannot do; each as a report of one
    /// or more lines.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The runs with all that is known of them, read back one by one, in the order in which they ended.
    ///
    /// # Errors
    ///
    /// When the files of the experiment are gone.
    pub fn runs(&self) -> Result<Runs, ReadError> {
        Ok(Runs::new(self.recorded()?.traces()?, self.total_runs))
    }

    /// What happened in a run: its turns, tools and generations, and the spans and events around them. Absent with
    /// `save_traces: false`.
    ///
    /// The first call reads through the file of all observations; each one reads those of the run, and holds them in memory.
    ///
    /// ```no_run
    /// # use fluxloop::{Experiment, artifact::read::ObservationKind};
    /// # fn test() -> Result<(), Box<dyn std::error::Error>> {
    /// let result = Experiment::from_config("configs/simulation.yaml")?.run()?;
    /// for run in result.runs()? {
    ///     let run = run?;
    ///     let happened = result.observations(&run)?.expect("traces are saved");
    ///     let tools = happened.of_kind(ObservationKind::Tool);
    ///     assert_eq!(tools.count(), 1, "{}", run.case);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the files of the experiment are gone.
    pub fn observations(&self, run: &RecordedRun) -> Result<Option<ObservationTree>, ReadError> {
        if self.index.get().is_none() {
            let index = self.recorded()?.observation_index()?;
            // Another thread may have been faster, with the same.
            let _ = self.index.set(index);
        }
        let index = self.index.get().and_then(Option::as_ref);
        index.map(|index| index.tree_of(&run.trace_id)).transpose()
    }

    /// A view that is the same whenever the agents do the same: no ids, times and paths, and sorted by case. It is made for
    /// `insta::assert_json_snapshot!(result.snapshot())` and `insta::assert_yaml_snapshot!`.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(self)
    }

    fn recorded(&self) -> Result<RecordedExperiment, ReadError> {
        RecordedExperiment::open(&self.output_dir)
    }
}
