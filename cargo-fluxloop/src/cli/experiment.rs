use clap::Args;

use super::{
    ProjectArguments,
    conversation::ConversationArguments,
    gate::GateArguments,
    options::Overrides,
    output::OutputArguments,
    selection::{CaseArguments, IterationArguments, PersonaArguments, SeedArguments},
    value::{at_least_one, seconds},
};
use crate::workspace::CargoOptions;

const VARIABLES: &str = "\
Each of these options, cargo's own excepted, has an environment variable:
FLUXLOOP_MAX_TURNS=5 stands for `--max-turns 5`, FLUXLOOP_YES=true for `--yes`,
FLUXLOOP_MULTI_TURN=false for `--no-multi-turn`. The command line wins over the
environment, the environment over the configuration.

Exit codes: 0 passed, 2 wrong command line, 4 nothing to run, 96 wrong setup,
100 the gate does not hold, 101 the build failed, 110 results could not be
written, 130 interrupted.";

/// `cargo fluxloop run experiment`.
#[derive(Debug, Args)]
#[command(after_long_help = VARIABLES)]
pub(crate) struct ExperimentArguments {
    #[command(flatten)]
    pub(super) project: ProjectArguments,
    #[command(flatten)]
    iterations: IterationArguments,
    #[command(flatten)]
    cases: CaseArguments,
    #[command(flatten)]
    seed: SeedArguments,
    #[command(flatten)]
    pub(super) execution: ExecutionArguments,
    #[command(flatten)]
    personas: PersonaArguments,
    #[command(flatten)]
    conversation: ConversationArguments,
    #[command(flatten)]
    pub(super) gate: GateArguments,
    #[command(flatten)]
    pub(super) output: OutputArguments,
    #[command(flatten)]
    pub(super) cargo: CargoOptions,
}

/// How the runs are carried out.
#[derive(Debug, Args)]
#[command(next_help_heading = "Experiment")]
pub(super) struct ExecutionArguments {
    /// Runs in flight at once [default: from config, else 1]
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    parallel: Option<u32>,
    /// Seconds that a run may take [default: from config, else 120]
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    timeout: Option<f64>,
    /// Retries of transient failures [default: from config, else 3]
    #[arg(long, value_name = "N")]
    retries: Option<u32>,
    /// Show what would be run, and run nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Skip confirmation prompt (for CI/automation)
    #[arg(short, long)]
    pub(super) yes: bool,
}

impl ExperimentArguments {
    pub(super) fn push_to(&self, overrides: &mut Overrides) {
        self.iterations.push_to(overrides);
        self.cases.push_to(overrides);
        self.seed.push_to(overrides);
        self.execution.push_to(overrides);
        self.personas.push_to(overrides);
        self.conversation.push_to(overrides);
        self.gate.push_to(overrides);
        self.output.push_to(overrides);
    }
}

impl ExecutionArguments {
    fn push_to(&self, overrides: &mut Overrides) {
        overrides.push("parallel_runs", "--parallel", self.parallel);
        overrides.push("runner.timeout_seconds", "--timeout", self.timeout);
        overrides.push("runner.max_retries", "--retries", self.retries);
    }
}
