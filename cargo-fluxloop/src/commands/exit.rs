//! The exit codes, in one table: what CI and other programs rely on.

use std::process::ExitCode;

/// Finished, and the gate holds.
pub(super) const OK: i32 = 0;
/// The command line is wrong.
pub(super) const USAGE: i32 = 2;
/// There is nothing to run, or no experiment to show.
pub(super) const NOTHING_TO_RUN: i32 = 4;
/// Configuration, inputs or target are wrong: said before anything runs.
pub(super) const SETUP: i32 = 96;
/// Finished, and the gate does not hold.
pub(super) const GATE: i32 = 100;
/// The build failed.
pub(super) const BUILD: i32 = 101;
/// Results could not be written.
pub(super) const WRITE: i32 = 110;
/// Interrupted by the user.
pub(super) const INTERRUPTED: i32 = 130;

/// As the process exits with it. Every code above fits; a worker's own may be cut to its low byte, as the system does.
pub(super) fn code(code: i32) -> ExitCode {
    ExitCode::from(code.to_le_bytes()[0])
}
