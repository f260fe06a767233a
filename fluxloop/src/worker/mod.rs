//! A worker: the process that holds the user's agents, and the protocol it speaks.
//!
//! A worker knows nothing of experiments. It connects to the socket it was given, says which agents it
//! holds, and runs what it is asked to run. `cargo fluxloop` starts it; nobody else needs to.

mod check;
mod entry;
#[cfg(feature = "harness")]
pub(crate) mod in_process;
#[cfg(unix)]
mod orphan;
mod outbox;
mod panic;
pub mod protocol;
mod questions;
#[cfg(unix)]
mod relief;
mod run;
mod serve;
#[cfg(unix)]
pub(crate) mod socket;

pub use entry::test_entry;
#[cfg(feature = "engine")]
pub(crate) use outbox::Outbox;
pub(crate) use panic::panic_message;
pub(crate) use questions::Asker;
