//! Recording: the arguments of calls in a live service, to be replayed in experiments.
//!
//! `#[fluxloop::agent(record)]` records every call of its function, whoever calls it, and [`record_args`] any other:
//!
//! ```
//! #[derive(serde::Deserialize, serde::Serialize)]
//! struct Ticket {
//!     order: u32,
//!     question: String,
//! }
//!
//! #[fluxloop::agent(record)]
//! async fn refund(ticket: Ticket, locale: &str) -> String {
//!     format!("[{locale}] order {}: {}", ticket.order, ticket.question)
//! }
//! ```
//!
//! # Switching it on
//!
//! Off, which is the default, it costs one relaxed atomic load a call: nothing is serialised. These variables of the process
//! are read once, at the first call:
//!
//! | variable | |
//! |---|---|
//! | `FLUXLOOP_RECORD_ARGS` | `true` or `1` records |
//! | `FLUXLOOP_RECORDING_FILE` | where to; `recordings/args.jsonl` in the current directory unless set |
//! | `FLUXLOOP_RECORDING_MAX_BYTES` | how long the file may grow, in bytes from 1; 64 MiB (67108864) unless set |
//!
//! `.env` is read by nobody here: a service that wants it loads it before its first call. `cargo fluxloop record enable`
//! writes the variables there.
//!
//! # What is written
//!
//! One JSON object a line, appended:
//!
//! ```json
//! {"_version":"1","iteration":0,"target":"shop.desk:refund","kwargs":{"ticket":{"order":12,"question":"?"},"locale":"de"},"timestamp":"2024-11-01T14:30:22.123456Z"}
//! ```
//!
//! `iteration` is that of the agent's [`Context`](crate::Context), where it takes one; 0 in a service. The values of keys
//! whose names contain token, password, secret, key, auth or credential are `***` at any depth, except `true`, `false`,
//! `null` and numbers of tokens (`max_tokens`). So are the values of secret variables (`…_API_KEY`, `…_TOKEN`, …) and what
//! follows `Bearer`, wherever they stand. Nothing unmasked is kept longer than the call takes.
//!
//! When the file would grow beyond its limit, it becomes `<file>.1`, in place of an earlier one, and a new one begins. A
//! line longer than the limit stands in a file of its own. Several processes may write to one file: it is
//! locked while one of them writes. On a file system without locks, let only one of them rotate it.
//!
//! # What it does to a call
//!
//! The call waits for its arguments to be serialised (8 MiB of JSON at most) and for nothing else: a thread writes. Between
//! them up to 16 MiB wait. What does not fit, cannot be serialised or cannot be written is lost and counted
//! ([`flush_recording`]), with one warning of each kind on standard error; the call never fails (a `Serialize` that panics counts as lost, too,
//! unless the profile says `panic = "abort"`). What waits is written when
//! its thread ends, `main`'s too, for 200 ms at most: call [`flush_recording`] before a process ends in another way.

mod arguments;
pub(crate) mod call;
mod file;
mod line;
mod queue;
mod recorder;
mod settings;
mod timestamp;

pub use arguments::{RecordedArgument, RecordedArguments};
pub use call::{flush_recording, record_args};
pub use queue::Recorded;

#[cfg(test)]
mod tests;
