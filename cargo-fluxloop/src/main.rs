//! `cargo fluxloop`: simulated users for the LLM agents in a workspace.

mod build;
mod cli;
mod commands;
mod env;
mod github;
mod init;
mod target;
mod terminal;
mod worker_host;
mod workspace;

fn main() -> std::process::ExitCode {
    commands::main()
}
