use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

use serde::Deserialize;

use super::{ReadError, Rows};
use crate::plan::trace_id;

/// Of a file that may tell of several attempts at a case: where the last begins of each that was tried again. What stands
/// before it is of those that do not count.
#[derive(Debug, Default)]
pub(super) struct LastAttempts {
    begins: HashMap<String, u64>,
    /// The end of the last row, in bytes: rows that are written from now on may be those of a further attempt.
    pub(super) end: u64,
}

/// Whether a line is the first of an attempt at a run: its id, and the line.
pub(super) type Begins = fn(&str, &[u8]) -> bool;

impl LastAttempts {
    /// Reads through the file once. Memory does not grow with its rows but by a bit for each, and by the cases that were tried
    /// again.
    pub(super) fn find<T>(mut rows: Rows<T>, is_first: Begins) -> Result<Self, ReadError> {
        let mut seen = Seen::default();
        let mut last = Self::default();
        rows.each_owner(|owner, place, line| {
            if is_first(owner, line) && !seen.insert(owner) {
                last.begins.insert(owner.to_owned(), place.start);
            }
            last.end = place.end;
        })?;
        Ok(last)
    }

    /// Whether no case was tried again.
    pub(super) fn is_empty(&self) -> bool {
        self.begins.is_empty()
    }

    /// Whether a row of this run is of an attempt that does not count.
    pub(super) fn supersede(&self, owner: &str, at: u64) -> bool {
        self.begins.get(owner).is_some_and(|begin| at < *begin)
    }
}

/// Rows of runs: each is an attempt.
pub(super) fn each_row(_: &str, _: &[u8]) -> bool {
    true
}

/// Observations: an attempt begins with the span around all else.
pub(super) fn root_span(trace_id: &str, line: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Start<'a> {
        #[serde(borrow, rename = "type")]
        observation_type: Cow<'a, str>,
        #[serde(borrow)]
        id: Cow<'a, str>,
    }
    // An event may have no id.
    serde_json::from_slice::<Start<'_>>(line).is_ok_and(|start| {
        start.observation_type == "span_start" && start.id.strip_suffix(".0") == Some(trace_id)
    })
}

/// The runs that there was an attempt at.
#[derive(Debug, Default)]
struct Seen {
    /// A bit for each whose id is that of a plan, 64 together.
    numbered: BTreeMap<u64, u64>,
    others: HashSet<String>,
}

impl Seen {
    /// Whether it is new.
    fn insert(&mut self, id: &str) -> bool {
        let number = id
            .strip_prefix("trace_")
            .and_then(|number| number.parse().ok());
        let index = number.and_then(|number: u64| number.checked_sub(1));
        match index.filter(|index| trace_id(*index) == id) {
            Some(index) => {
                let (bits, bit) = (
                    self.numbered.entry(index / 64).or_default(),
                    1 << (index % 64),
                );
                let is_new = *bits & bit == 0;
                *bits |= bit;
                is_new
            }
            None => self.others.insert(id.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_id_is_new_once() {
        let mut seen = Seen::default();
        let ids = [
            "trace_001",
            "trace_1",
            "trace_065",
            "trace_64",
            "trace_064",
            "trace_000",
            "mine",
            "",
        ];
        for id in ids
            .into_iter()
            .chain(["trace_18446744073709551615", "trace_18446744073709551616"])
        {
            assert!(seen.insert(id), "{id}");
            assert!(!seen.insert(id), "{id}");
        }
    }
}
