//! What an experiment amounts to: statistics folded from its runs, in memory that does not grow with them.

mod cases;
mod checks;
mod failures;
mod gate;
mod repeats;
#[cfg(test)]
pub(crate) mod sample;
mod sparse;
mod statistics;
mod supervision;
mod tally;
pub mod words;

pub use cases::{CaseReport, Repeats};
pub use checks::{CheckCounts, NotJudged};
pub use failures::FailureGroup;
pub use gate::Verdict;
pub use repeats::{Interval, Tries};
pub use statistics::{Counts, DurationsMs, Statistics};
pub use supervision::Supervision;

pub(crate) use statistics::milliseconds;
#[cfg(feature = "harness")]
pub(crate) use tally::Tally;
