use clap::Args;

use super::{
    conversation::ConversationArguments,
    gate::GateArguments,
    options::Overrides,
    output::ResultArguments,
    selection::{CaseArguments, IterationArguments, PersonaArguments, SeedArguments},
    value::{at_least_one, seconds},
};

/// Every option that overrides a key of the configuration.
#[derive(Debug, Args)]
pub(super) struct SettingArguments {
    #[command(flatten)]
    iterations: IterationArguments,
    #[command(flatten)]
    cases: CaseArguments,
    #[command(flatten)]
    seed: SeedArguments,
    #[command(flatten)]
    pace: PaceArguments,
    #[command(flatten)]
    personas: PersonaArguments,
    #[command(flatten)]
    conversation: ConversationArguments,
    #[command(flatten)]
    gate: GateArguments,
    #[command(flatten)]
    results: ResultArguments,
}

/// How the runs are carried out.
#[derive(Debug, Args)]
#[command(next_help_heading = "Experiment")]
struct PaceArguments {
    /// Runs in flight at once [default: from config, else 1]
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    parallel: Option<u32>,
    /// Seconds that a run may take [default: from config, else 120]
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    timeout: Option<f64>,
    /// Retries of transient failures [default: from config, else 3]
    #[arg(long, value_name = "N")]
    retries: Option<u32>,
}

impl SettingArguments {
    pub(super) fn push_to(&self, overrides: &mut Overrides) {
        self.iterations.push_to(overrides);
        self.cases.push_to(overrides);
        self.seed.push_to(overrides);
        self.pace.push_to(overrides);
        self.personas.push_to(overrides);
        self.conversation.push_to(overrides);
        self.gate.push_to(overrides);
        self.results.push_to(overrides);
    }
}

impl PaceArguments {
    fn push_to(&self, overrides: &mut Overrides) {
        overrides.push("parallel_runs", "--parallel", self.parallel);
        overrides.push("runner.timeout_seconds", "--timeout", self.timeout);
        overrides.push("runner.max_retries", "--retries", self.retries);
    }
}
