//! A local socket that wakes its two ends for what they wait for, and for nothing else.
//!
//! `tokio`'s own sockets are registered for reading and writing at once: each time that the other side reads, an idle one
//! is woken to hear that it could write. With one run at a time, that was every second time that a process was woken.

use std::{
    future::poll_fn,
    io::{self, Write as _},
    net::Shutdown,
    os::unix::net::UnixStream as Socket,
    task::{Context, Poll},
};
#[cfg(feature = "engine")]
use std::{pin::Pin, task::ready};

#[cfg(feature = "engine")]
use tokio::io::AsyncWrite;
use tokio::net::{UnixStream, unix::pipe};

/// What the other side sends. Only of pipes does `tokio` have an end that is registered for reading alone, and it reads a
/// socket as well: by the same call.
pub(crate) type Receiver = pipe::Receiver;

/// Both directions of a socket that does not block.
pub(crate) fn split(socket: Socket) -> io::Result<(Receiver, Sender)> {
    let receiver = Receiver::from_owned_fd_unchecked(socket.try_clone()?.into())?;
    Ok((receiver, Sender::new(socket)?))
}

/// What is sent to the other side.
#[derive(Debug)]
pub(crate) struct Sender {
    socket: Socket,
    /// The same by another descriptor, since one is registered for one thing at a time. There from the start: an agent may
    /// have used up all others.
    spare: Option<Socket>,
    /// That one, registered: while the socket takes no more.
    full: Option<UnixStream>,
}

impl Sender {
    /// Of a socket that does not block.
    pub(super) fn new(socket: Socket) -> io::Result<Self> {
        Ok(Self {
            spare: Some(socket.try_clone()?),
            socket,
            full: None,
        })
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
    pub(super) async fn writable(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_writable(cx)).await
    }

    fn poll_writable(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let full = match (self.full.take(), self.spare.take()) {
            (Some(full), _) => full,
            (None, Some(spare)) => UnixStream::from_std(spare)?,
            (None, None) => UnixStream::from_std(self.socket.try_clone()?)?,
        };
        let polled = full.poll_write_ready(cx);
        if polled.is_pending() {
            self.full = Some(full);
        } else {
            self.spare = full.into_std().ok();
        }
        polled
    }

    /// Says that nothing more is sent.
    pub(super) fn shut_down(&self) -> io::Result<()> {
        let end = |socket: &Socket| socket.shutdown(Shutdown::Write);
        // An agent may have closed one of the descriptors.
        end(&self.socket).or_else(|error| self.spare.as_ref().map_or(Err(error), end))
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
            match self.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    ready!(self.poll_writable(cx))?;
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

#[cfg(test)]
#[cfg(feature = "engine")]
mod tests {
    use std::{io::Read as _, thread};

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        runtime::{Builder, Runtime},
    };

    use super::*;

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_io().build().unwrap()
    }

    fn pair() -> (Socket, Socket) {
        let (ours, theirs) = Socket::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        (ours, theirs)
    }

    #[cfg(target_pointer_width = "64")]
    #[test]
    fn an_end_that_waits_for_an_answer_is_woken_once() {
        const QUESTIONS: u64 = 200;
        let (ours, mut theirs) = pair();
        let other_side = thread::spawn(move || {
            let mut question = [0];
            for _ in 0..QUESTIONS {
                theirs.read_exact(&mut question).unwrap();
                // Time for one who was woken by that to go to sleep again.
                (0..100).for_each(|_| thread::yield_now());
                theirs.write_all(&question).unwrap();
            }
        });
        let runtime = runtime();
        runtime.block_on(async {
            let (mut receiver, mut sender) = split(ours).unwrap();
            for _ in 0..QUESTIONS {
                sender.write_all(b"?").await.unwrap();
                assert_eq!(receiver.read_u8().await.unwrap(), b'?');
            }
        });
        other_side.join().unwrap();
        let slept = runtime.metrics().worker_park_count(0);
        assert!(
            slept <= QUESTIONS,
            "{slept} times asleep over {QUESTIONS} questions"
        );
    }

    #[test]
    fn what_is_more_than_the_socket_takes_is_sent_whole() {
        let (ours, mut theirs) = pair();
        let sent: Vec<u8> = (0..4_000_000_u32)
            .map(|number| number.to_le_bytes()[1])
            .collect();
        let other_side = thread::spawn(move || {
            let mut received = Vec::new();
            theirs.read_to_end(&mut received).unwrap();
            received
        });
        runtime().block_on(async {
            let (receiver, mut sender) = split(ours).unwrap();
            sender.write_all(&sent).await.unwrap();
            sender.shutdown().await.unwrap();
            drop(receiver);
        });
        assert!(other_side.join().unwrap() == sent);
    }

    #[test]
    fn the_end_of_the_other_side_is_the_end_of_what_it_sends() {
        let (ours, mut theirs) = pair();
        theirs.write_all(b"last words").unwrap();
        drop(theirs);
        runtime().block_on(async {
            let (mut receiver, mut sender) = split(ours).unwrap();
            let mut heard = String::new();
            receiver.read_to_string(&mut heard).await.unwrap();
            assert_eq!(heard, "last words");
            assert!(sender.write_all(b"who is there?").await.is_err());
        });
    }
}
