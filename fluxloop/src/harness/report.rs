//! What a harness says beside libtest: on standard error, since standard output is libtest's.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
};

use super::{HarnessError, session::Ended};
use crate::{summary::words::plural, visible::visible};

/// Says how the experiment ended and where it stands.
pub(super) fn ended(ended: &Ended) {
    let Ended {
        finished,
        directory,
    } = ended;
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

/// Says a text that is safe to show.
pub(super) fn text(text: &str) {
    // Nobody is left to tell if stderr is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Writes a list of tests where libtest writes it.
pub(super) fn list(lines: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(lines.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        // `--list | head` has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// The list of tests that `cargo fluxloop` looks for the worker's entry in.
pub(super) fn entry() {
    // Whoever asked hears of a missing line.
    let _ = writeln!(io::stdout(), "__fluxloop_main::entry: test");
}
