//! The experiment in `cargo test`: every case a test. [`main!`](crate::main) is the way in.
//!
//! The harness is its own worker: it starts itself to run agents, so that one that aborts fails its test and no other.
//! Tests ask for their cases, and one session for each configuration runs them as the command does.

mod agent;
mod call;
mod desk;
mod env;
mod error;
mod flags;
mod junit;
mod kept;
mod list;
mod logfile;
mod macros;
mod message;
mod nextest;
#[cfg(unix)]
mod output;
mod project;
mod references;
mod report;
mod session;
mod snapshots;
mod suite;
mod trials;
mod tries;
mod verdicts;

use std::process::ExitCode;

use libtest_mimic::Conclusion;

pub use call::{Call, Configs};
pub use error::HarnessError;

use self::{
    env::Environment,
    flags::Flags,
    junit::Junit,
    logfile::Logfile,
    nextest::Nextest,
    project::Project,
    session::{Ended, Session},
    trials::Trials,
};
use crate::{setup::BeginError, summary::words::beyond_the_gate, worker};

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
    let flags = match Flags::of(std::env::args_os()) {
        Ok(flags) => flags,
        Err(error) => return report::usage(&error),
    };
    let told = |error: HarnessError| {
        report::error(&error);
        ExitCode::from(FAILED)
    };
    let environment = match Environment::read() {
        Ok(environment) => environment,
        Err(error) => return told(error),
    };
    #[cfg(unix)]
    let _inert = if environment.is_actions() && !flags.list {
        match output::InertOutput::begin() {
            Ok(output) => Some(output),
            Err(error) => {
                return told(BeginError::system("cannot filter the output")(error).into());
            }
        }
    } else {
        None
    };
    run(call, &flags, &environment).unwrap_or_else(told)
}

fn run(
    call: &Call<'_>,
    flags: &Flags,
    environment: &Environment,
) -> Result<ExitCode, HarnessError> {
    let nextest = Nextest::of(environment, flags);
    let projects = Project::all(call, flags, (environment, nextest.as_ref()))?;
    if flags.list {
        list::list(projects, flags)?;
        return Ok(ExitCode::SUCCESS);
    }
    let junit = Junit::begin(environment, nextest.is_some())?;
    let (conclusion, ends) =
        conduct(projects, flags, nextest.as_ref()).inspect_err(|error| junit.fail(error))?;
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

/// Runs the tests that are asked for, and ends their experiments.
fn conduct(
    projects: Vec<Project>,
    flags: &Flags,
    nextest: Option<&Nextest>,
) -> Result<(Conclusion, Vec<Ended>), HarnessError> {
    let logfile = flags.logfile.as_deref().map(Logfile::create).transpose()?;
    let only = flags.only();
    let suites = projects
        .into_iter()
        .filter_map(|project| project.suite(only).transpose())
        .collect::<Result<Vec<_>, _>>()?;
    let trials = Trials::of(&suites, flags, logfile);
    let arguments = flags.for_selected(trials.threads(&suites));
    let sessions = suites
        .into_iter()
        .zip(trials.selected)
        .filter(|(_, selected)| !selected.is_empty())
        .map(|(suite, selected)| {
            Session::start(suite, selected, (nextest.cloned(), flags.no_capture))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let conclusion = libtest_mimic::run(&arguments, trials.trials);
    let ends = sessions.into_iter().map(Session::finish).collect();
    Ok((conclusion, ends))
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
fn judge(conclusion: &Conclusion, ends: Vec<Ended>, (judged, no_fail): (Judged, bool)) -> ExitCode {
    let (mut rejected, mut accepted) = (0, 0);
    let (mut holds, mut interrupted) = (true, false);
    for ended in ends {
        rejected += ended.verdicts.rejected();
        match ended.finished {
            Ok(finished) => {
                let passed = no_fail || judged == Judged::Experiment && finished.verdict.passed;
                if judged == Judged::Experiment {
                    report::ended(&finished, &ended.directory, ended.name.as_deref());
                    if passed && !finished.verdict.passed {
                        report::text(
                            "fluxloop: FLUXLOOP_NO_FAIL is set: no failed run fails the tests",
                        );
                    }
                    holds &= passed;
                }
                let failed = finished.statistics.counts().failed;
                accepted += if passed { failed } else { 0 };
                interrupted |= finished.interrupted;
            }
            Err(error) => {
                report::error(&error);
                holds = false;
            }
        }
    }
    if rejected > 0 {
        report::text(&format!("fluxloop: {}\n", beyond_the_gate(rejected)));
    }
    holds &= conclusion.num_failed <= accepted;
    match (interrupted, holds) {
        (true, _) => ExitCode::from(INTERRUPTED),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::from(FAILED),
    }
}
