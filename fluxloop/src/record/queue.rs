use std::{
    mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// What became of the calls that were to be recorded, since the process began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// Calls whose lines are in the file.
    pub written: u64,
    /// Calls that are not: too many at once, or nothing that could be written.
    pub lost: u64,
    /// Calls whose lines still wait: the file could not take them in time.
    pub waiting: u64,
}

/// Whole lines on their way to the file. Who adds one never waits for who takes them.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
    gone: Condvar,
    most_bytes: usize,
}

#[derive(Debug, Default)]
struct State {
    lines: Batch,
    /// Taken and not yet said to be written or lost.
    writing: u64,
    written: u64,
    lost: u64,
    /// Nothing more will be added.
    is_closed: bool,
}

/// Lines, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) bytes: Vec<u8>,
    pub(super) count: u64,
}

impl Queue {
    /// One that holds so many bytes at most.
    pub(super) fn new(most_bytes: usize) -> Self {
        Self {
            state: Mutex::default(),
            arrived: Condvar::new(),
            gone: Condvar::new(),
            most_bytes,
        }
    }

    /// Adds a line if there is room.
    pub(super) fn push(&self, line: &[u8]) -> bool {
        let mut state = self.lock();
        if state.lines.bytes.len() + line.len() > self.most_bytes {
            state.lost += 1;
            return false;
        }
        state.lines.bytes.extend_from_slice(line);
        state.lines.count += 1;
        drop(state);
        self.arrived.notify_one();
        true
    }

    /// Counts a call that has no line.
    pub(super) fn lose(&self) {
        self.lock().lost += 1;
    }

    /// Takes all that is there; waits until there is something. `None` when nothing more will be.
    pub(super) fn take(&self) -> Option<Batch> {
        let is_idle = |state: &mut State| state.lines.count == 0 && !state.is_closed;
        let state = self.arrived.wait_while(self.lock(), is_idle);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        state.writing = state.lines.count;
        (state.writing > 0).then(|| mem::take(&mut state.lines))
    }

    /// Nothing more will be added.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.arrived.notify_one();
    }

    /// Says what became of what was taken.
    pub(super) fn done(&self, written: u64, lost: u64) {
        let mut state = self.lock();
        state.writing = 0;
        state.written += written;
        state.lost += lost;
        drop(state);
        self.gone.notify_all();
    }

    /// Waits until nothing waits any more, for some time at most.
    pub(super) fn flush(&self, limit: Duration) -> Recorded {
        let deadline = Instant::now() + limit;
        let mut state = self.lock();
        while state.waiting() > 0 {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                break;
            };
            let waited = self.gone.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Recorded {
            written: state.written,
            lost: state.lost,
            waiting: state.waiting(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that is done under the lock can panic half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn waiting(&self) -> u64 {
        self.lines.count + self.writing
    }
}
