//! What the end-to-end tests stand on: projects as a user would write them, and the command as a user would call it.

mod audit;
mod command;
mod experiment;
mod obedient;
mod project;
mod unruly;

pub use command::{Finished, command, workspace};
pub use experiment::Experiment;
pub use obedient::obedient;
pub use project::Project;
pub use unruly::{Home, list, unruly};
