use clap::{Args, Subcommand};

use super::{
    Environment, MessageFormat, Override, ProjectArguments, UsageError,
    options::Overrides,
    selection::{CaseArguments, IterationArguments, PersonaArguments, SeedArguments},
};
use crate::workspace::CargoOptions;

/// `cargo fluxloop list`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ListArguments {
    /// Absent: the agents.
    #[command(subcommand)]
    subject: Option<Subject>,
    #[command(flatten)]
    agents: AgentsArguments,
}

#[derive(Debug, Subcommand)]
enum Subject {
    /// List the cases that a run would have
    Cases(CasesArguments),
    /// List the registered checks, which configurations choose by name
    Checks(ChecksArguments),
}

/// What is listed, once the two forms of the command are one.
#[derive(Debug)]
pub(crate) enum ListSubject {
    /// Every registered agent, as `module.path:function`, with file and line.
    Agents(AgentsArguments),
    /// Every case, in the order a run has them.
    Cases(CasesArguments),
    /// Every registered check, with file and line.
    Checks(ChecksArguments),
}

impl ListArguments {
    /// What is listed.
    pub(crate) fn subject(self) -> ListSubject {
        match self.subject {
            None => ListSubject::Agents(self.agents),
            Some(Subject::Cases(cases)) => ListSubject::Cases(cases),
            Some(Subject::Checks(checks)) => ListSubject::Checks(checks),
        }
    }
}

/// Options of `cargo fluxloop list`.
#[derive(Debug, Args)]
pub(crate) struct AgentsArguments {
    /// Which project.
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// What to build, and how.
    #[command(flatten)]
    pub(crate) cargo: CargoOptions,
}

/// Options of `cargo fluxloop list checks`.
#[derive(Debug, Args)]
pub(crate) struct ChecksArguments {
    /// Which project.
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// What to build, and how.
    #[command(flatten)]
    pub(crate) cargo: CargoOptions,
    /// How they are printed: `human`, a line each, or `json`, an object a line with its `reason` [default: human]
    #[arg(
        long,
        value_name = "FORMAT",
        hide_possible_values = true,
        help_heading = "Output"
    )]
    message_format: Option<MessageFormat>,
}

impl ChecksArguments {
    /// How they are printed, after the environment (`FLUXLOOP_MESSAGE_FORMAT`).
    ///
    /// # Errors
    ///
    /// A variable that is no such value.
    pub(crate) fn message_format(
        &self,
        environment: &Environment,
    ) -> Result<MessageFormat, UsageError> {
        environment.choice("message-format", self.message_format)
    }
}

/// Options of `cargo fluxloop list cases`.
#[derive(Debug, Args)]
pub(crate) struct CasesArguments {
    /// Which project.
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    #[command(flatten)]
    iterations: IterationArguments,
    #[command(flatten)]
    cases: CaseArguments,
    #[command(flatten)]
    seed: SeedArguments,
    #[command(flatten)]
    personas: PersonaArguments,
    /// What to build, and how.
    #[command(flatten)]
    pub(crate) cargo: CargoOptions,
}

impl CasesArguments {
    /// What the command line says of configuration keys.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        let mut overrides = Overrides::default();
        self.iterations.push_to(&mut overrides);
        self.cases.push_to(&mut overrides);
        self.seed.push_to(&mut overrides);
        self.personas.push_to(&mut overrides);
        overrides.into_vec()
    }
}
