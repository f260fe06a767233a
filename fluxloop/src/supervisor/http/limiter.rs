use std::{
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

/// Keeps all conversations together under what a provider allows.
///
/// Without a bound until the provider says "too many": then half as many requests at a time, and none before it wants
/// to be asked again. After as many successes as the bound allows at a time, it grows by one.
#[derive(Debug)]
pub(super) struct Limiter {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    bound: usize,
    in_flight: usize,
    /// Successes since the bound last moved.
    served: usize,
    /// How often the bound was narrowed: what was sent before says nothing of the new bound.
    round: u64,
    /// How often the last request in flight was turned away, with no success since.
    dry: u32,
    /// When the provider wants to be asked again.
    resume: Option<Instant>,
}

impl Limiter {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                bound: usize::MAX,
                in_flight: 0,
                served: 0,
                round: 0,
                dry: 0,
                resume: None,
            }),
            changed: Notify::new(),
        }
    }

    /// Waits for a free place.
    pub(super) async fn enter(&self) -> Permit<'_> {
        loop {
            let mut changed = pin!(self.changed.notified());
            // From here on no change is missed.
            changed.as_mut().enable();
            match self.try_enter() {
                Ok(permit) => return permit,
                Err(Some(resume)) => sleep_until(resume).await,
                Err(None) => changed.await,
            }
        }
    }

    /// A place, or when to ask again: at a time, or at the next change.
    fn try_enter(&self) -> Result<Permit<'_>, Option<Instant>> {
        let mut state = self.state();
        if let Some(resume) = state.resume.filter(|resume| *resume > Instant::now()) {
            return Err(Some(resume));
        }
        if state.in_flight >= state.bound {
            return Err(None);
        }
        state.in_flight += 1;
        Ok(Permit {
            limiter: self,
            round: state.round,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change of the state is whole by itself.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place for one request; dropped, it is free again.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    limiter: &'a Limiter,
    round: u64,
}

impl Permit<'_> {
    /// The provider answered.
    pub(super) fn served(self) {
        let mut state = self.limiter.state();
        state.dry = 0;
        state.served += 1;
        if state.served >= state.bound {
            state.bound += 1;
            state.served = 0;
        }
    }

    /// The provider had too many requests, and wants none for a while. Tells how often in a row nobody at all was
    /// served.
    pub(super) fn turned_away(self, pause: Duration) -> u32 {
        let mut state = self.limiter.state();
        if self.round == state.round {
            state.round += 1;
            state.bound = (state.bound.min(state.in_flight) / 2).max(1);
            state.served = 0;
        }
        if state.in_flight == 1 {
            state.dry = state.dry.saturating_add(1);
        }
        state.resume = state.resume.max(Some(Instant::now() + pause));
        state.dry
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.limiter.state().in_flight -= 1;
        self.limiter.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(limiter: &Limiter) -> usize {
        limiter.state().bound
    }

    async fn enter(limiter: &Limiter, count: usize) -> Vec<Permit<'_>> {
        let mut permits = Vec::new();
        for _ in 0..count {
            permits.push(limiter.enter().await);
        }
        permits
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_of_refusals_halves_the_bound_once() {
        let limiter = Limiter::new();
        let mut permits = enter(&limiter, 10).await;
        for permit in permits.drain(..9) {
            assert_eq!(
                permit.turned_away(Duration::ZERO),
                0,
                "one is still being served"
            );
        }
        assert_eq!(bound(&limiter), 5);
        permits.remove(0).served();
        let again = enter(&limiter, 5).await;
        assert!(limiter.try_enter().is_err());
        for permit in again {
            permit.turned_away(Duration::ZERO);
        }
        assert_eq!(bound(&limiter), 2);
        assert_eq!(limiter.state().dry, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn successes_widen_it_by_one_a_round() {
        let limiter = Limiter::new();
        for permit in enter(&limiter, 4).await {
            permit.turned_away(Duration::ZERO);
        }
        assert_eq!(bound(&limiter), 2);
        for (permits, expected) in [(1, 2), (1, 3), (3, 4)] {
            for _ in 0..permits {
                limiter.enter().await.served();
            }
            assert_eq!(bound(&limiter), expected);
        }
        assert_eq!(limiter.state().dry, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_enters_before_the_provider_wants_to_be_asked() {
        let limiter = Limiter::new();
        let start = Instant::now();
        let first = limiter.enter().await;
        first.turned_away(Duration::from_secs(30));
        drop(limiter.enter().await);
        assert_eq!(start.elapsed().as_secs(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_that_was_given_up_is_free() {
        let limiter = Limiter::new();
        for permit in enter(&limiter, 2).await {
            permit.turned_away(Duration::ZERO);
        }
        let held = limiter.enter().await;
        let waits = limiter.enter();
        let (entered, ()) = tokio::join!(waits, async { drop(held) });
        drop(entered);
        assert_eq!(limiter.state().in_flight, 0);
    }
}
