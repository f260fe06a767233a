//! The command line: one file a command, one struct a group of options.

mod completions;
mod config;
mod conversation;
mod doctor;
mod environment;
mod experiment;
mod gate;
mod generate;
mod init;
mod list;
mod options;
mod output;
mod record;
mod root;
mod run;
mod selection;
mod settings;
mod show;
mod value;

pub(crate) use completions::CompletionsArguments;
pub(crate) use config::{
    ConfigArguments, ConfigSubject, SetArguments, ShowConfigArguments, ValidateArguments,
};
pub(crate) use doctor::DoctorArguments;
pub(crate) use environment::{Environment, UsageError};
pub(crate) use experiment::ExperimentArguments;
pub(crate) use generate::{GenerateArguments, GenerateInputsArguments, GenerateSubject};
pub(crate) use init::InitArguments;
pub(crate) use list::{
    AgentsArguments, CasesArguments, ChecksArguments, ListArguments, ListSubject,
};
pub(crate) use options::{Override, RunOptions};
pub(crate) use output::{MessageFormat, ShellArguments, ShellOptions};
pub(crate) use record::{EnableArguments, RecordArguments, RecordSubject};
pub(crate) use root::{Cli, Command};
pub(crate) use run::{RunArguments, RunSubject};
pub(crate) use selection::ProjectArguments;
pub(crate) use show::ShowArguments;

#[cfg(test)]
mod tests;
