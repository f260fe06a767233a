//! Supervisors that ask a model, against a real HTTP server on loopback.
#![cfg(feature = "llm")]

mod conversation;
mod failures;
mod limits;
mod replies;
mod requests;
mod server;
