use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    sync::Notify,
};

use crate::json_line::push_json_line;

/// Lines on their way out. Whoever has one appends it; one task writes all that has gathered, so that a
/// busy side makes few writes and an idle one waits for nothing.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pending: Mutex<Pending>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Pending {
    lines: Vec<u8>,
    closed: bool,
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

    /// Ends [`write_to`](Self::write_to) once all lines are out.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }

    /// Writes lines as they come, until the box is closed.
    ///
    /// # Errors
    ///
    /// When the other side is gone.
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
