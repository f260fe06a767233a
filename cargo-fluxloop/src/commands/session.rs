use std::fmt;

use fluxloop::{
    config::Config,
    host::{Logs, StartError, WorkerHost, WorkerOptions},
    plan::Plan,
    worker::protocol::AgentInfo,
};

use super::{Invocation, error::CommandError};
use crate::{
    build::{BuildCommand, CargoOutput, Launch, Worker},
    env,
    target::{Selection, TargetError, TargetSpec, Unit},
    terminal::Verbosity,
    worker_host,
    workspace::{Cargo, CargoOptions, Workspace},
};

/// The user's workspace, and how its agents are built and started.
pub(super) struct Workshop<'a> {
    pub(super) workspace: Workspace,
    config: &'a Config,
    output: CargoOutput,
    invocation: &'a Invocation,
}

impl<'a> Workshop<'a> {
    /// Asks cargo what there is.
    pub(super) fn open(
        config: &'a Config,
        options: CargoOptions,
        invocation: &'a Invocation,
    ) -> Result<Self, CommandError> {
        let cargo = Cargo {
            program: env::Environment::of_process().cargo_program(),
            directory: config.runner.working_directory.clone(),
            options,
        };
        let shell = &invocation.shell;
        let workspace = Workspace::load(cargo, &mut |line| shell.verbose(line.trim()))?;
        let output = CargoOutput {
            quiet: shell.verbosity() == Verbosity::Quiet,
            color: invocation.options.color.for_cargo(),
        };
        Ok(Self {
            workspace,
            config,
            output,
            invocation,
        })
    }

    /// Picks what to build.
    pub(super) fn select(&self, target: Option<&TargetSpec>) -> Result<Selection, CommandError> {
        Ok(self.workspace.select(target)?)
    }

    /// Builds a target: cargo's own output is shown as cargo shows it.
    pub(super) fn build(&self, unit: &Unit) -> Result<Worker, CommandError> {
        if let Ok(command) = BuildCommand::new(self.workspace.cargo(), unit, self.output) {
            self.invocation
                .shell
                .verbose(format_args!("Building with {command}"));
        }
        let launch = Launch {
            host: env::own_executable()
                .map_err(CommandError::system("cannot find this program's own file"))?,
            working_directory: self.config.runner.working_directory.clone(),
            environment: env::Environment::of_process(),
        };
        let mut worker = Worker::build(&self.workspace, unit, self.output, &launch)?;
        let variables = self.config.runner.environment.iter();
        worker
            .command
            .environment
            .extend(variables.map(|(name, value)| (name.into(), value.into())));
        Ok(worker)
    }

    /// Starts a worker.
    pub(super) async fn start(
        &self,
        worker: &Worker,
        unit: &Unit,
        logs: &Logs,
    ) -> Result<WorkerHost, CommandError> {
        let options = WorkerOptions {
            parallel: usize::try_from(self.config.parallel.get()).unwrap_or(usize::MAX),
            crash_rerun: self.config.runner.crash_rerun,
            logs: logs.clone(),
            observe: self.config.observe.options(&unit.own_crates()),
        };
        WorkerHost::start(worker.command.clone(), options)
            .await
            .map_err(|error| match &error {
                // The library holds no worker: nothing in it uses fluxloop.
                StartError::Ended { death, .. }
                    if death.exit_code == Some(worker_host::NO_WORKER_EXIT_CODE) =>
                {
                    TargetError::nothing_in(unit, &self.workspace).into()
                }
                _ => error.into(),
            })
    }
}

/// The agent as targets name it: `module.path:function`.
pub(super) fn target_of(agent: &AgentInfo) -> String {
    format!("{}:{}", agent.module_path.replace("::", "."), agent.name)
}

/// How many inputs that do not fit are named.
const MOST_NAMED: usize = 10;

/// Inputs that do not fit the agent's parameters.
#[derive(Debug)]
pub(super) struct Unfit {
    agent: String,
    total: usize,
    named: Vec<String>,
}

impl std::error::Error for Unfit {}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (inputs, verb) = if self.total == 1 {
            ("input does", "its type")
        } else {
            ("inputs do", "their types")
        };
        write!(
            f,
            "{} {inputs} not fit agent `{}` ({verb} said so):",
            self.total, self.agent
        )?;
        for line in &self.named {
            write!(f, "\n{line}")?;
        }
        match self.total - self.named.len() {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

/// Checks that every input fits the agent, before anything is called.
pub(super) async fn check_inputs(
    host: &WorkerHost,
    agent: &AgentInfo,
    plan: &Plan,
) -> Result<(), CommandError> {
    let answers = host
        .bind(
            &agent.id,
            plan.distinct_inputs().map(|input| &input.arguments),
        )
        .await
        .map_err(CommandError::system("the inputs could not be checked"))?;
    let mut unfit = Unfit {
        agent: target_of(agent),
        total: 0,
        named: Vec::new(),
    };
    let mut last = None;
    for (input, error) in plan.distinct_inputs().zip(answers) {
        let Some(error) = error else { continue };
        // With a template each persona has a text of its own, of one entry of the file.
        if last.replace(&input.id) == Some(&input.id) {
            continue;
        }
        unfit.total += 1;
        if unfit.named.len() < MOST_NAMED {
            let call = input.call.as_ref();
            let with = call.map_or_else(String::new, |call| format!(" with {}", call.place));
            unfit.named.push(format!(
                "{}{with}: input `{}`: {error}",
                input.place, input.id
            ));
        }
    }
    if unfit.total == 0 {
        Ok(())
    } else {
        Err(unfit.into())
    }
}
