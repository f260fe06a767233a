//! A worker beside the code that drives it, on threads of its own in the same process: for experiments within ordinary
//! tests. What it says and hears is the protocol of any worker.

use std::{io, sync::Arc};

use tokio::{runtime::Runtime, task::JoinHandle};

use super::{
    outbox::Outbox,
    panic::install_hook,
    protocol::ObserveOptions,
    run::Runs,
    serve::{ToEngine, WorkerError, agents_runtime, answer, talk_over},
};
use crate::{agent::Registry, check::CheckRegistry, env, observe::Beside};

/// The engine's end of the connection to such a worker.
#[cfg(unix)]
pub(crate) type EnginesEnd = std::os::unix::net::UnixStream;
/// The engine's end of the connection to such a worker.
#[cfg(not(unix))]
pub(crate) type EnginesEnd = tokio::io::DuplexStream;

/// A worker on threads of this process.
#[derive(Debug)]
pub(crate) struct LocalWorker {
    /// What its agents run on.
    pub(crate) runtime: Runtime,
    /// Ends when it has said its last word.
    pub(crate) serving: JoinHandle<()>,
    /// Does not block.
    pub(crate) connection: EnginesEnd,
    /// What it has to say. It is to be abandoned where the worker is ended before it says so.
    pub(crate) outbox: Arc<Outbox>,
}

/// Starts a worker. A panic hook that is there stays, and is called.
pub(crate) fn start(
    parallel: usize,
    observe: Option<&ObserveOptions>,
) -> Result<LocalWorker, WorkerError> {
    install_hook();
    let registry = Registry::collect().map_err(|error| WorkerError::Registry(error.to_string()))?;
    let checks =
        CheckRegistry::collect().map_err(|error| WorkerError::Registry(error.to_string()))?;
    let outbox = Arc::new(Outbox::default());
    let mut builder = agents_runtime(parallel);
    let mut recorder = None;
    if let Some(options) = observe {
        let sink = Box::new(ToEngine(Arc::clone(&outbox)));
        let beside = Beside::start(options, env::secrets(), sink)?;
        recorder = Some(Arc::clone(beside.recorder()));
        builder.on_thread_start(move || beside.enter_thread());
    }
    let runtime = builder.build().map_err(WorkerError::Runtime)?;
    let (connection, own) = connection().map_err(WorkerError::Runtime)?;
    let own_outbox = Arc::clone(&outbox);
    let serving = runtime.spawn(async move {
        let outbox = own_outbox;
        let runs = Runs::new(recorder);
        // An engine that is gone reads nothing more, and hears of no error.
        if let Ok(connected) = connected(own, &outbox, runs.recorder().is_some()) {
            let _ = answer(connected, String::new(), (registry, checks), (outbox, runs)).await;
        }
    });
    Ok(LocalWorker {
        runtime,
        serving,
        connection,
        outbox,
    })
}

#[cfg(unix)]
use talk_over as connected;

#[cfg(unix)]
fn connection() -> io::Result<(EnginesEnd, EnginesEnd)> {
    let (engines, workers) = EnginesEnd::pair()?;
    engines.set_nonblocking(true)?;
    workers.set_nonblocking(true)?;
    Ok((engines, workers))
}

#[cfg(not(unix))]
fn connected(
    stream: EnginesEnd,
    outbox: &Arc<Outbox>,
    _is_observed: bool,
) -> io::Result<(impl tokio::io::AsyncRead + use<>, JoinHandle<()>)> {
    Ok(talk_over(stream, outbox))
}

#[cfg(not(unix))]
fn connection() -> io::Result<(EnginesEnd, EnginesEnd)> {
    Ok(tokio::io::duplex(64 * 1024))
}
