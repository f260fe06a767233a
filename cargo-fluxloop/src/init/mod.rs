//! `cargo fluxloop init`: what an existing crate lacks to be simulated and tested.
//!
//! [`Project::prepare`] reads, and decides on [`Change`]s; nothing is written before [`Project::apply`].

mod agent;
mod change;
mod error;
mod manifest;
mod project;
mod sample;
mod text;

pub(crate) use change::{Change, Effect};
pub(crate) use error::InitError;
pub(crate) use project::{Project, Wishes};
