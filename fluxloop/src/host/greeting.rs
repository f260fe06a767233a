use std::{io, process::ExitStatus, time::Duration};

use interprocess::local_socket::{tokio::Listener, traits::tokio::Listener as _};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, BufReader},
    time::timeout,
};

use super::{Death, group::ProcessGroup, socket::halves};
use crate::worker::protocol::{Hello, MAX_LINE, Response, VERSION};

/// How long a worker may take to say hello. Loading a large debug build from a cold disk takes seconds.
const START_LIMIT: Duration = Duration::from_mins(1);

/// A worker that could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The process or its socket could not be made.
    #[error("cannot start the worker `{program}`: {source}")]
    Spawn {
        /// What was to be started.
        program: String,
        /// Why not.
        source: io::Error,
    },
    /// It ended before it said hello.
    #[error("the worker ended before it was ready: {death}{}", written(.stderr))]
    Ended {
        /// How it ended.
        death: Death,
        /// The end of what it wrote to stderr.
        stderr: String,
    },
    /// It said nothing for a minute.
    #[error("the worker did not connect within {} seconds{}", START_LIMIT.as_secs(), written(.stderr))]
    Silent {
        /// The end of what it wrote to stderr.
        stderr: String,
    },
    /// The agents of this process cannot be called.
    #[error("the agents of this process cannot be called: {0}")]
    InProcess(String),
    /// It speaks another version of the protocol.
    #[error(
        "the worker speaks version {found} of the worker protocol (fluxloop {fluxloop}), and this engine speaks \
         version {VERSION}; use the same release of `fluxloop` and `cargo-fluxloop`"
    )]
    Protocol {
        /// Its version.
        found: u32,
        /// The version of its fluxloop.
        fluxloop: String,
    },
}

impl StartError {
    /// Adds what the worker wrote, where that explains its end.
    pub(super) fn with_stderr(mut self, tail: String) -> Self {
        if let Self::Ended { stderr, .. } | Self::Silent { stderr } = &mut self {
            *stderr = tail;
        }
        self
    }
}

fn written(stderr: &str) -> String {
    if stderr.is_empty() {
        String::new()
    } else {
        format!("; it wrote:\n{stderr}")
    }
}

/// A worker's lines.
pub(super) type Lines = BufReader<Box<dyn AsyncRead + Send + Unpin>>;

/// A worker that has proved itself.
pub(super) struct Greeted {
    pub(super) lines: Lines,
    pub(super) sender: Box<dyn AsyncWrite + Send + Unpin>,
    pub(super) hello: Hello,
}

impl Greeted {
    /// What says hello at the other end of a connection; nothing if that is not what it says first.
    pub(super) async fn over(
        (receiver, sender): (
            impl AsyncRead + Send + Unpin + 'static,
            impl AsyncWrite + Send + Unpin + 'static,
        ),
    ) -> Option<Self> {
        let receiver: Box<dyn AsyncRead + Send + Unpin> = Box::new(receiver);
        let mut lines = BufReader::with_capacity(64 * 1024, receiver);
        let mut line = Vec::new();
        // A connection that breaks says nothing either.
        if !matches!(read_line(&mut lines, &mut line).await, Ok(true)) {
            return None;
        }
        match serde_json::from_slice(&line) {
            Ok(Response::Hello(hello)) => Some(Self {
                lines,
                sender: Box::new(sender),
                hello,
            }),
            _ => None,
        }
    }
}

/// Waits for a started process to connect and to prove itself.
pub(super) async fn greet(
    process: &mut ProcessGroup,
    listener: &Listener,
    token: &str,
) -> Result<Greeted, StartError> {
    let greeting = tokio::select! {
        greeting = timeout(START_LIMIT, accept(listener, token)) => greeting,
        status = process.wait() => return Err(ended(status.ok())),
    };
    match greeting {
        Ok(Ok(greeted)) if greeted.hello.protocol == VERSION => Ok(greeted),
        Ok(Ok(Greeted { hello, .. })) => Err(StartError::Protocol {
            found: hello.protocol,
            fluxloop: hello.fluxloop,
        }),
        Ok(Err(source)) => Err(StartError::Spawn {
            program: "its socket".to_owned(),
            source,
        }),
        Err(_) => Err(StartError::Silent {
            stderr: String::new(),
        }),
    }
}

fn ended(status: Option<ExitStatus>) -> StartError {
    StartError::Ended {
        death: Death::of(status),
        stderr: String::new(),
    }
}

/// The first connection that knows the token. Others are dropped: they are not ours.
async fn accept(listener: &Listener, token: &str) -> io::Result<Greeted> {
    loop {
        let greeted = Greeted::over(halves(listener.accept().await?)?).await;
        if let Some(greeted) = greeted.filter(|greeted| greeted.hello.token == token) {
            return Ok(greeted);
        }
    }
}

/// Reads one line into an empty buffer. `false` at the end, or where no line ends within the limit.
pub(super) async fn read_line(lines: &mut Lines, line: &mut Vec<u8>) -> io::Result<bool> {
    let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    lines.take(limit).read_until(b'\n', line).await?;
    Ok(line.last() == Some(&b'\n'))
}
