use std::{panic::resume_unwind, thread};

use tokio::sync::oneshot;

use super::{Experiment, ExperimentError, ExperimentResult, flow};
use crate::{
    engine::{StopLevel, Stopper, runtime},
    setup::BeginError,
};

type Outcome = Result<ExperimentResult, ExperimentError>;

/// An experiment on a thread of its own, so that it can be run wherever a test is: also within a runtime, which may have
/// but that one thread. Dropped, the experiment is stopped.
#[derive(Debug)]
pub(super) struct Running {
    stopper: Stopper,
    thread: Option<thread::JoinHandle<Outcome>>,
    /// Closed when the thread is about to end.
    over: oneshot::Receiver<()>,
}

impl Running {
    pub(super) fn start(experiment: Experiment) -> Result<Self, ExperimentError> {
        let (stopper, stop) = Stopper::new();
        let (ending, over) = oneshot::channel::<()>();
        let thread = thread::Builder::new()
            .name("fluxloop-engine".to_owned())
            .spawn(move || {
                // Dropped when all else is done, also by a panic.
                let _ending = ending;
                runtime()
                    .map_err(BeginError::system("cannot start the runtime"))?
                    .block_on(flow::conduct(experiment, stop))
            })
            .map_err(BeginError::system("cannot start a thread"))?;
        Ok(Self {
            stopper,
            thread: Some(thread),
            over,
        })
    }

    /// Waits for its end, on this thread.
    pub(super) fn join(mut self) -> Outcome {
        match self.thread.take().map(thread::JoinHandle::join) {
            Some(Ok(outcome)) => outcome,
            // A mistake of ours: it shows as it would without a thread.
            Some(Err(panic)) => resume_unwind(panic),
            // It is taken here alone, and this is the end of it.
            None => Err(ExperimentError::Stopped),
        }
    }

    /// Waits for its end.
    pub(super) async fn finished(mut self) -> Outcome {
        // Never sent, only dropped.
        let _ = (&mut self.over).await;
        self.join()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stopper.ask(StopLevel::Now);
    }
}
