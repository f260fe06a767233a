use std::sync::Arc;

use super::{
    outbox::Outbox,
    panic::{catch, catch_async},
    protocol::{Checked, Panic, Response, WireCheckResult},
    run::{Running, Runs},
};
use crate::{
    check::{CheckEntry, CheckInvocation, CheckResult, RunView},
    observe::Scope,
};

/// The longest message of a check that is sent on, in bytes.
const MOST_BYTES: usize = 16 * 1024;

impl Runs {
    /// Has a check look at a run; what it says goes to the outbox. What happens in it is no part of the run.
    pub(super) fn check(
        self: &Arc<Self>,
        outbox: &Arc<Outbox>,
        run: u64,
        check: &'static CheckEntry,
        view: RunView,
    ) {
        let report = Report {
            run,
            outbox: Arc::clone(outbox),
            runs: Arc::clone(self),
            sent: false,
        };
        // Held until the check is listed: it cannot end, and unlist itself, before that.
        let mut running = self.lock();
        let task = tokio::spawn(look(check, Arc::new(view), report));
        running.insert(run, Running::Async(task.abort_handle()));
    }
}

/// Runs one check, under `catch`, as agents are.
async fn look(check: &'static CheckEntry, view: Arc<RunView>, report: Report) {
    match catch(|| (check.call)(view)) {
        Err(panic) => report.send(Err(panic)),
        Ok(CheckInvocation::Async(future)) => {
            let result = catch_async(future, &Scope::new(None)).await;
            report.send(result);
        }
        Ok(CheckInvocation::Blocking(call)) => {
            report.runs.lock().insert(report.run, Running::Blocking);
            tokio::task::spawn_blocking(move || report.send(catch(call)));
        }
    }
}

/// Says what came of a check, once: one that is dropped without a word was cancelled.
struct Report {
    run: u64,
    outbox: Arc<Outbox>,
    runs: Arc<Runs>,
    sent: bool,
}

impl Report {
    fn send(mut self, result: Result<CheckResult, Panic>) {
        self.sent = true;
        self.finish(match result {
            Ok(CheckResult::Passed) => WireCheckResult::Passed,
            Ok(CheckResult::Failed(message)) => WireCheckResult::Failed(bounded(message)),
            Ok(CheckResult::NotJudged(reason)) => WireCheckResult::NotJudged(bounded(reason)),
            Err(panic) => WireCheckResult::Panic(Panic {
                message: bounded(panic.message),
                ..panic
            }),
        });
    }

    fn finish(&self, result: WireCheckResult) {
        self.runs.lock().remove(&self.run);
        // Text throughout: it can be written.
        let _ = self.outbox.send(&Response::Checked(Checked {
            run: self.run,
            result,
        }));
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        if !self.sent {
            self.finish(WireCheckResult::Cancelled);
        }
    }
}

fn bounded(mut message: String) -> String {
    message.truncate(message.floor_char_boundary(MOST_BYTES));
    message
}
