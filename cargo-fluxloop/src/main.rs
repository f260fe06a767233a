//! `cargo fluxloop`.
#![expect(
    dead_code,
    reason = "what the commands are made of; the commands follow"
)]

mod build;
mod cli;
mod env;
mod target;
mod terminal;
mod worker_host;
mod workspace;

fn main() {}
