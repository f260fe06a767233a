//! A local socket that wakes its two ends for what they wait for, and for nothing else.
//!
//! `tokio`'s own sockets are registered for reading and writing at once: each time that the other side reads, an idle one
//! is woken to hear that it could write. With one run at a time, that was every second time that a process was woken.

use std::{
    io::{self, Write as _},
    net::Shutdown,
    os::unix::net::UnixStream as Socket,
};
#[cfg(feature = "engine")]
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

#[cfg(feature = "engine")]
use tokio::io::AsyncWrite;
use tokio::net::{UnixStream, unix::pipe};

/// What the other side sends. Only of pipes does `tokio` have an end that is registered for reading alone, and it reads a
/// socket as well: by the same call.
pub(crate) type Receiver = pipe::Receiver;

/// Both directions of a socket that does not block.
pub(crate) fn split(socket: Socket) -> io::Result<(Receiver, Sender)> {
    let receiver = Receiver::from_owned_fd_unchecked(socket.try_clone()?.into())?;
    Ok((receiver, Sender::new(socket)))
}

/// What is sent to the other side.
#[derive(Debug)]
pub(crate) struct Sender {
    socket: Socket,
    /// There while the socket takes no more.
    #[cfg(feature = "engine")]
    full: Option<UnixStream>,
}

impl Sender {
    /// Of a socket that does not block.
    pub(super) fn new(socket: Socket) -> Self {
        Self {
            socket,
            #[cfg(feature = "engine")]
            full: None,
        }
    }

    /// Sends as much as the socket takes at once.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](io::ErrorKind::WouldBlock) where that is nothing; others when the other side is gone.
    pub(super) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        (&self.socket).write(bytes)
    }

    /// Waits until the socket takes more.
    pub(super) async fn writable(&self) -> io::Result<()> {
        self.registered()?.writable().await
    }

    /// Says that nothing more is sent.
    pub(super) fn shut_down(&self) -> io::Result<()> {
        self.socket.shutdown(Shutdown::Write)
    }

    /// Registered for as long as the returned value is there.
    fn registered(&self) -> io::Result<UnixStream> {
        UnixStream::from_std(self.socket.try_clone()?)
    }
}

#[cfg(feature = "engine")]
impl AsyncWrite for Sender {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            if let Some(full) = &self.full {
                ready!(full.poll_write_ready(cx))?;
                self.full = None;
            }
            match self.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.full = Some(self.registered()?);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                written => return Poll::Ready(written),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.shut_down())
    }
}
