//! What the end-to-end tests stand on: projects as a user would write them, and the command as a user would call it.

mod audit;
pub mod collector;
mod command;
mod experiment;
mod faulty;
mod obedient;
mod project;
pub mod provider;
mod recorded;
#[cfg(unix)]
mod running;
#[cfg(unix)]
mod terminal;
mod tool;
mod unruly;

pub use command::{Finished, command, workspace};
pub use experiment::Experiment;
pub use faulty::faulty;
pub use obedient::obedient;
pub use project::Project;
pub use recorded::{Service, recorded};
#[cfg(unix)]
pub use running::{Running, is_there, processes, wait_until};
#[cfg(unix)]
pub use terminal::Terminal;
pub use tool::has_cargo;
pub use unruly::{Home, list, unruly};
