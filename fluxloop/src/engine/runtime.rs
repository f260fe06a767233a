use std::io;

use tokio::runtime::{Builder, Runtime};

/// The engine's runtime: one thread, which made it faster than two.
///
/// # Errors
///
/// When the system does not let us.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}
