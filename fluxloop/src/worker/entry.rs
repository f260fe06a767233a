//! How a process becomes a worker: through a C symbol of a library, or through a hidden test.

use std::io::Write as _;

use super::serve::serve;
use crate::env::WorkerEnvironment;

/// Serves as a worker where the process was started as one. `None` elsewhere.
fn serve_if_asked() -> Option<i32> {
    let environment = WorkerEnvironment::read()?;
    let served = serve(&environment);
    // What agents have recorded, where the variables are set for it.
    let _ = crate::flush_recording();
    Some(match served {
        Ok(()) => 0,
        Err(error) => {
            // Nobody is left to tell if stderr is closed as well.
            let _ = writeln!(std::io::stderr(), "fluxloop: {error}");
            70
        }
    })
}

/// The entry of a worker in a test executable: the hidden test that `#[fluxloop::agent]` adds when
/// `cargo fluxloop` builds an example, a binary or a test target.
///
/// Returns at once in a process that was not started as a worker; otherwise ends the process.
#[expect(
    clippy::exit,
    reason = "a worker must not go on to the test harness's own end"
)]
pub fn test_entry() {
    if let Some(code) = serve_if_asked() {
        std::process::exit(code);
    }
}

/// The entry of a worker in a library that `cargo fluxloop` has loaded. Returns the exit code of its process.
///
/// The version is part of the symbol, so that two versions of this crate can be linked together.
#[expect(
    unsafe_code,
    reason = "exporting a symbol; its name is this crate's own and carries its version"
)]
#[unsafe(export_name = concat!(
    "__fluxloop_worker_",
    env!("CARGO_PKG_VERSION_MAJOR"),
    "_",
    env!("CARGO_PKG_VERSION_MINOR"),
    "_",
    env!("CARGO_PKG_VERSION_PATCH")
))]
extern "C" fn library_entry() -> i32 {
    serve_if_asked().unwrap_or(64)
}
