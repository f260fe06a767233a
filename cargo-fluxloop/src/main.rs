//! `cargo fluxloop`: simulated users for the LLM agents in a workspace.
#![expect(dead_code, reason = "the commands that use these modules follow")]
#![expect(unused_imports, reason = "the commands that use these modules follow")]
mod cli;
mod terminal;

fn main() {}
