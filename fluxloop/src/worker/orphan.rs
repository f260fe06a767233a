use std::{io, os::unix::process::parent_id, thread, time::Duration};

/// How often a worker looks whether its engine is still there.
const LOOK: Duration = Duration::from_millis(500);

/// Ends this process when its engine has ended, also where agents block every thread that could hear of it from the
/// socket.
#[expect(
    clippy::exit,
    reason = "no other thread can be relied on to end the process"
)]
pub(super) fn end_with_engine() -> io::Result<()> {
    let engine = parent_id();
    thread::Builder::new()
        .name("fluxloop-orphan".to_owned())
        .spawn(move || {
            // Orphans get another parent.
            while parent_id() == engine {
                thread::sleep(LOOK);
            }
            std::process::exit(0);
        })?;
    Ok(())
}
