use std::{collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use super::{
    CheckCounts, NotJudged, Repeats, Supervision,
    cases::CaseTries,
    checks::Checks,
    failures::{FailureGroup, FailureGroups},
    tally::Tally,
};
use crate::{
    config::Gate,
    event::{FailureKind, Run},
    worker::protocol::Usage,
};

/// Runs by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Finished runs.
    pub total: u64,
    /// Those that succeeded.
    pub successful: u64,
    /// Those that failed.
    pub failed: u64,
    /// `successful / total`, 0 to 1; absent over nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success_rate: Option<f64>,
}

impl Counts {
    pub(super) fn record(&mut self, success: bool) {
        self.total += 1;
        if success {
            self.successful += 1;
        } else {
            self.failed += 1;
        }
        self.success_rate = Some(ratio(self.successful, self.total));
    }
}

/// A division of counts. Counts beyond 2^53 are out of reach.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// Durations of runs in milliseconds, with at most three decimals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DurationsMs {
    /// The shortest.
    pub min: f64,
    /// Half of the runs took no longer; within 0.1 %.
    pub p50: f64,
    /// 95 % of the runs took no longer; within 0.1 %.
    pub p95: f64,
    /// The longest.
    pub max: f64,
}

/// The longest duration in nanoseconds that percentiles tell from longer ones: 292 years.
const LONGEST: u64 = i64::MAX as u64;

/// The fold over finished runs. It takes half a megabyte, however many there are. Written down, it can be gone on with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Statistics {
    counts: Counts,
    by_persona: BTreeMap<String, Counts>,
    by_kind: BTreeMap<FailureKind, u64>,
    groups: FailureGroups,
    /// Where tries of one case are told from those of another.
    cases: Option<CaseTries>,
    checks: Checks,
    supervision: Option<Supervision>,
    #[serde(with = "super::sparse")]
    durations: Histogram<u64>,
    shortest: Duration,
    longest: Duration,
    sum: Duration,
    usage: Option<Usage>,
    cost: Option<f64>,
    /// Runs that used tokens, and nobody knows at what price.
    unpriced: u64,
}

impl Default for Statistics {
    fn default() -> Self {
        Self::new()
    }
}

impl Statistics {
    /// Nothing has run yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            counts: Counts::default(),
            by_persona: BTreeMap::new(),
            by_kind: BTreeMap::new(),
            groups: FailureGroups::default(),
            cases: None,
            checks: Checks::default(),
            supervision: None,
            durations: durations(),
            shortest: Duration::MAX,
            longest: Duration::ZERO,
            sum: Duration::ZERO,
            usage: None,
            cost: None,
            unpriced: 0,
        }
    }

    /// Nothing has run yet; tries of one case will be told from those of another, in some 24 bytes a case.
    #[must_use]
    pub fn of_cases() -> Self {
        Self {
            cases: Some(CaseTries::default()),
            ..Self::new()
        }
    }

    /// Nothing has run yet of an experiment with so many tries of each case. Cases are told apart where they are tried more
    /// than once, or judged one by one.
    #[must_use]
    pub fn of(iterations: u32, gate: &Gate) -> Self {
        if iterations > 1 || gate.min_case_pass_rate.is_some() {
            Self::of_cases()
        } else {
            Self::new()
        }
    }

    /// What repeated tries of the cases say; absent over nothing, and where cases are not told apart.
    #[must_use]
    pub fn repeats(&self) -> Option<Repeats> {
        self.cases.as_ref()?.report()
    }

    /// The lowest pass rate of any case, 0 to 1; absent over nothing, and where cases are not told apart.
    #[must_use]
    pub fn worst_case_pass_rate(&self) -> Option<f64> {
        self.cases.as_ref()?.worst()
    }

    /// The tokens that the agent's generations used; absent where there were none. What none of them told is unknown.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        self.usage
    }

    /// What they cost; absent where nothing has a price, or a run used tokens that have none.
    #[must_use]
    pub fn cost(&self) -> Option<f64> {
        self.cost.filter(|_| self.unpriced == 0)
    }

    /// Takes one finished run in.
    pub fn record(&mut self, run: &Run) {
        self.count(&Tally::from(run));
    }

    /// Takes in what a finished run counts for.
    pub(crate) fn count(&mut self, run: &Tally<'_>) {
        let success = run.failed.is_none();
        self.counts.record(success);
        if let Some(persona) = run.persona.as_deref() {
            match self.by_persona.get_mut(persona) {
                Some(counts) => counts.record(success),
                None => self
                    .by_persona
                    .entry(persona.to_owned())
                    .or_default()
                    .record(success),
            }
        }
        if let Some(kind) = run.failed {
            *self.by_kind.entry(kind).or_default() += 1;
            self.groups.record(kind, &run.message, &run.case);
        }
        self.checks.record(&run.checks);
        if let Some(cases) = &mut self.cases {
            cases.record(run);
        }
        if let Some(supervised) = &run.supervised {
            self.supervision
                .get_or_insert_with(|| Supervision::of(supervised))
                .record(supervised);
        }
        self.durations
            .saturating_record(u64::try_from(run.duration.as_nanos()).unwrap_or(u64::MAX));
        self.shortest = self.shortest.min(run.duration);
        self.longest = self.longest.max(run.duration);
        self.sum = self.sum.saturating_add(run.duration);
        if let Some(usage) = run.usage {
            *self.usage.get_or_insert_default() += usage;
        }
        match run.cost {
            Some(cost) => *self.cost.get_or_insert_default() += cost,
            None if run.usage.is_some() => self.unpriced += 1,
            None => {}
        }
    }

    /// All runs.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Runs by persona name; runs without a persona are in none.
    #[must_use]
    pub fn by_persona(&self) -> &BTreeMap<String, Counts> {
        &self.by_persona
    }

    /// Failed runs by kind.
    #[must_use]
    pub fn failures_by_kind(&self) -> &BTreeMap<FailureKind, u64> {
        &self.by_kind
    }

    /// Failures with the same kind and message together, the most frequent first.
    #[must_use]
    pub fn failure_groups(&self) -> Vec<FailureGroup> {
        self.groups.sorted()
    }

    /// What became of checks over all runs, by name; nothing where nothing was expected.
    #[must_use]
    pub fn checks(&self) -> &BTreeMap<String, CheckCounts> {
        self.checks.counts()
    }

    /// The checks that could not be judged, and why: by check, the most frequent reason first.
    #[must_use]
    pub fn not_judged(&self) -> Vec<NotJudged> {
        self.checks.not_judged()
    }

    /// What the supervisor did in the conversations; nothing where there were none.
    #[must_use]
    pub fn supervision(&self) -> Option<&Supervision> {
        self.supervision.as_ref()
    }

    /// The mean duration in milliseconds, with at most three decimals; absent over nothing.
    #[must_use]
    pub fn avg_duration_ms(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
        let total = self.counts.total as f64;
        (self.counts.total > 0).then(|| (self.sum.as_secs_f64() * 1e6 / total).round() / 1e3)
    }

    /// The spread of durations; absent over nothing.
    #[must_use]
    pub fn durations_ms(&self) -> Option<DurationsMs> {
        (self.counts.total > 0).then(|| DurationsMs {
            min: milliseconds(self.shortest),
            p50: self.percentile(50.0),
            p95: self.percentile(95.0),
            max: milliseconds(self.longest),
        })
    }

    /// A percentile, kept between the shortest and the longest, which are exact.
    fn percentile(&self, percent: f64) -> f64 {
        let nanos = self.durations.value_at_percentile(percent);
        milliseconds(Duration::from_nanos(nanos).clamp(self.shortest, self.longest))
    }
}

/// No duration yet.
pub(super) fn durations() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST, 3)
        .expect("these bounds are valid, with three significant digits")
}

/// A duration as files and messages show it: milliseconds, rounded to microseconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "microseconds stay below 2^53 for 285 years"
)]
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    // Not `as_nanos`: the division of its 128 bits would be the dearest part of a row.
    let micros = duration
        .as_secs()
        .saturating_mul(1_000_000)
        .saturating_add(u64::from((duration.subsec_nanos() + 500) / 1000));
    micros as f64 / 1e3
}

#[cfg(test)]
mod tests;
