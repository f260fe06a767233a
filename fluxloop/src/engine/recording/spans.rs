use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::Tell;
use crate::{
    event::{Observation, ObservationKind, SpanEnded, SpanId, What},
    worker::protocol::Level,
};

/// The spans of a run that have begun and not ended.
#[derive(Debug, Default)]
pub(super) struct OpenSpans {
    /// With the order in which they began.
    spans: BTreeMap<SpanId, (u64, Open)>,
    began: u64,
}

/// A span that has begun.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) name: String,
    pub(super) kind: ObservationKind,
    pub(super) parent: SpanId,
    pub(super) level: Level,
    pub(super) at: Timestamp,
    /// Whether its start was told: then its end is, too.
    pub(super) told: bool,
    /// Where it stands among the agent's actions in its turn.
    pub(super) action: Option<usize>,
    /// Whether the tokens of a span within it were counted.
    pub(super) counted: bool,
    /// The model that is asked, where that was said.
    pub(super) model: Option<String>,
}

impl Open {
    /// A turn of a conversation.
    pub(super) fn turn(at: Timestamp) -> Self {
        Self {
            name: "turn".to_owned(),
            kind: ObservationKind::Turn,
            parent: SpanId::Run,
            level: Level::Info,
            at,
            told: true,
            action: None,
            counted: false,
            model: None,
        }
    }

    /// What its start and its end have in common.
    pub(super) fn observed(&self, id: SpanId, at: Timestamp) -> Observation<'_> {
        Observation {
            id: Some(id),
            parent: Some(self.parent),
            name: Cow::Borrowed(&self.name),
            kind: self.kind,
            level: Some(self.level),
            at,
            what: What::Start { input: None },
            attributes: None,
        }
    }

    /// From its start to this moment; a clock that was put back makes no negative time.
    pub(super) fn lasted(&self, until: Timestamp) -> Duration {
        Duration::try_from(until.duration_since(self.at)).unwrap_or_default()
    }
}

impl OpenSpans {
    pub(super) fn insert(&mut self, id: SpanId, open: Open) {
        self.spans.insert(id, (self.began, open));
        self.began += 1;
    }

    pub(super) fn remove(&mut self, id: SpanId) -> Option<Open> {
        self.spans.remove(&id).map(|(_, open)| open)
    }

    /// Notes that the tokens of a span within this one were counted.
    pub(super) fn mark_counted(&mut self, id: SpanId) {
        if let Some((_, open)) = self.spans.get_mut(&id) {
            open.counted = true;
        }
    }

    /// Whether a generation has not ended, and none within it has told of its tokens.
    pub(super) fn has_generation(&self) -> bool {
        let mut open = self.spans.values().map(|(_, open)| open);
        open.any(|open| open.kind == ObservationKind::Generation && !open.counted)
    }

    /// The span itself, or the nearest around it whose start was told.
    pub(super) fn nearest_told(&self, mut id: SpanId) -> SpanId {
        while let Some((_, open)) = self.spans.get(&id)
            && !open.told
        {
            id = open.parent;
        }
        id
    }

    /// Closes all that are open, the last that began first, and marks them: they did not end by themselves.
    pub(super) fn close_all(&mut self, at: Timestamp, tell: Tell<'_>) {
        if self.spans.is_empty() {
            return;
        }
        let mut left: Vec<_> = std::mem::take(&mut self.spans).into_iter().collect();
        left.sort_unstable_by_key(|(_, (began, _))| std::cmp::Reverse(*began));
        let unfinished = RawValue::from_string(r#"{"unfinished":true}"#.to_owned()).ok();
        for (id, (_, open)) in left {
            if open.told {
                let ended = SpanEnded::new(open.at, open.lasted(at));
                tell(&Observation {
                    what: What::End(Box::new(ended)),
                    attributes: unfinished.as_deref().map(Cow::Borrowed),
                    ..open.observed(id, at)
                });
            }
        }
    }
}
