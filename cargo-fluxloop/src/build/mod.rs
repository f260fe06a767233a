//! From a target to a worker that can be started: one call of cargo in the user's own workspace, nothing generated into it.

mod artifact;
mod command;
mod environment;
mod error;
mod toolchain;
mod worker;

pub(crate) use artifact::Artifact;
pub(crate) use command::{BuildCommand, CargoOutput};
pub(crate) use error::BuildError;
pub(crate) use worker::{Launch, Worker};

#[cfg(test)]
mod tests;
