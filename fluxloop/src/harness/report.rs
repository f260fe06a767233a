//! What a harness says beside libtest: on standard error, since standard output is libtest's.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use super::HarnessError;
use crate::{event::Finished, summary::words::plural, visible::visible};

/// Says how the experiment ended and where it stands.
pub(super) fn ended(finished: &Finished, directory: &Path) {
    let counts = finished.statistics.counts();
    let verdict = &finished.verdict;
    let mut said = format!(
        "fluxloop: {} {}: {} succeeded, {} failed",
        plural(counts.total, "run"),
        if finished.interrupted {
            "until it was interrupted"
        } else {
            "finished"
        },
        counts.successful,
        counts.failed
    );
    let word = match (verdict.passed, finished.interrupted) {
        (true, false) => "the gate holds",
        (true, true) => "the gate held so far",
        (false, _) => "the gate does not hold",
    };
    // Writing to a string cannot fail.
    let _ = write!(
        said,
        "\nfluxloop: {word}: {}\nfluxloop: {}\n",
        verdict.conditions(counts),
        visible(&directory.to_string_lossy())
    );
    text(&said);
}

/// Says why tests could not be run.
pub(super) fn error(error: &HarnessError) {
    text(&error.report());
}

/// Says what is wrong with a command line, or what may be said on it; the exit code, as libtest has it.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    // Nobody is left to tell if both streams are closed.
    let _ = error.print();
    if error.use_stderr() {
        ExitCode::from(super::FAILED)
    } else {
        ExitCode::SUCCESS
    }
}

/// Shows a line that an agent has printed.
pub(super) fn printed(line: &str) {
    text(&visible(line));
}

/// Says a text that is safe to show.
pub(super) fn text(text: &str) {
    // Nobody is left to tell if stderr is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

/// The list of tests that `cargo fluxloop` looks for the worker's entry in.
pub(super) fn entry() {
    // Whoever asked hears of a missing line.
    let _ = writeln!(io::stdout(), "__fluxloop_main::entry: test");
}
