use std::{
    io::{self, PipeReader, Read as _},
    process::Stdio,
};

use tokio::sync::oneshot;

use super::logs::{Logs, Stream};

/// Moves what one worker prints on one stream into the logs, on a thread of its own: neither a flood of
/// output nor a slow disk touches the engine, and a full pipe stalls nobody.
#[derive(Debug)]
pub(super) struct OutputPump {
    /// Closed when the stream has ended and everything is in the logs.
    done: oneshot::Receiver<()>,
}

impl OutputPump {
    /// A pump, and the end of it that the worker gets.
    pub(super) fn start(logs: &Logs, stream: Stream) -> io::Result<(Self, Stdio)> {
        let (reader, writer) = io::pipe()?;
        let (finished, done) = oneshot::channel();
        let logs = logs.clone();
        std::thread::Builder::new()
            .name("fluxloop-logs".to_owned())
            .spawn(move || {
                pump(reader, &logs, stream);
                drop(finished);
            })?;
        Ok((Self { done }, Stdio::from(writer)))
    }

    /// Waits until the stream has ended. A process that the agent left behind may hold it open: the caller
    /// limits the time.
    pub(super) async fn finished(self) {
        // The sender is dropped, never used.
        let _ = self.done.await;
    }
}

fn pump(mut reader: PipeReader, logs: &Logs, stream: Stream) {
    let mut redactor = logs.secrets().stream();
    let mut chunk = vec![0; 64 * 1024];
    let mut masked = Vec::new();
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => redactor.push(&chunk[..length], &mut masked),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A pipe that cannot be read has no more to give.
            Err(_) => break,
        }
        logs.write(stream, &masked);
        masked.clear();
    }
    redactor.finish(&mut masked);
    logs.write(stream, &masked);
    logs.ended(stream);
}
