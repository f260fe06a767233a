use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::event::SpanId;

/// The ids of a run's trace. The trace's is random; its spans' follow from it, so that a span can name one around it
/// that has ended long ago.
#[derive(Clone, Copy, Debug)]
pub(super) struct TraceIds(u128);

impl TraceIds {
    pub(super) fn random() -> Self {
        // All zeros are no id.
        Self(fastrand::u128(1..))
    }

    pub(super) fn trace(self) -> Vec<u8> {
        self.0.to_be_bytes().to_vec()
    }

    pub(super) fn span(self, id: SpanId) -> Vec<u8> {
        let mut hasher = DefaultHasher::new();
        (self.0, id).hash(&mut hasher);
        hasher.finish().max(1).to_be_bytes().to_vec()
    }
}
