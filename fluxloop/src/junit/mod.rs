//! An experiment as a JUnit report: what CI systems show as tests.
//!
//! Each run is a test case, named as everywhere and of a class named after the agent; the gate is one more, the last. What an
//! agent did wrong is a `<failure>`; what was none of its doing, such as a supervisor that gave no answer, is an `<error>`.
//!
//! The report is made at the end, of the rows that the experiment has written: while it runs, nothing is held for it. At
//! the beginning a report is written that says that the experiment has not ended, so that one that is killed leaves neither
//! none nor that of an earlier one.

mod case;
mod text;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use crate::{
    artifact::read::{ReadError, RecordedExperiment},
    event::Finished,
    whole_file,
};
use text::{clean, seconds};

/// The report's own name, and the class of the gate.
const FLUXLOOP: &str = "fluxloop";
const GATE: &str = "gate";

/// A file that an experiment's report goes into.
#[derive(Debug)]
pub struct JunitFile {
    path: PathBuf,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JunitError {
    /// The file, or the folder for it, cannot be written.
    #[error("cannot write the JUnit report {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The rows of the experiment cannot be read.
    #[error("cannot read the experiment for the JUnit report {}", path.display())]
    Read {
        /// The file that was to be written.
        path: PathBuf,
        /// Why not.
        source: ReadError,
    },
}

impl JunitError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Write { .. } => {
                Some("name a file that can be written with `--junit` or `FLUXLOOP_JUNIT`")
            }
            Self::Read { .. } => None,
        }
    }
}

impl JunitFile {
    /// Writes a report that says that the experiment has not ended. The folders that it needs are made.
    ///
    /// # Errors
    ///
    /// When it cannot be written: better now than after the last run.
    pub fn begin(path: impl Into<PathBuf>) -> Result<Self, JunitError> {
        let file = Self { path: path.into() };
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status
            .set_type("unfinished")
            .set_message("the experiment has not ended");
        let mut suite = TestSuite::new(FLUXLOOP);
        suite.add_test_case(gate(status));
        file.write(vec![suite])?;
        Ok(file)
    }

    /// Writes the report of experiments that have ended, or were cut short: a suite for each, of its directory.
    ///
    /// # Errors
    ///
    /// When the rows cannot be read, or the file cannot be written.
    pub fn finish<'a>(
        &self,
        ended: impl IntoIterator<Item = (&'a Path, &'a Finished)>,
    ) -> Result<(), JunitError> {
        let suites = ended
            .into_iter()
            .map(|(directory, finished)| suite(directory, finished))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|source| JunitError::Read {
                path: self.path.clone(),
                source,
            })?;
        self.write(suites)
    }

    fn write(&self, suites: Vec<TestSuite>) -> Result<(), JunitError> {
        let mut report = Report::new(FLUXLOOP);
        report.time = suites.iter().filter_map(|suite| suite.time).max();
        report.add_test_suites(suites);
        let mut xml = Vec::new();
        report
            .serialize(&mut xml)
            .map_err(|error: SerializeError| io::Error::other(error))
            .and_then(|()| whole_file::write(&self.path, &xml, true))
            .map_err(|source| JunitError::Write {
                path: self.path.clone(),
                source,
            })
    }
}

fn suite(directory: &Path, finished: &Finished) -> Result<TestSuite, ReadError> {
    let experiment = RecordedExperiment::open(directory)?;
    let summary = experiment.summary();
    let mut suite = TestSuite::new(clean(&summary.experiment_name));
    suite.set_time(summary.started_at.map_or(Duration::ZERO, |started| {
        seconds(finished.at.duration_since(started).as_secs_f64())
    }));
    if let Some(started) = summary.started_at {
        suite
            .extra
            .insert("timestamp".into(), started.to_string().into());
    }
    let properties = [
        ("experiment", directory.display().to_string()),
        ("target", summary.target.clone()),
        (
            "seed",
            summary
                .seed
                .map(|seed| seed.to_string())
                .unwrap_or_default(),
        ),
        ("planned_runs", summary.planned_traces.to_string()),
        ("fluxloop_version", summary.fluxloop_version.clone()),
    ];
    for (name, value) in properties {
        suite.add_property((name, clean(&value).as_str()));
    }
    // Both files have a row for each run; this one has conversations, too.
    for run in experiment.traces()? {
        suite.add_test_case(case::of(&run?, &summary.target));
    }
    suite.add_test_case(gate(gate_status(finished, summary.planned_traces)));
    Ok(suite)
}

fn gate(status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(GATE, status);
    case.set_classname(FLUXLOOP);
    case.set_time(Duration::ZERO);
    case
}

/// What the gate says. Of an experiment that was cut short it says nothing yet.
fn gate_status(finished: &Finished, planned: u64) -> TestCaseStatus {
    let counts = finished.statistics.counts();
    let conditions = finished.verdict.conditions(counts);
    if finished.interrupted {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("interrupted").set_message(format!(
            "interrupted after {} of {planned} runs: {conditions}",
            counts.total
        ));
        return status;
    }
    if finished.verdict.passed {
        return TestCaseStatus::success();
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status
        .set_type(GATE)
        .set_message(format!("the gate does not hold: {conditions}"));
    status
}

#[cfg(test)]
mod tests;
