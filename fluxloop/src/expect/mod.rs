//! What is expected of runs: what stands under `expect`, read and compiled before the first run, and what becomes of it.
//!
//! A run that returned is not yet right. Each expectation is judged of its own: it holds, it does not, or it cannot be
//! judged, which is neither. Nothing here knows of checks that are written in Rust: those are the host's.

mod compare;
mod criteria;
mod decode;
mod expectation;
mod facts;
mod judged;
mod quote;
#[cfg(test)]
mod sample;
#[cfg(feature = "json-schema")]
mod schema;
mod text;
mod tools;

pub use criteria::{ChosenCheck, Criteria};
pub use expectation::Expectations;
pub use judged::{JudgedCheck, Judgement};

pub(crate) use decode::{chosen, expectations, write};
pub(crate) use facts::RunFacts;
pub(crate) use judged::{failure, label};
#[cfg(test)]
pub(crate) use sample::sample;
