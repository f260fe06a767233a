use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::expect::{JudgedCheck, Judgement};

/// Different reasons that are told apart of a check; the rest is counted together.
const MOST_REASONS: usize = 20;
/// Bytes of a reason that are kept.
const MOST_BYTES: usize = 1024;
const OTHER_REASONS: &str = "(other reasons)";

/// What became of a check over all runs. Where a run is judged by two expectations of one key, both count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CheckCounts {
    /// It held.
    pub passed: u64,
    /// It did not.
    pub failed: u64,
    /// It could not be judged, which neither passes nor fails a run.
    pub not_judged: u64,
}

/// A check that could not be judged in some runs, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotJudged {
    /// The key under `expect`, or the name of a check that is written in Rust.
    pub check: String,
    /// In a sentence.
    pub reason: String,
    /// How often.
    pub count: u64,
}

/// The fold over the checks of all runs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Checks {
    counts: BTreeMap<String, CheckCounts>,
    /// By check.
    reasons: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Checks {
    pub(super) fn record(&mut self, judged: &[JudgedCheck]) {
        for check in judged {
            let counts = self.counts.entry(check.check.clone()).or_default();
            match check.result {
                Judgement::Passed => counts.passed += 1,
                Judgement::Failed => counts.failed += 1,
                Judgement::NotJudged => {
                    counts.not_judged += 1;
                    self.note(check);
                }
            }
        }
    }

    pub(super) fn counts(&self) -> &BTreeMap<String, CheckCounts> {
        &self.counts
    }

    /// By check, the most frequent reason first.
    pub(super) fn not_judged(&self) -> Vec<NotJudged> {
        let mut all = Vec::new();
        for (check, reasons) in &self.reasons {
            let mut of_check: Vec<_> = reasons
                .iter()
                .map(|(reason, count)| NotJudged {
                    check: check.clone(),
                    reason: reason.clone(),
                    count: *count,
                })
                .collect();
            of_check.sort_by_key(|one| std::cmp::Reverse(one.count));
            all.append(&mut of_check);
        }
        all
    }

    /// Bounded: a check that has another reason each time costs no more.
    fn note(&mut self, check: &JudgedCheck) {
        let reason = check.message.as_deref().unwrap_or_default();
        let reason = &reason[..reason.floor_char_boundary(MOST_BYTES)];
        let reasons = self.reasons.entry(check.check.clone()).or_default();
        let is_new = !reasons.contains_key(reason);
        let reason = if is_new && reasons.len() >= MOST_REASONS {
            OTHER_REASONS
        } else {
            reason
        };
        *reasons.entry(reason.to_owned()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_judgement_counts_and_reasons_are_bounded() {
        let mut checks = Checks::default();
        checks.record(&[
            JudgedCheck::passed("contains"),
            JudgedCheck::failed("contains", "no"),
        ]);
        for reason in ["b", "a", "b"] {
            checks.record(&[JudgedCheck::not_judged("max_tokens", reason)]);
        }
        for number in 0..1000 {
            checks.record(&[JudgedCheck::not_judged("polite", number.to_string())]);
        }
        let counts: Vec<_> = checks
            .counts()
            .iter()
            .map(|(name, counts)| {
                (
                    name.as_str(),
                    counts.passed,
                    counts.failed,
                    counts.not_judged,
                )
            })
            .collect();
        assert_eq!(
            counts,
            [
                ("contains", 1, 1, 0),
                ("max_tokens", 0, 0, 3),
                ("polite", 0, 0, 1000)
            ]
        );
        let why = checks.not_judged();
        assert_eq!((why[0].reason.as_str(), why[0].count), ("b", 2));
        assert_eq!((why[1].reason.as_str(), why[1].count), ("a", 1));
        assert_eq!((why[2].reason.as_str(), why[2].count), (OTHER_REASONS, 980));
        assert_eq!(why.len(), 2 + MOST_REASONS + 1);
    }
}
