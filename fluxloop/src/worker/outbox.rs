#[cfg(any(feature = "engine", windows))]
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
#[cfg(any(feature = "engine", windows))]
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use crate::json_line::push_json_line;

/// What may wait to be written before those who can wait do so, in bytes.
const ROOM: usize = 8 * 1024 * 1024;

/// Lines on their way out. Whoever has one appends it; one task writes all that has gathered, so that a
/// busy side makes few writes and an idle one waits for nothing.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pending: Mutex<Pending>,
    changed: Notify,
    /// Somebody waits for room: see `relief`.
    pub(super) pressed: Notify,
    room: Condvar,
}

#[derive(Debug)]
struct Pending {
    lines: Vec<u8>,
    closed: bool,
    /// How many wait for room.
    waiting: usize,
    /// What is being written; absent while somebody is at it.
    writing: Option<Writing>,
    /// Nobody has to wait: there is no thread that would make room in any case.
    is_boundless: bool,
}

impl Default for Pending {
    fn default() -> Self {
        Self {
            lines: Vec::new(),
            closed: false,
            waiting: 0,
            writing: Some(Writing::default()),
            is_boundless: true,
        }
    }
}

/// Lines that are being written, and how much of them is out.
#[derive(Debug, Default)]
pub(super) struct Writing {
    batch: Vec<u8>,
    written: usize,
}

impl Writing {
    /// What is not out yet.
    pub(super) fn rest(&self) -> &[u8] {
        &self.batch[self.written..]
    }

    /// Notes that more is out.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.written += bytes;
    }
}

impl Outbox {
    /// Appends a message as one line, also where an agent laid its JSON out over several. After [`close`](Self::close) it goes nowhere, as on a closed socket.
    ///
    /// # Errors
    ///
    /// When the message cannot be written as JSON; nothing of it is sent then.
    pub(crate) fn send(&self, message: &impl Serialize) -> Result<(), serde_json::Error> {
        let mut pending = self.lock();
        if pending.closed {
            return Ok(());
        }
        let written = push_json_line(&mut pending.lines, message);
        drop(pending);
        self.changed.notify_one();
        written
    }

    /// As [`send`](Self::send), and waits where too much is on its way already. Not for what ends a wait of others.
    ///
    /// # Errors
    ///
    /// When the message cannot be written as JSON; nothing of it is sent then.
    pub(crate) fn send_when_there_is_room(
        &self,
        message: &impl Serialize,
    ) -> Result<(), serde_json::Error> {
        let mut pending = self.lock();
        if pending.is_full() {
            pending.waiting += 1;
            self.pressed.notify_one();
            pending = self
                .room
                .wait_while(pending, |pending| pending.is_full())
                .unwrap_or_else(PoisonError::into_inner);
            pending.waiting -= 1;
        }
        drop(pending);
        self.send(message)
    }

    /// Whether somebody waits for room.
    #[cfg(test)]
    pub(super) fn is_pressed(&self) -> bool {
        self.lock().waiting > 0
    }

    /// From now on, lines wait for room: there is a thread that makes it whatever the agents do.
    pub(super) fn bound(&self) {
        self.lock().is_boundless = false;
    }

    /// Ends the writing once all lines are out.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
        self.pressed.notify_one();
        self.room.notify_all();
    }

    /// The other side is gone: nothing is written any more, and nobody waits.
    pub(crate) fn abandon(&self) {
        let mut pending = self.lock();
        pending.lines.clear();
        // What was being written is lost with the one who was at it.
        pending.writing = Some(Writing::default());
        drop(pending);
        self.close();
    }

    /// What is to be written next, for the one who takes it. Whoever has it gives it back.
    pub(super) fn take(&self) -> Next {
        let mut pending = self.lock();
        let Some(mut writing) = pending.writing.take() else {
            return Next::Taken;
        };
        if writing.rest().is_empty() {
            writing.batch.clear();
            writing.written = 0;
            // A burst of large messages must not keep its memory for ever.
            writing.batch.shrink_to(256 * 1024);
            std::mem::swap(&mut pending.lines, &mut writing.batch);
            if pending.waiting > 0 {
                self.room.notify_all();
            }
        }
        if writing.rest().is_empty() {
            pending.writing = Some(writing);
            return if pending.closed {
                Next::Closed
            } else {
                Next::Nothing
            };
        }
        Next::Write(writing)
    }

    /// Gives back what was taken, written or not.
    pub(super) fn give_back(&self, writing: Writing) {
        let mut pending = self.lock();
        pending.writing = Some(writing);
        if pending.waiting > 0 || pending.closed {
            self.pressed.notify_one();
        }
    }

    /// Wakes the one who [waits](Self::changed).
    pub(super) fn wake_writer(&self) {
        self.changed.notify_one();
    }

    /// Waits until there may be more to write.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Writes lines as they come, until the box is closed.
    ///
    /// # Errors
    ///
    /// When the other side is gone.
    #[cfg(any(feature = "engine", windows))]
    pub(crate) async fn write_to(&self, mut socket: impl AsyncWrite + Unpin) -> io::Result<()> {
        let mut batch = Vec::new();
        loop {
            let closed = {
                let mut pending = self.lock();
                std::mem::swap(&mut pending.lines, &mut batch);
                pending.closed
            };
            if !batch.is_empty() {
                socket.write_all(&batch).await?;
                batch.clear();
                // A burst of large messages must not keep its memory for ever.
                batch.shrink_to(256 * 1024);
            } else if closed {
                return socket.flush().await;
            } else {
                self.changed.notified().await;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        // A panic while holding the lock leaves whole lines behind or a truncated tail that `send` removed.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    fn is_full(&self) -> bool {
        self.lines.len() >= ROOM && !self.closed && !self.is_boundless
    }
}

/// What there is to write.
#[derive(Debug)]
pub(super) enum Next {
    /// This.
    Write(Writing),
    /// Nothing, for now.
    Nothing,
    /// Nothing, for good.
    Closed,
    /// Another one is writing.
    Taken,
}
