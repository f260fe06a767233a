//! The commands: one file each. Every way to an exit code leads through [`CommandError`] or [`exit`].

mod agents;
mod cases;
mod checks;
mod completions;
mod config;
mod doctor;
mod error;
mod exit;
mod experiment;
mod generate;
mod init;
mod inspection;
mod plan;
mod record;
mod replayed;
mod report;
mod session;
mod show;

use std::{ffi::OsString, path::Path, process::ExitCode};

use crate::{
    cli::{
        Cli, Command, Environment, GenerateSubject, ListSubject, RecordSubject, RunSubject,
        ShellOptions,
    },
    env,
    terminal::{Color, Shell, Verbosity},
    worker_host,
};
use error::CommandError;

/// What every command is given.
struct Invocation {
    shell: Shell,
    options: ShellOptions,
    variables: Environment,
}

/// The program.
pub(crate) fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::arguments();
    if let [_, host, library, symbol] = arguments.as_slice()
        && host == worker_host::ARGUMENT
    {
        return host_library(Path::new(library), symbol);
    }
    let cli = match Cli::parse_arguments(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help, the version, or what is wrong with the command line. A reader that has gone wants none of it.
            let _ = error.print();
            return exit::code(error.exit_code());
        }
    };
    let variables: Environment = env::variables().into_iter().collect();
    let options = cli.shell.resolve(&variables);
    let shown = options.as_ref().copied().unwrap_or_default();
    let shell = Shell::stderr(shown.verbosity, shown.color, |name| variables.get(name));
    let invocation = Invocation {
        shell,
        options: shown,
        variables,
    };
    let result = options
        .map_err(CommandError::from)
        .and_then(|_| dispatch(cli.command, &invocation));
    match result {
        Ok(code) => exit::code(code),
        Err(error) => {
            error.show(&invocation.shell);
            exit::code(error.exit_code())
        }
    }
}

fn dispatch(command: Command, invocation: &Invocation) -> Result<i32, CommandError> {
    match command {
        Command::Init(arguments) => init::execute(&arguments, invocation),
        Command::Run(run) => match run.subject {
            RunSubject::Experiment(arguments) => experiment::execute(*arguments, invocation),
        },
        Command::List(list) => match list.subject() {
            ListSubject::Agents(arguments) => agents::execute(arguments, invocation),
            ListSubject::Cases(arguments) => cases::execute(arguments, invocation),
            ListSubject::Checks(arguments) => checks::execute(arguments, invocation),
        },
        Command::Show(arguments) => show::execute(&arguments, invocation),
        Command::Generate(generate) => match generate.subject {
            GenerateSubject::Inputs(arguments) => generate::execute(&arguments, invocation),
        },
        Command::Record(record) => match record.subject {
            RecordSubject::Enable(arguments) => record::enable(&arguments, invocation),
            RecordSubject::Disable(project) => record::disable(&project, invocation),
            RecordSubject::Status(project) => record::status(&project, invocation),
        },
        Command::Config(config) => config::execute(&config.subject, invocation),
        Command::Doctor(arguments) => doctor::execute(&arguments, invocation),
        Command::Completions(arguments) => completions::execute(&arguments),
    }
}

/// This process is the worker of a library: `cargo fluxloop` has started itself so.
fn host_library(library: &Path, symbol: &std::ffi::OsStr) -> ExitCode {
    match worker_host::run(library, symbol) {
        Ok(code) => exit::code(code),
        Err(error) => {
            Shell::stderr(Verbosity::default(), Color::default(), |_| None).error(&error, None);
            exit::code(error.exit_code())
        }
    }
}
