use std::io;

use clap::{Args, CommandFactory as _};
use clap_complete::{Generator as _, Shell};

use super::Cli;

/// `cargo fluxloop completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell that will read them
    pub(crate) shell: Shell,
}

impl CompletionsArguments {
    /// The script for the shell. It completes `cargo-fluxloop …`: shells leave `cargo …` to cargo's own.
    ///
    /// # Errors
    ///
    /// Never in practice: the script is written to memory.
    pub(crate) fn script(&self) -> io::Result<Vec<u8>> {
        let mut command = Cli::command().bin_name("cargo-fluxloop");
        command.set_bin_name("cargo-fluxloop");
        command.build();
        let mut script = Vec::new();
        self.shell.try_generate(&command, &mut script)?;
        Ok(script)
    }
}
