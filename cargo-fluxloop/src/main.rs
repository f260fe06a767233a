//! `cargo fluxloop`: simulated users for the LLM agents in a workspace.
#![expect(
    unused_imports,
    reason = "the command that uses these modules is not written yet"
)]
#![cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "the command that uses these modules is not written yet"
    )
)]

mod build;
mod env;
mod target;
mod worker_host;
mod workspace;

fn main() {}
