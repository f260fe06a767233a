use fluxloop::{
    config::Config,
    host::{Logs, StartError, WorkerHost},
    setup::worker_options,
    target::TargetSpec,
    worker::protocol::{AgentInfo, CheckInfo},
};

use super::{Invocation, error::CommandError};
use crate::{
    build::{BuildCommand, CargoOutput, Launch, Worker},
    env,
    target::{Selection, TargetError, Unit},
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

/// What a worker says that it holds.
pub(super) struct Registered {
    pub(super) agents: Vec<AgentInfo>,
    pub(super) checks: Vec<CheckInfo>,
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

    /// What a worker holds. It is started for that alone.
    pub(super) async fn registered(
        &self,
        worker: &Worker,
        unit: &Unit,
    ) -> Result<Registered, CommandError> {
        let logs = Logs::new(self.config.secrets.clone());
        let host = self.start(worker, unit, &logs).await?;
        let registered = Registered {
            agents: host.agents().to_vec(),
            checks: host.checks().to_vec(),
        };
        host.shut_down().await;
        Ok(registered)
    }

    /// Starts a worker.
    pub(super) async fn start(
        &self,
        worker: &Worker,
        unit: &Unit,
        logs: &Logs,
    ) -> Result<WorkerHost, CommandError> {
        let options = worker_options(self.config, &unit.own_crates(), logs);
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
