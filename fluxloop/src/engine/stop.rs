use tokio::sync::watch;

/// How urgently an experiment is asked to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopLevel {
    /// Not at all.
    #[default]
    Run,
    /// Start no more runs; those in flight have a few seconds.
    Drain,
    /// End at once.
    Now,
}

/// Asks an experiment to end.
#[derive(Debug)]
pub struct Stopper(watch::Sender<StopLevel>);

/// Hears when an experiment is asked to end.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<StopLevel>);

impl Stopper {
    /// A pair of ends.
    #[must_use]
    pub fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(StopLevel::default());
        (Self(sender), Stop(receiver))
    }

    /// Asks; what was asked before is never taken back.
    pub fn ask(&self, level: StopLevel) {
        self.0.send_if_modified(|asked| {
            let more = level > *asked;
            *asked = level.max(*asked);
            more
        });
    }
}

impl Stop {
    /// What is asked now.
    #[must_use]
    pub fn level(&self) -> StopLevel {
        *self.0.borrow()
    }

    /// Waits until at least this much is asked. For ever, if nobody is left to ask.
    pub async fn reaches(&mut self, level: StopLevel) {
        if self.0.wait_for(|asked| *asked >= level).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
