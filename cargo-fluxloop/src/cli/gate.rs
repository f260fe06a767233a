use clap::Args;

use super::{
    options::{Overrides, Switch},
    value::fraction,
};

/// When the experiment counts as passed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Gate")]
pub(super) struct GateArguments {
    /// Failed runs that are accepted [default: from config, else 0]
    #[arg(long, value_name = "N")]
    max_failures: Option<u64>,
    /// Least rate of successful runs, 0 to 1 [default: from config]
    #[arg(long, value_name = "R", value_parser = fraction)]
    min_success_rate: Option<f64>,
    /// Stop starting runs once the gate cannot hold
    #[arg(long)]
    fail_fast: bool,
}

/// What becomes of the gate's verdict.
#[derive(Debug, Args)]
#[command(next_help_heading = "Gate")]
pub(super) struct VerdictArguments {
    /// Exit 0 however many runs fail
    #[arg(long)]
    pub(super) no_fail: bool,
}

impl GateArguments {
    pub(super) fn push_to(&self, overrides: &mut Overrides) {
        overrides.push("gate.max_failures", "--max-failures", self.max_failures);
        overrides.push(
            "gate.min_success_rate",
            "--min-success-rate",
            self.min_success_rate,
        );
        overrides.push_switch(
            "fail_fast",
            &[Switch {
                flag: "--fail-fast",
                given: self.fail_fast,
                value: true,
            }],
        );
    }
}
