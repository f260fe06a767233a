use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// What became of spans: counted where they are sent, read where they came from.
#[derive(Debug, Default)]
pub(super) struct Delivery {
    delivered: AtomicU64,
    trouble: Mutex<Option<String>>,
}

impl Delivery {
    /// The collector has taken so many.
    pub(super) fn delivered(&self, spans: u64) {
        self.delivered.fetch_add(spans, Ordering::Relaxed);
    }

    /// Notes why some were lost; the last reason counts.
    pub(super) fn lost(&self, reason: String) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    /// How many the collector has taken, and why it has not taken others.
    pub(super) fn result(&self) -> (u64, Option<String>) {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        (self.delivered.load(Ordering::Relaxed), trouble.clone())
    }
}
