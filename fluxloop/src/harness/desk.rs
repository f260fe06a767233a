use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
};

use tokio::sync::mpsc as demands;

use super::{message, snapshots, snapshots::View};
use crate::event::{Consumer, Event, Outcome};

/// What became of a case: what there is to compare, where that is wanted, or why it failed.
pub(super) type Answer = Result<Option<View>, String>;

/// Where tests hand in their cases and wait for what becomes of them.
#[derive(Debug, Default)]
pub(super) struct Desk {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Absent while no case is run: before, and afterwards.
    demands: Option<demands::UnboundedSender<u64>>,
    waiting: HashMap<u64, mpsc::SyncSender<Answer>>,
}

impl Desk {
    /// Takes cases from now on; where they come out.
    pub(super) fn open(&self) -> demands::UnboundedReceiver<u64> {
        let (sender, receiver) = demands::unbounded_channel();
        self.state().demands = Some(sender);
        receiver
    }

    /// Has a case run, by its position in the plan, and waits for its end. `None`: it was not run.
    pub(super) fn run(&self, case: u64) -> Option<Answer> {
        let (sender, receiver) = mpsc::sync_channel(1);
        {
            let mut state = self.state();
            state.demands.as_ref()?.send(case).ok()?;
            state.waiting.insert(case, sender);
        }
        receiver.recv().ok()
    }

    /// No further case comes: what is under way may end.
    pub(super) fn close(&self) {
        self.state().demands = None;
    }

    /// No case is run any more: whoever waits hears of it.
    pub(super) fn end(&self) {
        let mut state = self.state();
        state.demands = None;
        state.waiting.clear();
    }

    fn answer(&self, case: u64, answer: Answer) {
        let waiting = self.state().waiting.remove(&case);
        if let Some(waiting) = waiting {
            // A test that waits takes it; there is room for one.
            let _ = waiting.send(answer);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the tests how their cases ended.
#[derive(Debug)]
pub(super) struct Answers {
    pub(super) desk: Arc<Desk>,
    /// The experiment's directory.
    pub(super) directory: PathBuf,
    /// Whether answers are compared.
    pub(super) has_snapshots: bool,
}

impl Consumer for Answers {
    type Error = io::Error;

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if let Event::RunFinished { run, .. } = event {
            let answer = match &run.outcome {
                Outcome::Returned(_) if self.has_snapshots => {
                    Ok(snapshots::view(run, &self.directory))
                }
                Outcome::Returned(_) => Ok(None),
                Outcome::Failed(failure) | Outcome::Rejected { failure, .. } => {
                    Err(message::failed(run, failure, &self.directory))
                }
            };
            self.desk.answer(run.case.index, answer);
        }
        Ok(())
    }
}
