//! The experiment in `cargo test`: every case a test. [`main!`](crate::main) is the way in.
//!
//! The harness is its own worker: it starts itself to run agents, so that one that aborts fails its test and no other.
//! Tests ask for their cases, and one [`Session`] for each configuration runs them as the command does.

mod agent;
mod call;
mod desk;
mod env;
mod error;
mod junit;
mod macros;
mod message;
mod nextest;
mod report;
mod session;
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
    session::{Ended, Session},
    suite::Suite,
    trials::Trials,
};
use crate::worker;

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
    let environment = Environment::read();
    let nextest = Nextest::of(&environment, arguments);
    let suites = Suite::all(call, arguments, (&environment, nextest.as_ref()))?;
    let trials = Trials::of(&suites, arguments);
    if arguments.list {
        return Ok(libtest_mimic::run(arguments, trials.trials).exit_code());
    }
    let junit = Junit::begin(&environment, nextest.is_some())?;
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
    let (mut accepted, mut holds, mut interrupted) = (0, true, false);
    for end in ends {
        match end {
            Ok(ended) => {
                let passed =
                    no_fail || judged == Judged::Experiment && ended.finished.verdict.passed;
                if judged == Judged::Experiment {
                    report::ended(&ended);
                    holds &= passed;
                }
                if passed {
                    accepted += ended.finished.statistics.counts().failed;
                }
                interrupted |= ended.finished.interrupted;
            }
            Err(error) => {
                report::error(&error);
                holds = false;
            }
        }
    }
    // A test that failed without its run is our own failure, which no gate accepts.
    holds &= conclusion.num_failed <= accepted;
    match (interrupted, holds) {
        (true, _) => ExitCode::from(INTERRUPTED),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::from(FAILED),
    }
}
