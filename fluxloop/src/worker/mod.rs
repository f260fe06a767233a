//! A worker: the process that holds the user's agents, and the protocol it speaks.

pub mod protocol;

/// The entry of a worker in a binary, example or test target.
pub fn test_entry() {}
