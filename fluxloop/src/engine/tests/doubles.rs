//! A scripted host, a manual clock, and consumers that remember.

mod consumer;
mod scripted;
mod setup;

pub(super) use consumer::{Broken, Listener, Recorder};
pub(super) use scripted::{QUICK, Scripted, Step};
pub(super) use setup::Setup;
