use std::{
    borrow::Cow,
    collections::BTreeMap,
    process::Stdio,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::value::RawValue;
use tokio::{
    process::Command,
    sync::{Notify, mpsc, oneshot, watch},
    time::timeout,
};

use super::{
    CallReport, Death, Returned, StartError, WorkerCommand, WorkerOptions,
    greeting::{Greeted, Lines, greet, read_line},
    group::ProcessGroup,
    life::{Life, ProcessLife},
    logs::Stream,
    output_pump::OutputPump,
    questions::Questions,
    socket::Addresses,
};
use crate::{
    agent::{AgentError, Arguments, BindError},
    worker::{
        Outbox,
        protocol::{
            self, AgentInfo, Approve, Bind, Call, CallContext, Cancel, Check, CheckInfo,
            Observation, ObserveOptions, Panic, Request, Response, Shutdown, WireCheckResult,
            WireOutcome,
        },
    },
};

/// How long what a process did last may take to come through once it has ended.
pub(super) const DRAIN_LIMIT: Duration = Duration::from_millis(500);
/// How long an idle worker may take to end by itself.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(2);

/// A run's end, as one worker saw it.
#[derive(Debug)]
pub(super) enum RunEnd {
    Returned(Returned),
    Error(AgentError),
    Panicked(Panic),
    Unbound(BindError),
    /// A check has looked at a run.
    Checked(WireCheckResult),
    /// Stopped on our request.
    Cancelled,
    /// Could not be stopped: it still has its thread.
    Abandoned,
    Died(Fate),
}

/// A worker's death, as each of its runs hears of it.
#[derive(Clone, Debug)]
pub(super) struct Fate {
    pub(super) death: Death,
    /// The engine ended it, for another run's sake.
    pub(super) killed: bool,
    /// The runs it was holding.
    pub(super) in_flight: usize,
}

type Ended = (RunEnd, Duration);

/// Who waits for a run.
#[derive(Debug)]
struct Listener {
    ended: oneshot::Sender<Ended>,
    reports: Reports,
}

/// Takes what a run tells before its end.
#[derive(Clone, Debug)]
pub(super) struct Reports {
    pub(super) sender: mpsc::UnboundedSender<CallReport>,
    pub(super) calls_before: u32,
    /// Questions of the agent that are not answered yet: while there are any, its time stands still.
    pub(super) open_questions: watch::Sender<usize>,
}

/// One live worker, whatever it lives in. Dropped, it is killed with everything that it started.
#[derive(Debug)]
pub(super) struct LiveWorker {
    state: Arc<State>,
    pub(super) agents: Vec<AgentInfo>,
    pub(super) checks: Vec<CheckInfo>,
    next: AtomicU64,
}

#[derive(Debug)]
struct State {
    outbox: Arc<Outbox>,
    questions: Arc<Questions>,
    waiting: Mutex<Waiting>,
    retired: AtomicBool,
    kill: Notify,
    gone: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    runs: BTreeMap<u64, Listener>,
    binds: BTreeMap<u64, oneshot::Sender<Option<BindError>>>,
    killed: bool,
    dead: Option<Fate>,
}

impl LiveWorker {
    /// Starts a worker and waits for its hello.
    pub(super) async fn start(
        command: &WorkerCommand,
        options: &WorkerOptions,
        addresses: &Mutex<Addresses>,
    ) -> Result<Self, StartError> {
        let logs = &options.logs;
        let spawn_error = |source| StartError::Spawn {
            program: command.program.display().to_string(),
            source,
        };
        let listening = addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .listen();
        let (listener, address) = listening.map_err(spawn_error)?;
        let token = format!("{:032x}", fastrand::u128(..));
        let (stdout, child_stdout) =
            OutputPump::start(logs, Stream::Stdout).map_err(spawn_error)?;
        let (stderr, child_stderr) =
            OutputPump::start(logs, Stream::Stderr).map_err(spawn_error)?;
        let mut child = Command::new(&command.program);
        child
            .args(&command.arguments)
            .envs(
                command
                    .environment
                    .iter()
                    .map(|(name, value)| (name, value)),
            )
            .env(protocol::SOCKET_VARIABLE, &address)
            .env(protocol::TOKEN_VARIABLE, &token)
            .env(protocol::PARALLEL_VARIABLE, options.parallel.to_string())
            .envs(observe_variable(options.observe.as_ref()))
            .current_dir(&command.working_directory)
            .stdin(Stdio::null())
            .stdout(child_stdout)
            .stderr(child_stderr);
        // Consumes the command, and with it our ends of the pipes: while those are open, no pump ends.
        let mut process = ProcessGroup::spawn(child).map_err(spawn_error)?;
        let pumps = [stdout, stderr];
        match greet(&mut process, &listener, &token).await {
            Ok(greeted) => Ok(Self::supervised(ProcessLife::new(process, pumps), greeted)),
            Err(error) => {
                let mut life = ProcessLife::new(process, pumps);
                life.kill();
                life.drain().await;
                Err(error.with_stderr(logs.stderr_tail()))
            }
        }
    }

    /// Talks to a worker that has said hello, and watches over its life.
    pub(super) fn supervised(life: impl Life, greeted: Greeted) -> Self {
        let state = Arc::new(State {
            outbox: Arc::default(),
            questions: Arc::default(),
            waiting: Mutex::default(),
            retired: AtomicBool::new(false),
            kill: Notify::new(),
            gone: Notify::new(),
        });
        let outbox = Arc::clone(&state.outbox);
        // A socket that breaks is noticed where it is read.
        tokio::spawn(async move { outbox.write_to(greeted.sender).await });
        tokio::spawn(supervise(life, greeted.lines, Arc::clone(&state)));
        Self {
            state,
            agents: greeted.hello.agents,
            checks: greeted.hello.checks,
            next: AtomicU64::new(0),
        }
    }

    /// Whether it takes calls.
    pub(super) fn is_usable(&self) -> bool {
        !self.state.retired.load(Ordering::Relaxed) && self.state.waiting().dead.is_none()
    }

    /// Takes no more calls; ends when those it has are done.
    pub(super) fn retire(&self) {
        self.state.retired.store(true, Ordering::Relaxed);
    }

    /// Ends it now, whatever it is doing.
    pub(super) fn kill(&self) {
        self.retire();
        self.state.waiting().killed = true;
        self.state.kill.notify_one();
    }

    /// Begins a run.
    pub(super) fn call(
        &self,
        agent: &str,
        arguments: &Arguments,
        context: CallContext<'_>,
        reports: Reports,
    ) -> (u64, oneshot::Receiver<Ended>) {
        self.begin(reports, |run| {
            Request::Call(Call {
                run,
                agent: Cow::Borrowed(agent),
                arguments: Cow::Borrowed(arguments),
                context,
            })
        })
    }

    /// Has a check look at a run. It counts among the runs.
    pub(super) fn check(
        &self,
        check: &str,
        view: &RawValue,
        reports: Reports,
    ) -> (u64, oneshot::Receiver<Ended>) {
        self.begin(reports, |run| {
            Request::Check(Check {
                run,
                check: Cow::Borrowed(check),
                view: Cow::Borrowed(view),
            })
        })
    }

    fn begin<'a>(
        &self,
        reports: Reports,
        request: impl FnOnce(u64) -> Request<'a>,
    ) -> (u64, oneshot::Receiver<Ended>) {
        let run = self.next.fetch_add(1, Ordering::Relaxed);
        let (ended, receiver) = oneshot::channel();
        let mut waiting = self.state.waiting();
        if let Some(fate) = &waiting.dead {
            // It died between being chosen and being called: this run was not there to be a suspect.
            let fate = Fate {
                killed: true,
                ..fate.clone()
            };
            let _ = ended.send((RunEnd::Died(fate), Duration::ZERO));
            return (run, receiver);
        }
        waiting.runs.insert(run, Listener { ended, reports });
        drop(waiting);
        self.send(&request(run));
        (run, receiver)
    }

    /// Asks for a run to be stopped.
    pub(super) fn cancel(&self, run: u64) {
        self.send(&Request::Cancel(Cancel { run }));
    }

    /// Asks whether arguments fit. The receiver closes without a word when the worker dies.
    pub(super) fn bind(
        &self,
        agent: &str,
        arguments: &Arguments,
    ) -> oneshot::Receiver<Option<BindError>> {
        let bind = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, receiver) = oneshot::channel();
        let mut waiting = self.state.waiting();
        if waiting.dead.is_none() {
            waiting.binds.insert(bind, answer);
        }
        drop(waiting);
        self.send(&Request::Bind(Bind {
            bind,
            agent: Cow::Borrowed(agent),
            arguments: Cow::Borrowed(arguments),
        }));
        receiver
    }

    /// How it died, if it did.
    pub(super) fn fate(&self) -> Option<Fate> {
        self.state.waiting().dead.clone()
    }

    /// Lets it end, and sees to it that it has, with everything that it started.
    pub(super) async fn shut_down(&self) {
        self.retire();
        self.send(&Request::Shutdown(Shutdown {}));
        if timeout(SHUTDOWN_LIMIT, self.gone()).await.is_err() {
            self.kill();
            self.gone().await;
        }
    }

    /// Waits until it is dead and its last output is in the logs.
    async fn gone(&self) {
        loop {
            let notified = self.state.gone.notified();
            if self.state.waiting().dead.is_some() {
                return;
            }
            notified.await;
        }
    }

    fn send(&self, request: &Request<'_>) {
        // Text and JSON throughout: it can be written.
        let _ = self.state.outbox.send(request);
    }
}

impl Drop for LiveWorker {
    fn drop(&mut self) {
        self.kill();
    }
}

impl State {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Handles one line. `false` if it is not of the protocol.
    fn take_line(&self, line: &[u8]) -> bool {
        // Looked at once as a whole, it need not be for every text in it.
        let Ok(line) = str::from_utf8(line) else {
            return false;
        };
        match serde_json::from_str(line) {
            Ok(Response::Result(result)) => {
                let end = match result.outcome {
                    WireOutcome::Returned(output) => RunEnd::Returned(Returned {
                        output: output.into_owned(),
                        state: result.keeps.map(|keeps| keeps.state.into_owned()),
                    }),
                    WireOutcome::Error(error) => RunEnd::Error(error),
                    WireOutcome::Panic(panic) => RunEnd::Panicked(panic),
                    WireOutcome::Unbound(unbound) => RunEnd::Unbound(unbound),
                    WireOutcome::Cancelled => RunEnd::Cancelled,
                };
                self.end_run(result.run, end, Duration::from_nanos(result.duration_ns));
            }
            Ok(Response::Checked(checked)) => {
                self.end_run(checked.run, RunEnd::Checked(checked.result), Duration::ZERO);
            }
            Ok(Response::Abandoned(Cancel { run })) => {
                self.end_run(run, RunEnd::Abandoned, Duration::ZERO);
            }
            Ok(Response::Bound(bound)) => {
                if let Some(answer) = self.waiting().binds.remove(&bound.bind) {
                    let _ = answer.send(bound.error);
                }
            }
            Ok(Response::Observation(observation)) => self.observed(observation),
            Ok(Response::Approve(question)) => self.ask(question),
            Ok(Response::Withdrawn(question)) => self.questions.withdraw(question.approval),
            Ok(Response::Hello(_)) | Err(_) => return false,
        }
        true
    }

    /// What happened in a run that nobody waits for any more is nobody's.
    fn observed(&self, observation: Observation<'_>) {
        let waiting = self.waiting();
        if let Some(Listener { reports, .. }) = waiting.runs.get(&observation.run) {
            let _ = reports.sender.send(CallReport::Observed {
                calls_before: reports.calls_before,
                at_ns: observation.at_ns,
                what: observation.what.into_owned(),
            });
        }
    }

    fn ask(&self, question: Approve<'_>) {
        let waiting = self.waiting();
        let listener = waiting.runs.get(&question.run);
        let reports = listener.map(|listener| &listener.reports);
        self.questions.ask(&self.outbox, question, reports);
    }

    /// A run that nobody waits for any more, or a late result of an abandoned one, is nobody's.
    fn end_run(&self, run: u64, end: RunEnd, duration: Duration) {
        let listener = self.waiting().runs.remove(&run);
        if let Some(listener) = listener {
            let _ = listener.ended.send((end, duration));
        }
    }

    fn die(&self, death: Death) {
        self.outbox.close();
        self.questions.withdraw_all();
        let mut waiting = self.waiting();
        waiting.runs.retain(|_, run| !run.ended.is_closed());
        let fate = Fate {
            death,
            killed: waiting.killed,
            in_flight: waiting.runs.len(),
        };
        waiting.dead = Some(fate.clone());
        waiting.binds.clear();
        for (_, run) in std::mem::take(&mut waiting.runs) {
            let _ = run.ended.send((RunEnd::Died(fate.clone()), Duration::ZERO));
        }
        drop(waiting);
        self.gone.notify_waiters();
    }
}

/// What the worker is to record; a worker that was told nothing records nothing.
fn observe_variable(options: Option<&ObserveOptions>) -> Option<(&'static str, String)> {
    // Text and a number: it can be written.
    let json = serde_json::to_string(options?).ok()?;
    Some((protocol::OBSERVE_VARIABLE, json))
}

/// Reads what a worker says until it says no more, or something that no worker says.
async fn listen(lines: &mut Lines, state: &Arc<State>) {
    let mut line = Vec::new();
    // A socket that breaks is a worker that is gone.
    while matches!(read_line(lines, &mut line).await, Ok(true)) && state.take_line(&line) {
        line.clear();
        line.shrink_to(1024 * 1024);
    }
}

/// Watches a worker to its end, and makes sure that it is one.
async fn supervise(mut life: impl Life, mut lines: Lines, state: Arc<State>) {
    let mut hung_up = false;
    let mut death = tokio::select! {
        // A dying process closes its socket first: its own end says more than being killed.
        () = listen(&mut lines, &state) => {
            let death = timeout(DRAIN_LIMIT, life.end()).await.ok();
            hung_up = death.is_none();
            death
        }
        // What it said last may still be in the socket. A fork of it may hold the socket open.
        death = life.end() => {
            let _ = timeout(DRAIN_LIMIT, listen(&mut lines, &state)).await;
            Some(death)
        }
        () = state.kill.notified() => None,
    };
    // Also after its end: what it started must not outlive it.
    life.kill();
    if death.is_none() {
        death = Some(life.end().await);
    }
    life.drain().await;
    state.die(match death {
        Some(death) if !hung_up => death,
        _ => Death::hung_up(),
    });
}
