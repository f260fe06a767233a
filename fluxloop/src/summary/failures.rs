use std::collections::{BTreeMap, HashMap};

use crate::event::FailureKind;

/// Different messages of a kind that are told apart; the rest is counted together.
const MOST_MESSAGES: usize = 200;
/// Case names that a group remembers.
const MOST_CASES: usize = 20;
/// Bytes of a message that are kept. Messages that differ only beyond are counted together.
const MOST_BYTES: usize = 4096;

/// Failures with the same kind and message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailureGroup {
    /// Their kind.
    pub kind: FailureKind,
    /// Their message, at most its first 4 KiB; `(other messages)` stands for those beyond the first 200
    /// different ones of their kind.
    pub message: String,
    /// How many there are.
    pub count: u64,
    /// The first 20 of the cases, in the order they failed.
    pub cases: Vec<String>,
}

/// Bounded: an agent that fails a million times with a million messages costs no million strings.
#[derive(Clone, Debug, Default)]
pub(super) struct FailureGroups {
    kinds: BTreeMap<FailureKind, Groups>,
}

#[derive(Clone, Debug, Default)]
struct Groups {
    by_message: HashMap<String, Group>,
    others: Group,
}

#[derive(Clone, Debug, Default)]
struct Group {
    count: u64,
    cases: Vec<String>,
}

impl FailureGroups {
    pub(super) fn record(&mut self, kind: FailureKind, message: &str, case: &str) {
        let groups = self.kinds.entry(kind).or_default();
        groups.of_message(message).record(case);
    }

    /// The most frequent first; among equals by kind and message.
    pub(super) fn sorted(&self) -> Vec<FailureGroup> {
        let mut sorted: Vec<_> = self
            .kinds
            .iter()
            .flat_map(|(kind, groups)| {
                groups
                    .iter()
                    .map(|(message, group)| group.named(*kind, message))
            })
            .collect();
        sorted.sort_by(|a, b| {
            b.count
                .cmp(&a.count)
                .then_with(|| (a.kind, &a.message).cmp(&(b.kind, &b.message)))
        });
        sorted
    }
}

impl Groups {
    /// A message is copied only when it is the first of its group.
    fn of_message(&mut self, message: &str) -> &mut Group {
        let message = &message[..message.floor_char_boundary(MOST_BYTES)];
        let known = self.by_message.contains_key(message);
        if !known && self.by_message.len() >= MOST_MESSAGES {
            return &mut self.others;
        }
        if !known {
            self.by_message.insert(message.to_owned(), Group::default());
        }
        self.by_message
            .get_mut(message)
            .expect("the group was found or made above")
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &Group)> {
        let others = (self.others.count > 0).then_some(("(other messages)", &self.others));
        self.by_message
            .iter()
            .map(|(message, group)| (message.as_str(), group))
            .chain(others)
    }
}

impl Group {
    fn record(&mut self, case: &str) {
        self.count += 1;
        if self.cases.len() < MOST_CASES {
            self.cases.push(case.to_owned());
        }
    }

    fn named(&self, kind: FailureKind, message: &str) -> FailureGroup {
        FailureGroup {
            kind,
            message: message.to_owned(),
            count: self.count,
            cases: self.cases.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(groups: &mut FailureGroups, kind: FailureKind, message: &str, case: &str) {
        groups.record(kind, message, case);
    }

    #[test]
    fn same_kind_and_message_are_one_group_and_the_most_frequent_is_first() {
        let mut groups = FailureGroups::default();
        record(&mut groups, FailureKind::Timeout, "late", "a");
        record(&mut groups, FailureKind::AgentError, "no", "b");
        record(&mut groups, FailureKind::Panic, "no", "c");
        record(&mut groups, FailureKind::AgentError, "no", "d");
        let found: Vec<_> = groups
            .sorted()
            .into_iter()
            .map(|g| (g.kind, g.message, g.count, g.cases.join(" ")))
            .collect();
        insta::assert_debug_snapshot!(found, @r#"
        [
            (
                AgentError,
                "no",
                2,
                "b d",
            ),
            (
                Panic,
                "no",
                1,
                "c",
            ),
            (
                Timeout,
                "late",
                1,
                "a",
            ),
        ]
        "#);
    }

    #[test]
    fn a_group_names_its_first_cases_only() {
        let mut groups = FailureGroups::default();
        for case in 0..30 {
            record(
                &mut groups,
                FailureKind::AgentError,
                "no",
                &case.to_string(),
            );
        }
        let group = &groups.sorted()[0];
        assert_eq!(group.count, 30);
        let first: Vec<String> = (0..20).map(|case| case.to_string()).collect();
        assert_eq!(group.cases, first);
    }

    #[test]
    fn ever_new_messages_cost_no_memory() {
        let mut groups = FailureGroups::default();
        for i in 0..100_000 {
            record(
                &mut groups,
                FailureKind::AgentError,
                &format!("no {i}"),
                "a",
            );
        }
        record(&mut groups, FailureKind::Panic, "still told apart", "b");
        let sorted = groups.sorted();
        assert_eq!(sorted.len(), MOST_MESSAGES + 2);
        assert_eq!(sorted[0].message, "(other messages)");
        assert_eq!(sorted[0].count, 100_000 - MOST_MESSAGES as u64);
        assert!(sorted.iter().any(|g| g.message == "still told apart"));
    }

    #[test]
    fn an_endless_message_is_cut_between_characters() {
        let mut groups = FailureGroups::default();
        let endless = format!("a{}", "é".repeat(1_000_000));
        record(&mut groups, FailureKind::AgentError, &endless, "a");
        let message = &groups.sorted()[0].message;
        assert_eq!(message.len(), MOST_BYTES - 1);
        assert!(endless.starts_with(message.as_str()));
    }
}
