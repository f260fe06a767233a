use std::fmt;

use fluxloop::{
    config::Config,
    expect::ChosenCheck,
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

/// Checks that are chosen and that nobody has registered.
#[derive(Debug)]
pub(super) struct UnknownCheck {
    chosen: ChosenCheck,
    /// What is registered.
    known: Vec<String>,
}

impl std::error::Error for UnknownCheck {}

impl fmt::Display for UnknownCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ChosenCheck { name, place, .. } = &self.chosen;
        if !place.is_empty() {
            write!(f, "{place}: ")?;
        }
        write!(
            f,
            "`checks`: no check `{name}` is registered with the agents"
        )
    }
}

impl UnknownCheck {
    /// What to do about it.
    pub(super) fn hint(&self) -> String {
        if self.known.is_empty() {
            return format!(
                "write it beside the agent: `#[fluxloop::check] fn {}(run: &fluxloop::RunView) -> bool {{ … }}`; \
                 a crate that is only in Cargo.toml is linked once something names it",
                self.chosen.name
            );
        }
        let similarity = |name: &&String| strsim::jaro_winkler(&self.chosen.name, name);
        let nearest = self
            .known
            .iter()
            .max_by(|one, other| similarity(one).total_cmp(&similarity(other)))
            .filter(|name| similarity(name) > 0.8);
        let known = format!("these are registered: {}", self.known.join(", "));
        match nearest {
            Some(name) => format!("did you mean `{name}`? {known}"),
            None => known,
        }
    }
}

/// Makes sure that every check that was chosen is there, before anything is called.
pub(super) fn find_checks(host: &WorkerHost, plan: &Plan) -> Result<(), CommandError> {
    let is_known = |chosen: &&&ChosenCheck| host.checks().iter().any(|it| it.name == chosen.name);
    match plan.checks().iter().find(|chosen| !is_known(chosen)) {
        None => Ok(()),
        Some(chosen) => Err(UnknownCheck {
            chosen: (*chosen).clone(),
            known: host.checks().iter().map(|it| it.name.clone()).collect(),
        }
        .into()),
    }
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
            unfit
                .named
                .push(format!("{}: input `{}`: {error}", input.place, input.id));
        }
    }
    if unfit.total == 0 {
        Ok(())
    } else {
        Err(unfit.into())
    }
}
