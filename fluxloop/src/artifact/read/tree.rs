use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{ObservationRow, ObservationType, ReadError, RecordedFailure, RecordedUsage, Rows};
use crate::{event::ObservationKind, worker::protocol::Level};

/// A span, put together of its start and its end, or an event.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Observation {
    /// Unique in the experiment. Events may have none.
    pub id: Option<String>,
    /// What it is called.
    pub name: String,
    /// What the span is.
    pub kind: ObservationKind,
    /// How much it matters, where that is said.
    pub level: Option<Level>,
    /// Something that happened at one moment, rather than a span.
    pub is_event: bool,
    /// Whether the span's end was recorded. Without it, its process was killed or the file is torn.
    pub has_ended: bool,
    /// When it began, or happened.
    pub started_at: Option<Timestamp>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<f64>,
    /// What went in, as JSON.
    pub input: Option<Box<RawValue>>,
    /// What came out, as JSON.
    pub output: Option<Box<RawValue>>,
    /// Why it failed.
    pub error: Option<RecordedFailure>,
    /// What else is known, as JSON by name.
    pub attributes: BTreeMap<String, Box<RawValue>>,
    model: Option<String>,
    token_usage: Option<RecordedUsage>,
    children: Vec<usize>,
}

impl Observation {
    /// An attribute, where it is there and of this type.
    #[must_use]
    pub fn attribute<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.attributes.get(name)?.get()).ok()
    }

    /// The model that was asked.
    #[must_use]
    pub fn model(&self) -> Option<String> {
        self.model.clone().or_else(|| self.attribute("model"))
    }

    /// Tokens that were used.
    #[must_use]
    pub fn token_usage(&self) -> Option<RecordedUsage> {
        self.token_usage.or_else(|| self.attribute("token_usage"))
    }

    /// Whether it did not come to an end of its own: closed with its run, or cut off.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        !self.is_event && (!self.has_ended || self.attribute("unfinished") == Some(true))
    }

    /// Takes over what a row says; what it does not say stays.
    fn take(&mut self, row: ObservationRow) {
        fn update<T>(known: &mut Option<T>, told: Option<T>) {
            if told.is_some() {
                *known = told;
            }
        }
        if self.name.is_empty() {
            self.name = row.name;
        }
        if self.kind == ObservationKind::Span {
            self.kind = row.kind;
        }
        update(&mut self.id, row.id);
        update(&mut self.level, row.level);
        update(&mut self.started_at, row.start_time);
        update(&mut self.duration_ms, row.duration_ms);
        update(&mut self.input, row.input);
        update(&mut self.output, row.output);
        update(&mut self.error, row.error);
        update(&mut self.model, row.model);
        update(&mut self.token_usage, row.token_usage);
        self.attributes.extend(row.attributes);
    }
}

/// What happened within a run, as a tree. It holds all of the run's observations in memory.
#[derive(Clone, Debug, Default)]
pub struct ObservationTree {
    observations: Vec<Observation>,
    roots: Vec<usize>,
    by_id: HashMap<String, usize>,
}

/// An observation on a walk through its tree.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Visit<'a> {
    /// The observation.
    pub observation: &'a Observation,
    /// How many stand above it.
    pub depth: usize,
    /// Whether no other follows below the same one.
    pub is_last: bool,
    /// Whether others stand below it.
    pub has_children: bool,
}

impl ObservationTree {
    /// Takes in all rows, which are those [of one run](Rows::of).
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub fn read(rows: &mut Rows<ObservationRow>) -> Result<Self, ReadError> {
        let mut tree = Self::default();
        for row in rows {
            tree.push(row?);
        }
        Ok(tree)
    }

    /// Takes in the next row of the run. What has a parent that has not begun stands beside the root, so that nothing
    /// is lost and nothing is its own parent; an end without a start is a span of its own.
    pub fn push(&mut self, row: ObservationRow) {
        match row.observation_type {
            ObservationType::SpanStart => {
                let index = self.add(row);
                if let Some(id) = &self.observations[index].id {
                    self.by_id.insert(id.clone(), index);
                }
            }
            ObservationType::SpanEnd => {
                let begun = row.id.as_ref().and_then(|id| self.by_id.get(id)).copied();
                let index = match begun {
                    Some(index) => {
                        self.observations[index].take(row);
                        index
                    }
                    None => self.add(row),
                };
                self.observations[index].has_ended = true;
            }
            ObservationType::Event => {
                let index = self.add(row);
                self.observations[index].is_event = true;
            }
            ObservationType::Unknown => {}
        }
    }

    fn add(&mut self, row: ObservationRow) -> usize {
        let index = self.observations.len();
        let parent = row.parent_id.as_ref().and_then(|id| self.by_id.get(id));
        match parent {
            Some(parent) => self.observations[*parent].children.push(index),
            None => self.roots.push(index),
        }
        let mut observation = Observation {
            started_at: row.timestamp,
            ..Observation::default()
        };
        observation.take(row);
        self.observations.push(observation);
        index
    }

    /// How many observations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.observations.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.observations.is_empty()
    }

    /// The observations of a kind, in the order of [`walk`](Self::walk): the tools, for one, that were called.
    pub fn of_kind(&self, kind: ObservationKind) -> impl Iterator<Item = &Observation> {
        let all = self.walk().map(|visit| visit.observation);
        all.filter(move |observation| observation.kind == kind)
    }

    /// Each observation after the one above it, in the order in which they began.
    ///
    /// ```
    /// use fluxloop::artifact::read::ObservationTree;
    ///
    /// let rows = r#"
    /// {"trace_id":"trace_1","type":"span_start","name":"agent_run","id":"trace_1.0"}
    /// {"trace_id":"trace_1","type":"span_start","name":"look_up","id":"trace_1.1","parent_id":"trace_1.0"}
    /// "#;
    /// let mut tree = ObservationTree::default();
    /// for line in rows.trim().lines() {
    ///     tree.push(serde_json::from_str(line)?);
    /// }
    /// let names: Vec<_> = tree.walk().map(|visit| (visit.depth, &visit.observation.name[..])).collect();
    /// assert_eq!(names, [(0, "agent_run"), (1, "look_up")]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn walk(&self) -> impl Iterator<Item = Visit<'_>> {
        // A stack of its own: agents may nest spans deeper than a thread's goes.
        let mut ahead: Vec<_> = siblings(&self.roots, 0).collect();
        std::iter::from_fn(move || {
            let (index, depth, is_last) = ahead.pop()?;
            let observation = &self.observations[index];
            ahead.extend(siblings(&observation.children, depth + 1));
            Some(Visit {
                observation,
                depth,
                is_last,
                has_children: !observation.children.is_empty(),
            })
        })
    }
}

/// Observations below the same one, the last first.
fn siblings(indices: &[usize], depth: usize) -> impl Iterator<Item = (usize, usize, bool)> {
    let last = indices.len().saturating_sub(1);
    let numbered = indices.iter().enumerate().rev();
    numbered.map(move |(place, index)| (*index, depth, place == last))
}
