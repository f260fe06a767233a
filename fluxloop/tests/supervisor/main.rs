//! Supervisors that ask a model, against a real HTTP server on loopback.
#![expect(
    clippy::unwrap_used,
    reason = "what tests stand on may fail as tests do"
)]
#![cfg(feature = "llm")]

mod cassette;
mod conversation;
mod failures;
mod generation;
mod limits;
mod replies;
mod requests;
mod server;
