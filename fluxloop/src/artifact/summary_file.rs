use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ArtifactError, Operation,
    row::{UsageRow, rfc_3339},
};
use crate::{
    config::Gate,
    event::{FailureKind, Started},
    summary::{CheckCounts, Counts, DurationsMs, Repeats, Statistics, Supervision},
};

/// The version of all files of the directory together. The second number counts additions; the first one
/// changes when a program that knew the files before would misread them.
const FORMAT_VERSION: &str = "1.0";

/// The state of the repository that the experiment ran in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitState {
    /// The commit, in full.
    pub commit: String,
    /// Whether tracked files differ from it.
    pub dirty: bool,
}

/// How an experiment ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub at: Timestamp,
    /// The gate's verdict; none when the experiment did not come to its end, since it judges whole ones.
    pub passed: Option<bool>,
}

/// `summary.json`, and what stands in it from the first to the last version.
#[derive(Debug)]
pub(super) struct SummaryFile {
    pub directory: PathBuf,
    pub started: Started,
    pub config_snapshot: Value,
    pub gate: Gate,
    pub save_aggregated_metrics: bool,
    pub git: Option<GitState>,
    /// Whether several processes write the experiment.
    pub shared: bool,
}

impl SummaryFile {
    /// Puts the state of a running experiment into the file.
    pub(super) fn refresh(&self, statistics: &Statistics) -> Result<(), ArtifactError> {
        self.replace(&self.document(statistics, None), Durability::Process)
    }

    /// Puts the last state into the file.
    pub(super) fn finish(&self, statistics: &Statistics, end: End) -> Result<(), ArtifactError> {
        self.replace(&self.document(statistics, Some(end)), Durability::Power)
    }

    /// Puts a state into the file that is the last one if nobody comes after.
    #[cfg(feature = "harness")]
    pub(super) fn settle(&self, statistics: &Statistics, end: End) -> Result<(), ArtifactError> {
        self.replace(&self.document(statistics, Some(end)), Durability::Process)
    }

    fn document<'a>(&'a self, statistics: &'a Statistics, end: Option<End>) -> Document<'a> {
        let counts = statistics.counts();
        Document {
            format_version: FORMAT_VERSION,
            experiment_name: &self.started.experiment_name,
            status: match end {
                None => Status::Running,
                Some(End { passed: None, .. }) => Status::Interrupted,
                Some(End {
                    passed: Some(_), ..
                }) => Status::Completed,
            },
            shared: self.shared,
            total_traces: counts.total,
            successful: counts.successful,
            failed: counts.failed,
            success_rate: counts.success_rate,
            planned_traces: self.started.planned,
            avg_duration_ms: statistics.avg_duration_ms(),
            started_at: rfc_3339(self.started.at),
            completed_at: end.map(|end| rfc_3339(end.at)),
            gate: GateResult {
                passed: end.and_then(|end| end.passed),
                max_failures: self.gate.max_failures,
                min_success_rate: self.gate.min_success_rate,
                min_case_pass_rate: self.gate.min_case_pass_rate,
            },
            metrics: self.save_aggregated_metrics.then(|| Metrics {
                duration_ms: statistics.durations_ms(),
                failures_by_kind: statistics.failures_by_kind(),
                by_persona: statistics.by_persona(),
            }),
            checks: statistics.checks(),
            token_usage: UsageRow::of(statistics.usage()),
            cost: statistics.cost(),
            supervisor: statistics.supervision(),
            // Of use when all is over; a long list each second is not.
            repeats: end.and_then(|_| statistics.repeats()),
            target: &self.started.target,
            seed: self.started.seed,
            fluxloop_version: env!("CARGO_PKG_VERSION"),
            git: self.git.as_ref(),
            config_snapshot: &self.config_snapshot,
        }
    }

    /// Whoever reads the file meanwhile sees the old version or the new one, never a part.
    fn replace(
        &self,
        document: &Document<'_>,
        durability: Durability,
    ) -> Result<(), ArtifactError> {
        let path = self.directory.join("summary.json");
        // One writer in a directory of its own: a fixed name cannot collide, and a killed experiment
        // leaves one such file at most.
        let temporary = self.directory.join(".summary.json.new");
        write_new(&temporary, document, durability)
            .and_then(|()| fs::rename(&temporary, &path))
            .map_err(|error| {
                // On a full disk the half-written file takes up what others may need. It is the first
                // error that counts.
                let _ = fs::remove_file(&temporary);
                ArtifactError::new(Operation::Replace, path, error)
            })
    }
}

/// What the new contents have to outlive, once they are in place.
#[derive(Clone, Copy, Debug)]
enum Durability {
    /// The end of the process.
    Process,
    /// A power failure.
    Power,
}

fn write_new(path: &Path, document: &Document<'_>, durability: Durability) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(document)?;
    text.push(b'\n');
    let mut file = File::create(path)?;
    file.write_all(&text)?;
    match durability {
        Durability::Process => Ok(()),
        Durability::Power => file.sync_all(),
    }
}

/// The whole of `summary.json`.
#[derive(Debug, Serialize)]
struct Document<'a> {
    format_version: &'static str,
    experiment_name: &'a str,
    status: Status,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    shared: bool,
    total_traces: u64,
    successful: u64,
    failed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    success_rate: Option<f64>,
    planned_traces: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    avg_duration_ms: Option<f64>,
    started_at: String,
    completed_at: Option<String>,
    gate: GateResult,
    #[serde(flatten)]
    metrics: Option<Metrics<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    checks: &'a BTreeMap<String, CheckCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeats: Option<Repeats>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_usage: Option<UsageRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supervisor: Option<&'a Supervision>,
    target: &'a str,
    seed: u64,
    fluxloop_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    git: Option<&'a GitState>,
    config_snapshot: &'a Value,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Running,
    Completed,
    Interrupted,
}

#[derive(Debug, Serialize)]
struct GateResult {
    passed: Option<bool>,
    max_failures: u64,
    min_success_rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_case_pass_rate: Option<f64>,
}

/// What `save_aggregated_metrics: false` leaves out.
#[derive(Debug, Serialize)]
struct Metrics<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<DurationsMs>,
    failures_by_kind: &'a BTreeMap<FailureKind, u64>,
    by_persona: &'a BTreeMap<String, Counts>,
}
