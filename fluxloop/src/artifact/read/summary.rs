use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    RecordedUsage,
    lenient::{lenient, moment, text},
};
use crate::summary::{CheckCounts, Counts, DurationsMs};

/// How an experiment stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExperimentStatus {
    /// It has not said that it ended: it goes on, or it was killed.
    Running,
    /// It came to its end.
    Completed,
    /// It was cut short.
    Interrupted,
    /// One that this version does not know, or none.
    #[default]
    Unknown,
}

/// What the gate asked for, and whether it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct RecordedGate {
    /// Absent while running and when interrupted.
    #[serde(default, deserialize_with = "lenient")]
    pub passed: Option<bool>,
    /// Failed runs that it accepts.
    #[serde(default, deserialize_with = "lenient")]
    pub max_failures: u64,
    /// The least success rate, 0 to 1, where one is asked for.
    #[serde(default, deserialize_with = "lenient")]
    pub min_success_rate: Option<f64>,
}

/// `summary.json`: how an experiment stands as a whole.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct RecordedSummary {
    /// `major.minor`; empty where the file has none.
    #[serde(default, deserialize_with = "text")]
    pub format_version: String,
    /// Its name.
    #[serde(default, deserialize_with = "text")]
    pub experiment_name: String,
    /// How it stands.
    #[serde(default, deserialize_with = "lenient")]
    pub status: ExperimentStatus,
    /// Whether several processes write it, as under `cargo nextest`: a case that was tried again has rows of each attempt.
    #[serde(default, deserialize_with = "lenient")]
    pub shared: bool,
    /// Runs that ended. While `running`, the rows may tell of more.
    #[serde(default, deserialize_with = "lenient")]
    pub total_traces: u64,
    /// Those that succeeded.
    #[serde(default, deserialize_with = "lenient")]
    pub successful: u64,
    /// Those that failed.
    #[serde(default, deserialize_with = "lenient")]
    pub failed: u64,
    /// 0 to 1; absent before the first run ended.
    #[serde(default, deserialize_with = "lenient")]
    pub success_rate: Option<f64>,
    /// Runs that were planned.
    #[serde(default, deserialize_with = "lenient")]
    pub planned_traces: u64,
    /// The mean in milliseconds; absent before the first run ended.
    #[serde(default, deserialize_with = "lenient")]
    pub avg_duration_ms: Option<f64>,
    /// Percentiles; absent before the first run ended, and without aggregated metrics.
    #[serde(default, deserialize_with = "lenient")]
    pub duration_ms: Option<DurationsMs>,
    /// When it began.
    #[serde(default, deserialize_with = "moment")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, deserialize_with = "moment")]
    pub completed_at: Option<Timestamp>,
    /// The gate.
    #[serde(default, deserialize_with = "lenient")]
    pub gate: RecordedGate,
    /// Failed runs by the kind of their error.
    #[serde(default, deserialize_with = "lenient")]
    pub failures_by_kind: BTreeMap<String, u64>,
    /// Runs by the name of their persona.
    #[serde(default, deserialize_with = "lenient")]
    pub by_persona: BTreeMap<String, Counts>,
    /// What became of checks over all runs, by name.
    #[serde(default, deserialize_with = "lenient")]
    pub checks: BTreeMap<String, CheckCounts>,
    /// Tokens that the agent's models used, where they are known.
    #[serde(default, deserialize_with = "lenient")]
    pub token_usage: Option<RecordedUsage>,
    /// What these tokens cost, in the currency of the configured prices.
    #[serde(default, deserialize_with = "lenient")]
    pub cost: Option<f64>,
    /// The agent, as `module.path:function`.
    #[serde(default, deserialize_with = "text")]
    pub target: String,
    /// The seed of all random choices.
    #[serde(default, deserialize_with = "lenient")]
    pub seed: Option<u64>,
    /// What wrote it.
    #[serde(default, deserialize_with = "text")]
    pub fluxloop_version: String,
}

impl RecordedSummary {
    /// The runs that it counts. Those of a `running` experiment may be fewer than its rows.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            total: self.total_traces,
            successful: self.successful,
            failed: self.failed,
            success_rate: self.success_rate,
        }
    }
}
