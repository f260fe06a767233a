//! What a harness says beside libtest: on standard error, since standard output is libtest's.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use super::HarnessError;
use crate::{
    event::Finished,
    summary::{Statistics, words::plural},
    visible::visible,
};

/// How many flaky cases and reasons are named.
const MOST: usize = 10;

/// Says how the experiment of a configuration ended and where it stands. Its name is said where there are several.
pub(super) fn ended(finished: &Finished, directory: &Path, name: Option<&str>) {
    let counts = finished.statistics.counts();
    let verdict = &finished.verdict;
    let of = name.map(|name| format!("{}: ", visible(name)));
    let mut said = format!(
        "fluxloop: {}{} {}: {} succeeded, {} failed",
        of.unwrap_or_default(),
        plural(counts.total, "run"),
        if finished.interrupted {
            "until it was interrupted"
        } else {
            "finished"
        },
        counts.successful,
        counts.failed
    );
    push_not_judged(&mut said, &finished.statistics);
    push_flaky(&mut said, &finished.statistics);
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

/// Checks that nobody could judge: their tests passed, and they did not.
fn push_not_judged(said: &mut String, statistics: &Statistics) {
    let all = statistics.not_judged();
    let count: u64 = all.iter().map(|one| one.count).sum();
    if count == 0 {
        return;
    }
    // Writing to a string cannot fail.
    let _ = write!(said, "\nfluxloop: {} not judged", plural(count, "check"));
    for one in all.iter().take(MOST) {
        let reason = visible(&one.reason);
        let _ = write!(said, "\n  {} × {}: {reason}", one.count, one.check);
    }
    push_rest(said, all.len());
}

/// Cases that came out one way and the other.
fn push_flaky(said: &mut String, statistics: &Statistics) {
    let Some(repeats) = statistics.repeats().filter(|repeats| repeats.flaky > 0) else {
        return;
    };
    // Writing to a string cannot fail.
    let _ = write!(
        said,
        "\nfluxloop: {} of {} flaky",
        repeats.flaky,
        plural(repeats.total, "case")
    );
    let flaky = repeats.cases.iter().filter(|case| case.tries.is_flaky());
    for case in flaky.take(MOST) {
        let _ = write!(said, "\n  {}", case.sentence());
    }
    push_rest(said, usize::try_from(repeats.flaky).unwrap_or(usize::MAX));
}

fn push_rest(said: &mut String, all: usize) {
    if all > MOST {
        let _ = write!(said, "\n  and {} more in summary.json", all - MOST);
    }
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
