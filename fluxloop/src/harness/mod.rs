//! The experiment in `cargo test`: every case a test. [`main!`](crate::main) is the way in.
//!
//! The harness is its own worker: it starts itself to run agents, so that one that aborts fails its test and no other.
//! Tests ask for their cases, and one session for each configuration runs them as the command does.

mod agent;
mod call;
mod desk;
mod env;
mod error;
mod junit;
mod kept;
mod macros;
mod message;
mod nextest;
mod project;
mod report;
mod session;
mod snapshots;
mod suite;
mod trials;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Conclusion};

pub use call::{Call, Configs};
pub use error::HarnessError;

use self::{
    env::Environment,
    junit::Junit,
    nextest::Nextest,
    project::Project,
    session::{Ended, Session},
    trials::Trials,
};
use crate::{summary::words::plural, worker};

/// What libtest's own harness exits with when a test fails.
const FAILED: u8 = 101;
const INTERRUPTED: u8 = 130;

/// What `fluxloop::main!` calls.
#[must_use]
pub fn main(call: &Call<'_>) -> ExitCode {
    // Ends the process where it is a worker.
    worker::test_entry();
    if call.is_entry {
        report::entry();
        return ExitCode::SUCCESS;
    }
    match run(call, &Arguments::from_args()) {
        Ok(code) => code,
        Err(error) => {
            report::error(&error);
            ExitCode::from(FAILED)
        }
    }
}

fn run(call: &Call<'_>, arguments: &Arguments) -> Result<ExitCode, HarnessError> {
    let environment = Environment::read()?;
    let nextest = Nextest::of(&environment, arguments);
    let projects = Project::all(call, arguments, (&environment, nextest.as_ref()))?;
    if arguments.list {
        let trials = trials::listed(projects)?;
        return Ok(libtest_mimic::run(arguments, trials).exit_code());
    }
    let junit = Junit::begin(&environment, nextest.is_some())?;
    let only = arguments.filter.as_deref().filter(|_| arguments.exact);
    let suites = projects
        .into_iter()
        .filter_map(|project| project.suite(only).transpose())
        .collect::<Result<Vec<_>, _>>()?;
    let trials = Trials::of(&suites, arguments);
    let mut arguments = arguments.clone();
    arguments.test_threads = Some(trials.threads(&suites));
    let sessions = suites
        .into_iter()
        .zip(trials.selected)
        .filter(|(_, selected)| !selected.is_empty())
        .map(|(suite, selected)| Session::start(suite, selected, nextest.clone()))
        .collect::<Result<Vec<_>, _>>()?;
    let conclusion = libtest_mimic::run(&arguments, trials.trials);
    let ends: Vec<_> = sessions.into_iter().map(Session::finish).collect();
    let reported = junit.finish(&ends);
    let judged = if nextest.is_some() {
        // Each process knows of its own test alone.
        Judged::Test
    } else {
        Judged::Experiment
    };
    let code = judge(&conclusion, ends, (judged, environment.no_fail));
    reported.map(|()| code)
}

/// What decides on the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judged {
    /// The gate, over all that was run.
    Experiment,
    /// Whether the test passed.
    Test,
}

/// Says how the experiments ended; the exit code that follows from it.
fn judge(
    conclusion: &Conclusion,
    ends: Vec<Result<Ended, HarnessError>>,
    (judged, no_fail): (Judged, bool),
) -> ExitCode {
    let (mut failed_runs, mut accepted) = (0, 0);
    let (mut holds, mut interrupted) = (true, false);
    for end in ends {
        match end {
            Ok(ended) => {
                let passed =
                    no_fail || judged == Judged::Experiment && ended.finished.verdict.passed;
                if judged == Judged::Experiment {
                    report::ended(&ended);
                    holds &= passed;
                }
                let failed = ended.finished.statistics.counts().failed;
                failed_runs += failed;
                accepted += if passed { failed } else { 0 };
                interrupted |= ended.finished.interrupted;
            }
            Err(error) => {
                report::error(&error);
                holds = false;
            }
        }
    }
    // Snapshots that do not hold, or a failure of our own.
    let others = conclusion.num_failed.saturating_sub(failed_runs);
    if others > 0 {
        report::text(&format!(
            "fluxloop: {} failed for another reason than their runs, and no gate accepts that\n",
            plural(others, "test")
        ));
    }
    holds &= conclusion.num_failed <= accepted;
    match (interrupted, holds) {
        (true, _) => ExitCode::from(INTERRUPTED),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::from(FAILED),
    }
}
