//! An experiment as a JUnit report: what CI systems show as tests.
//!
//! Each run is a test case, named as everywhere and of a class named after the agent; the gate is one more, the last. What an
//! agent did wrong is a `<failure>`; what was none of its doing, such as a supervisor that gave no answer, is an `<error>`.
//! In `cargo test` a case may have failed though its run succeeded, or not have been run: [`CaseVerdict`].
//!
//! The report is made at the end, of the rows that the experiment has written: while it runs, nothing is held for it. At
//! the beginning a report is written that says that the experiment has not ended, so that one that is killed leaves neither
//! none nor that of an earlier one.

mod case;
mod reported;
mod text;

use std::{io, path::PathBuf, time::Duration};

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

pub use reported::{CaseVerdict, Reported};

use crate::{
    artifact::read::{ReadError, RecordedExperiment},
    event::Finished,
    summary::words::beyond_the_gate,
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
        file.unfinished("the experiment has not ended")?;
        Ok(file)
    }

    /// Writes a report that says why nothing was run.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn fail(&self, why: &str) -> Result<(), JunitError> {
        self.unfinished(why)
    }

    fn unfinished(&self, why: &str) -> Result<(), JunitError> {
        let mut suite = TestSuite::new(FLUXLOOP);
        suite.add_test_case(gate(unfinished(why)));
        self.write(vec![suite])
    }

    /// Writes the report of experiments that have ended, or were cut short: a suite for each.
    ///
    /// # Errors
    ///
    /// When the rows cannot be read, or the file cannot be written.
    pub fn finish<'a>(
        &self,
        experiments: impl IntoIterator<Item = Reported<'a>>,
    ) -> Result<(), JunitError> {
        let suites = experiments
            .into_iter()
            .map(suite)
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

fn suite(mut reported: Reported<'_>) -> Result<TestSuite, ReadError> {
    let experiment = RecordedExperiment::open(reported.directory)?;
    let summary = experiment.summary();
    let mut suite = TestSuite::new(clean(&summary.experiment_name));
    if let (Ok(finished), Some(started)) = (&reported.end, summary.started_at) {
        suite.set_time(seconds(finished.at.duration_since(started).as_secs_f64()));
    }
    if let Some(started) = summary.started_at {
        suite
            .extra
            .insert("timestamp".into(), started.to_string().into());
    }
    let properties = [
        ("experiment", reported.directory.display().to_string()),
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
    let status = match &reported.end {
        Ok(finished) => gate_status(finished, summary.planned_traces, reported.rejected()),
        Err(why) => unfinished(why),
    };
    // Both files have a row for each run; this one has conversations, too.
    for run in experiment.traces()? {
        let run = run?;
        let verdict = reported.verdicts.remove(&run.case);
        suite.add_test_case(case::of(&run, verdict.as_ref(), &summary.target));
    }
    for (name, verdict) in &reported.verdicts {
        suite.add_test_case(case::without_run(name, verdict, &summary.target));
    }
    suite.add_test_case(gate(status));
    Ok(suite)
}

fn gate(status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(GATE, status);
    case.set_classname(FLUXLOOP);
    case.set_time(Duration::ZERO);
    case
}

/// There is no verdict, for this reason.
fn unfinished(why: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status
        .set_type("unfinished")
        .set_message(clean(why.lines().next().unwrap_or_default()));
    if why.lines().nth(1).is_some() {
        status.set_description(clean(why));
    }
    status
}

/// What the gate says, which accepts no cases that were rejected. Of an experiment that was cut short it says nothing yet.
fn gate_status(finished: &Finished, planned: u64, rejected: usize) -> TestCaseStatus {
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
    let message = match (finished.verdict.passed, rejected) {
        (true, 0) => return TestCaseStatus::success(),
        (true, _) => format!("{}: {conditions}", beyond_the_gate(rejected as u64)),
        (false, _) => format!("the gate does not hold: {conditions}"),
    };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(GATE).set_message(message);
    status
}

#[cfg(test)]
mod tests;
