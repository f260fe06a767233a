use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::task::AbortHandle;

use super::{
    outbox::Outbox,
    panic::{catch, catch_async},
    protocol::{Cancel, Keeps, MAX_LINE, Response, RunResult, WireOutcome},
};
use crate::{
    agent::{AgentEntry, AgentError, Arguments, Context, Invocation, Reply},
    observe::{ObservedRun, Recorder, Scope, hint_for},
};

/// The runs in flight in this worker.
#[derive(Debug)]
pub(super) struct Runs {
    running: Mutex<HashMap<u64, Running>>,
    /// Takes down what happens in them; absent where nobody wants to know.
    recorder: Option<Arc<Recorder>>,
}

#[derive(Debug)]
pub(super) enum Running {
    /// Stops at its next await.
    Async(AbortHandle),
    /// Cannot be stopped: it has a thread of its own.
    Blocking,
}

impl Runs {
    pub(super) fn new(recorder: Option<Arc<Recorder>>) -> Arc<Self> {
        Arc::new(Self {
            running: Mutex::default(),
            recorder,
        })
    }

    /// Takes down what happens in runs, where somebody wants to know.
    pub(super) fn recorder(&self) -> Option<&Arc<Recorder>> {
        self.recorder.as_ref()
    }

    /// Starts a run; its result goes to the outbox.
    pub(super) fn start(
        self: &Arc<Self>,
        outbox: &Arc<Outbox>,
        run: u64,
        agent: &'static AgentEntry,
        (arguments, context): (Arguments, Context),
    ) {
        let recorder = self.recorder.as_ref();
        let observed = recorder.map(|recorder| ObservedRun::new(run, Arc::clone(recorder)));
        let report = Report {
            run,
            scope: Arc::new(Scope::new(observed)),
            outbox: Arc::clone(outbox),
            runs: Arc::clone(self),
            started: Instant::now(),
            context: Arc::new(context),
            sent: false,
        };
        // Held until the run is listed: it cannot end, and unlist itself, before that.
        let mut running = self.lock();
        let task = tokio::spawn(drive(agent, arguments, report));
        running.insert(run, Running::Async(task.abort_handle()));
    }

    /// Stops a run where that is possible. `true` if it must be abandoned instead.
    pub(super) fn cancel(&self, run: u64) -> bool {
        match self.lock().get(&run) {
            Some(Running::Async(task)) => {
                task.abort();
                false
            }
            Some(Running::Blocking) => true,
            // Ended in the meantime: its result is on its way.
            None => false,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<u64, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Binds and runs one agent. User code, its `Deserialize` and its drops included, runs under `catch`.
async fn drive(agent: &'static AgentEntry, arguments: Arguments, mut report: Report) {
    report.started = Instant::now();
    let context = Arc::clone(&report.context);
    let scope = Arc::clone(&report.scope);
    match catch(|| scope.within(move || (agent.call)(&arguments, context))) {
        Err(panic) => report.send(WireOutcome::Panic(panic)),
        Ok(Err(unbound)) => report.send(WireOutcome::Unbound(unbound)),
        Ok(Ok(Invocation::Async(future))) => {
            let reply = catch_async(future, &scope).await;
            report.send_reply(reply);
        }
        Ok(Ok(Invocation::Blocking(call))) => {
            report.runs.lock().insert(report.run, Running::Blocking);
            tokio::task::spawn_blocking(move || {
                report.started = Instant::now();
                let reply = catch(|| scope.within(call));
                report.send_reply(reply);
            });
        }
    }
}

/// Says how a run ended, once: a run that is dropped without a word was cancelled.
struct Report {
    run: u64,
    /// Where the call happens.
    scope: Arc<Scope>,
    outbox: Arc<Outbox>,
    runs: Arc<Runs>,
    started: Instant,
    /// Holds what the agent keeps for the next turn.
    context: Arc<Context>,
    sent: bool,
}

impl Report {
    fn send_reply(self, reply: Result<Reply, super::protocol::Panic>) {
        match reply {
            Ok(Ok(output)) if output.get().len() > MAX_LINE / 2 => {
                let message = format!(
                    "the output is {} bytes of JSON, and at most {} can be recorded",
                    output.get().len(),
                    MAX_LINE / 2
                );
                self.send(WireOutcome::Error(AgentError {
                    message,
                    causes: Vec::new(),
                    transient: false,
                }));
            }
            Ok(Ok(output)) => self.send(WireOutcome::Returned(Cow::Owned(output))),
            Ok(Err(mut error)) => {
                error
                    .causes
                    .extend(hint_for(&error.message).map(str::to_owned));
                self.send(WireOutcome::Error(error));
            }
            Err(mut panic) => {
                if let Some(hint) = hint_for(&panic.message) {
                    panic.message = format!("{}\n{hint}", panic.message);
                }
                self.send(WireOutcome::Panic(panic));
            }
        }
    }

    fn send(mut self, outcome: WireOutcome<'_>) {
        self.sent = true;
        self.finish(outcome);
    }

    fn finish(&self, outcome: WireOutcome<'_>) {
        let duration_ns = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.scope.end();
        self.runs.lock().remove(&self.run);
        let result = Response::Result(RunResult {
            run: self.run,
            duration_ns,
            outcome,
            keeps: self.context.kept_state().map(|state| Keeps {
                state: Cow::Owned(state),
            }),
        });
        if let Err(error) = self.outbox.send(&result) {
            // Every part is JSON already or plain text, so this is out of reach; were it not, the engine
            // must hear of the run all the same.
            let outcome = WireOutcome::Error(AgentError {
                message: format!("the outcome cannot be written as JSON: {error}"),
                causes: Vec::new(),
                transient: false,
            });
            let _ = self.outbox.send(&Response::Result(RunResult {
                run: self.run,
                duration_ns,
                outcome,
                keeps: None,
            }));
        }
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        if !self.sent {
            self.finish(WireOutcome::Cancelled);
        }
    }
}

/// Tells the engine that a cancelled run goes on.
pub(super) fn abandoned(run: u64) -> Response<'static> {
    Response::Abandoned(Cancel { run })
}
