//! Writing to the engine, also where agents block every thread of the runtime.
//!
//! A task of the runtime writes: it is woken without a change of threads. An agent that tells more than the engine reads
//! waits for room, and with it the thread that it is on; where all of them wait, nobody is left to run that task. A thread
//! of its own, which sleeps otherwise, then writes in its place. What is being written passes between the two: neither
//! keeps it while it waits for the socket.

use std::{io, os::unix::net::UnixStream, sync::Arc, thread};

use super::{
    outbox::{Next, Outbox, Writing},
    socket::Sender,
};

/// Makes room where others wait for it, on a thread of its own.
pub(super) fn start(outbox: &Arc<Outbox>, socket: UnixStream) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let (relief, mut socket) = (Arc::clone(outbox), Sender::new(socket)?);
    thread::Builder::new()
        .name("fluxloop-relief".to_owned())
        .spawn(move || {
            if runtime.block_on(relieve(&relief, &mut socket)).is_err() {
                relief.abandon();
            }
        })?;
    outbox.bound();
    Ok(())
}

async fn relieve(outbox: &Outbox, socket: &mut Sender) -> io::Result<()> {
    loop {
        match outbox.take() {
            Next::Write(mut writing) => {
                while !write(&mut writing, socket)? {
                    socket.writable().await?;
                }
                outbox.give_back(writing);
                outbox.wake_writer();
            }
            Next::Closed => return Ok(()),
            // The other one gives it back to us where somebody still waits.
            Next::Nothing | Next::Taken => {}
        }
        outbox.pressed.notified().await;
    }
}

/// Writes lines as they come, until the box is closed or the other side is gone.
pub(super) async fn write_to(outbox: &Outbox, mut socket: Sender) {
    if write_all(outbox, &mut socket).await.is_err() {
        outbox.abandon();
    }
    // Also where something that the agents started holds the socket open.
    let _ = socket.shut_down();
}

async fn write_all(outbox: &Outbox, socket: &mut Sender) -> io::Result<()> {
    loop {
        match outbox.take() {
            Next::Write(mut writing) => {
                let written = write(&mut writing, socket);
                let is_out = matches!(written, Ok(true));
                outbox.give_back(writing);
                written?;
                if !is_out {
                    socket.writable().await?;
                }
            }
            Next::Closed => return Ok(()),
            Next::Nothing | Next::Taken => outbox.changed().await,
        }
    }
}

/// Writes what the socket takes. `true` if that is all.
fn write(writing: &mut Writing, socket: &Sender) -> io::Result<bool> {
    while !writing.rest().is_empty() {
        match socket.try_write(writing.rest()) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(bytes) => writing.advance(bytes),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};

    use super::*;

    const LINES: usize = 40_000;

    /// A runtime with a single thread, which the sender blocks: the task that writes cannot run.
    fn blocked_sender() -> (Arc<Outbox>, UnixStream, thread::JoinHandle<()>) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let outbox = Arc::new(Outbox::default());
        start(&outbox, ours.try_clone().unwrap()).unwrap();
        let sending = Arc::clone(&outbox);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_io()
            .build()
            .unwrap();
        let sender = thread::spawn(move || {
            runtime.block_on(async move {
                let writing = tokio::spawn({
                    let (outbox, socket) = (Arc::clone(&sending), Sender::new(ours).unwrap());
                    async move { write_to(&outbox, socket).await }
                });
                let sent = Arc::clone(&sending);
                let agent = tokio::spawn(async move {
                    let word = "x".repeat(1_000);
                    for number in 0..LINES {
                        sent.send_when_there_is_room(&(number, &word)).unwrap();
                    }
                });
                agent.await.unwrap();
                sending.close();
                writing.await.unwrap();
            });
        });
        (outbox, theirs, sender)
    }

    fn until_pressed(outbox: &Outbox) {
        while !outbox.is_pressed() {
            thread::yield_now();
        }
    }

    #[test]
    fn a_sender_that_blocks_its_runtime_waits_until_it_is_read_and_loses_nothing() {
        let (outbox, theirs, sender) = blocked_sender();
        until_pressed(&outbox);
        let lines = BufReader::new(theirs).lines();
        let numbers = lines.map(|line| {
            serde_json::from_str::<(usize, String)>(&line.unwrap())
                .unwrap()
                .0
        });
        assert!(numbers.eq(0..LINES));
        sender.join().unwrap();
    }

    #[test]
    fn what_must_not_wait_does_not_and_an_engine_that_is_gone_blocks_nobody() {
        let (outbox, theirs, sender) = blocked_sender();
        until_pressed(&outbox);
        outbox.send(&"a result").unwrap();
        drop(theirs);
        sender.join().unwrap();
    }
}
