//! Inputs that a model writes: one request for all variations of a base input, persona and strategy.
//!
//! The model is asked as supervisors are, with the same retries and the same limits, and what it says can be recorded.
//! A request that fails costs its own inputs only.

mod prompt;
mod reply;
mod work;
mod writer;

pub use work::{Failure, Written, write_inputs};
pub use writer::InputWriter;

#[cfg(test)]
mod tests;
