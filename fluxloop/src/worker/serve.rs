use std::{collections::HashMap, io, sync::Arc};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    task::JoinHandle,
};

use super::{
    outbox::Outbox,
    panic::{catch, install_hook},
    protocol::{
        AgentInfo, Bind, Bound, Call, Check, CheckInfo, Checked, Hello, MAX_LINE, Observation,
        Request, Response, VERSION, WireCheckResult,
    },
    questions::{Asker, Questions},
    run::{Runs, abandoned},
};
use crate::{
    agent::{AgentEntry, BindError, Context, Registry},
    check::{CheckEntry, CheckRegistry, RunView},
    env::{self, WorkerEnvironment},
    observe::{self, ObserveError, Recorder, Sink},
};

/// Serves the engine until it says that it is done, or is gone.
pub(super) fn serve(environment: &WorkerEnvironment) -> Result<(), WorkerError> {
    install_hook();
    #[cfg(unix)]
    super::orphan::end_with_engine().map_err(WorkerError::Runtime)?;
    let registry = Registry::collect()
        .map_err(|error| WorkerError::Registry(format!("{error}; {}", error.hint())))?;
    let checks = CheckRegistry::collect()
        .map_err(|error| WorkerError::Registry(format!("{error}; {}", error.hint())))?;
    let outbox = Arc::new(Outbox::default());
    let runs = Runs::new(record(environment, &outbox)?);
    let runtime = agents_runtime(environment.parallel)
        .build()
        .map_err(WorkerError::Runtime)?;
    // Spawned rather than blocked on: requests then wake a thread of the runtime, not this one.
    let (socket, token) = (environment.socket.clone(), environment.token.clone());
    let served = runtime.block_on(async move {
        tokio::spawn(converse(socket, token, (registry, checks), (outbox, runs)))
            .await
            .map_err(|error| WorkerError::Serving(error.to_string()))?
    });
    // A thread that an agent blocks must not keep the process.
    runtime.shutdown_background();
    served
}

/// The runtime that agents run on.
pub(super) fn agents_runtime(parallel: usize) -> tokio::runtime::Builder {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder
        .enable_all()
        // Agents that block have a thread each; those of the agents' own `spawn_blocking` come on top.
        .max_blocking_threads(parallel.saturating_add(512))
        .thread_name("fluxloop-worker");
    if parallel == 1 {
        // A task that yields while there is no other lets its thread look for work, which wakes a second thread to look as
        // well: with one run at a time, that was the third part of all that a run woke. A thread that looks for events
        // before it looks for work finds the task again.
        builder.event_interval(1);
    }
    builder
}

/// Begins to record what happens in runs, where that is asked for.
fn record(
    environment: &WorkerEnvironment,
    outbox: &Arc<Outbox>,
) -> Result<Option<Arc<Recorder>>, WorkerError> {
    let options = environment.observe_options();
    let Some(options) = options.map_err(|error| WorkerError::Serving(error.to_string()))? else {
        return Ok(None);
    };
    let sink = Box::new(ToEngine(Arc::clone(outbox)));
    let recorder = observe::start(&options, env::secrets(), sink)?;
    Ok(Some(recorder))
}

/// Sends what happened to the engine.
pub(super) struct ToEngine(pub(super) Arc<Outbox>);

impl Sink for ToEngine {
    fn send(&self, observation: Observation<'_>) {
        // Each part is text or JSON already: it can be written.
        let _ = self
            .0
            .send_when_there_is_room(&Response::Observation(observation));
    }
}

/// Why a worker cannot do its work. It goes to stderr: the engine shows it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkerError {
    #[error("{0}")]
    Registry(String),
    #[error("the worker cannot start its runtime: {0}")]
    Runtime(io::Error),
    #[error("the worker cannot reach its engine at `{address}`: {source}")]
    Connect { address: String, source: io::Error },
    #[error("the worker cannot read what its engine says: {0}")]
    Serving(String),
    #[error("the worker cannot record what agents do: {0}")]
    Observe(#[from] ObserveError),
}

async fn converse(
    socket: String,
    token: String,
    (registry, checks): (Registry, CheckRegistry),
    (outbox, runs): (Arc<Outbox>, Arc<Runs>),
) -> Result<(), WorkerError> {
    let connected = connect(&socket, &outbox, runs.recorder().is_some()).await;
    let connected = connected.map_err(|source| WorkerError::Connect {
        address: socket,
        source,
    })?;
    answer(connected, token, (registry, checks), (outbox, runs)).await
}

/// Answers an engine that has been reached, until it says that it is done, or is gone.
pub(super) async fn answer(
    (receiver, writing): (impl AsyncRead + Unpin, JoinHandle<()>),
    token: String,
    (registry, checks): (Registry, CheckRegistry),
    (outbox, runs): (Arc<Outbox>, Arc<Runs>),
) -> Result<(), WorkerError> {
    let worker = Worker::new(outbox, (&registry, checks), (token, runs));
    let read = worker.read_requests(receiver).await;
    worker.outbox.close();
    // An engine that is gone reads nothing more; that it did not is its own matter.
    let _ = writing.await;
    read
}

/// Reaches the engine. What is sent goes out by a task of its own, and where runs are observed by a thread besides.
#[cfg(unix)]
async fn connect(
    socket: &str,
    outbox: &Arc<Outbox>,
    is_observed: bool,
) -> io::Result<(impl AsyncRead + use<>, JoinHandle<()>)> {
    let stream = tokio::net::UnixStream::connect(socket).await?.into_std()?;
    talk_over(stream, outbox, is_observed)
}

/// Both directions of a socket that does not block.
#[cfg(unix)]
pub(super) fn talk_over(
    stream: std::os::unix::net::UnixStream,
    outbox: &Arc<Outbox>,
    is_observed: bool,
) -> io::Result<(impl AsyncRead + use<>, JoinHandle<()>)> {
    if is_observed {
        super::relief::start(outbox, stream.try_clone()?)?;
    }
    let (receiver, sender) = super::socket::split(stream)?;
    let outbox = Arc::clone(outbox);
    let writing = async move { super::relief::write_to(&outbox, sender).await };
    Ok((receiver, tokio::spawn(writing)))
}

/// Reaches the engine. What is sent goes out by a task of its own.
#[cfg(windows)]
#[expect(clippy::unused_async, reason = "it waits elsewhere")]
async fn connect(
    socket: &str,
    outbox: &Arc<Outbox>,
    _is_observed: bool,
) -> io::Result<(impl AsyncRead + use<>, JoinHandle<()>)> {
    let stream = tokio::net::windows::named_pipe::ClientOptions::new().open(socket)?;
    Ok(talk_over(stream, outbox))
}

/// Both directions of a connection.
#[cfg(windows)]
pub(super) fn talk_over<S: AsyncRead + tokio::io::AsyncWrite + Send + 'static>(
    stream: S,
    outbox: &Arc<Outbox>,
) -> (impl AsyncRead + use<S>, JoinHandle<()>) {
    let (receiver, sender) = tokio::io::split(stream);
    let outbox = Arc::clone(outbox);
    let writing = async move {
        // An engine that is gone reads nothing more.
        let _ = outbox.write_to(sender).await;
    };
    (receiver, tokio::spawn(writing))
}

/// What answers requests.
struct Worker {
    outbox: Arc<Outbox>,
    runs: Arc<Runs>,
    questions: Arc<Questions>,
    agents: HashMap<String, &'static AgentEntry>,
    checks: CheckRegistry,
}

impl Worker {
    fn new(
        outbox: Arc<Outbox>,
        (registry, checks): (&Registry, CheckRegistry),
        (token, runs): (String, Arc<Runs>),
    ) -> Self {
        let agents = || registry.agents();
        let hello = Hello {
            protocol: VERSION,
            token,
            fluxloop: env!("CARGO_PKG_VERSION").to_owned(),
            agents: agents().map(AgentInfo::from).collect(),
            checks: checks.checks().map(check_info).collect(),
        };
        let worker = Self {
            outbox,
            runs,
            questions: Arc::default(),
            agents: agents().map(|agent| (agent.id(), agent)).collect(),
            checks,
        };
        worker.send(&Response::Hello(hello));
        worker
    }

    /// Reads until `shutdown` or until the engine is gone.
    async fn read_requests(&self, receiver: impl AsyncRead + Unpin) -> Result<(), WorkerError> {
        let mut reader = BufReader::with_capacity(64 * 1024, receiver);
        let mut line = Vec::new();
        loop {
            line.clear();
            let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
            // A socket that breaks is an engine that is gone: the same as its end.
            let read = (&mut reader)
                .take(limit)
                .read_until(b'\n', &mut line)
                .await
                .unwrap_or(0);
            if read == 0 || line.last() != Some(&b'\n') {
                return Ok(());
            }
            let request = serde_json::from_slice(&line)
                .map_err(|error| WorkerError::Serving(error.to_string()))?;
            match request {
                Request::Call(call) => self.call(call),
                Request::Bind(bind) => self.bind(&bind),
                Request::Check(check) => self.check(&check),
                Request::Cancel(cancel) => {
                    if self.runs.cancel(cancel.run) {
                        self.send(&abandoned(cancel.run));
                    }
                }
                Request::Approved(answer) => self.questions.answer(&answer),
                Request::Shutdown(_) => return Ok(()),
            }
        }
    }

    fn call(&self, call: Call<'_>) {
        match (self.agents.get(&*call.agent), Context::new(&call.context)) {
            (Some(agent), Ok(context)) => {
                let asker = Asker::new(call.run, &self.outbox, &self.questions)
                    .recorded_by(self.runs.recorder());
                self.runs.start(
                    &self.outbox,
                    call.run,
                    agent,
                    (call.arguments.into_owned(), context.with_asker(asker)),
                );
            }
            (None, _) => self.refuse(
                call.run,
                format!("no agent `{}` is registered in this worker", call.agent),
            ),
            (_, Err(error)) => {
                self.refuse(call.run, format!("the context cannot be read: {error}"));
            }
        }
    }

    fn check(&self, asked: &Check<'_>) {
        let view = serde_json::from_str::<RunView>(asked.view.get());
        let refused = match (self.checks.get(&asked.check), view) {
            (Some(check), Ok(view)) => {
                return self.runs.check(&self.outbox, asked.run, check, view);
            }
            (None, _) => format!("no check `{}` is registered in this worker", asked.check),
            (_, Err(error)) => format!("the run cannot be read: {error}"),
        };
        // It is the engine's mistake, and still a result.
        self.send(&Response::Checked(Checked {
            run: asked.run,
            result: WireCheckResult::NotJudged(refused),
        }));
    }

    /// Answers a call that no agent can take. It is the engine's mistake, and still a result.
    fn refuse(&self, run: u64, message: String) {
        let unbound = BindError {
            parameter: "call".to_owned(),
            message,
        };
        self.send(&Response::Result(super::protocol::RunResult {
            run,
            duration_ns: 0,
            outcome: super::protocol::WireOutcome::Unbound(unbound),
            keeps: None,
        }));
    }

    fn bind(&self, bind: &Bind<'_>) {
        let error = match self.agents.get(&*bind.agent) {
            None => Some(BindError {
                parameter: "call".to_owned(),
                message: format!("no agent `{}` is registered in this worker", bind.agent),
            }),
            Some(agent) => match catch(|| (agent.bind)(&bind.arguments)) {
                Ok(bound) => bound.err(),
                Err(panic) => Some(BindError {
                    parameter: "input".to_owned(),
                    message: format!("its `Deserialize` panicked: {}", panic.message),
                }),
            },
        };
        self.send(&Response::Bound(Bound {
            bind: bind.bind,
            error,
        }));
    }

    fn send(&self, response: &Response<'_>) {
        // Each part is text or JSON already: it can be written.
        let _ = self.outbox.send(response);
    }
}

fn check_info(check: &CheckEntry) -> CheckInfo {
    CheckInfo {
        name: check.name.to_owned(),
        file: check.file.to_owned(),
        line: check.line,
    }
}
