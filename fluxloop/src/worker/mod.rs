//! A worker: the process that holds the user's agents, and the protocol it speaks.

pub mod protocol;
