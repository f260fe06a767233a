//! Reading an experiment directory back: typed, row by row, and tolerant of what later versions add.
//!
//! [`RecordedExperiment`] opens a directory. Its rows are streamed, so that memory does not grow with their number:
//!
//! ```no_run
//! use fluxloop::artifact::read::{ReadError, RecordedExperiment};
//!
//! # fn main() -> Result<(), ReadError> {
//! let experiment = RecordedExperiment::open("experiments/exp_20241101_143022")?;
//! for run in experiment.runs()? {
//!     let run = run?;
//!     if let Some(error) = &run.error {
//!         println!("{}: {}", run.case, error.message);
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What is read stands in `FORMAT.md`. Fields, kinds and files that this version does not know are passed over. A field
//! whose value is not of the type that it has today counts as absent. A last line without a line break is torn and
//! ignored; any other line that holds no row is left out and [counted](Rows::damaged). Of a case that `cargo nextest` has
//! tried again, the last attempt is read, and no other. A directory of a newer major
//! version is refused.

mod attempts;
mod error;
mod experiment;
mod index;
mod lenient;
mod newest;
mod observation;
mod rows;
mod run;
mod summary;
mod tree;

pub use error::ReadError;
pub use experiment::RecordedExperiment;
pub use index::ObservationIndex;
pub use newest::newest;
pub use observation::{ObservationRow, ObservationType};
pub use rows::Rows;
pub use run::{
    RecordedCheck, RecordedFailure, RecordedRun, RecordedSupervisor, RecordedUsage, Said,
};
pub use summary::{ExperimentStatus, RecordedGate, RecordedSummary};
pub use tree::{Observation, ObservationTree, Visit};

pub use crate::{event::ObservationKind, worker::protocol::Level};

#[cfg(test)]
mod tests;
