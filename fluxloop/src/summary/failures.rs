use std::collections::HashMap;

use crate::event::{Failure, FailureKind};

/// Kinds of messages that are told apart; the rest is counted under one group a kind.
const MOST_GROUPS: usize = 200;
/// Case names that a group remembers.
const MOST_CASES: usize = 20;

/// Failures with the same kind and message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailureGroup {
    /// Their kind.
    pub kind: FailureKind,
    /// Their message, or what stands for the messages beyond the first 200 different ones.
    pub message: String,
    /// How many there are.
    pub count: u64,
    /// The first of the cases, in the order they failed.
    pub cases: Vec<String>,
}

/// Bounded: an agent that fails a million times with a million messages costs no million strings.
#[derive(Clone, Debug, Default)]
pub(super) struct FailureGroups {
    groups: HashMap<(FailureKind, String), (u64, Vec<String>)>,
}

impl FailureGroups {
    pub(super) fn record(&mut self, failure: &Failure, case: &str) {
        let mut key = (failure.kind, failure.message.clone());
        if self.groups.len() >= MOST_GROUPS && !self.groups.contains_key(&key) {
            key.1 = "(other messages)".to_owned();
        }
        let (count, cases) = self.groups.entry(key).or_default();
        *count += 1;
        if cases.len() < MOST_CASES {
            cases.push(case.to_owned());
        }
    }

    pub(super) fn sorted(&self) -> Vec<FailureGroup> {
        let mut groups: Vec<_> = self
            .groups
            .iter()
            .map(|((kind, message), (count, cases))| FailureGroup {
                kind: *kind,
                message: message.clone(),
                count: *count,
                cases: cases.clone(),
            })
            .collect();
        groups.sort_by(|a, b| {
            b.count
                .cmp(&a.count)
                .then_with(|| (a.kind, &a.message).cmp(&(b.kind, &b.message)))
        });
        groups
    }
}
