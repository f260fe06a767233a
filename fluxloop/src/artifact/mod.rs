//! The experiment directory: what an experiment leaves on disk. `FORMAT.md` beside this file describes the
//! files for the programs that read them.
//!
//! [`ExperimentDirectory`] makes the folder, and [`Artifacts`] fills it from the events of the experiment.
//! A row is on disk when its run ends; nothing keeps rows in memory. [`read`] reads it all back.

mod directory;
mod error;
mod git;
mod observation;
pub mod read;
mod row;
mod row_file;
mod run_lines;
#[cfg(feature = "harness")]
mod shared;
mod summary_file;
mod writer;

pub use directory::ExperimentDirectory;
pub use error::{ArtifactError, Operation};
pub use git::GitQuestion;
pub use row::SummaryRow;
#[cfg(feature = "harness")]
pub use shared::SharedExperiment;
pub use summary_file::GitState;
pub use writer::{ArtifactInput, Artifacts};
