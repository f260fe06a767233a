use std::{fmt, io};

use jiff::Timestamp;

use crate::{
    artifact::ArtifactError,
    event::{Consumer, Event},
};

/// Who hears of events: each gets every event, whatever becomes of another.
pub struct Consumers<'a> {
    required: &'a mut dyn Consumer<Error = ArtifactError>,
    best_effort: Vec<&'a mut dyn Consumer<Error = io::Error>>,
}

impl fmt::Debug for Consumers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Consumers(1 required, {} best effort)",
            self.best_effort.len()
        )
    }
}

impl<'a> Consumers<'a> {
    /// `required`: its first failure ends the experiment, in order. `best_effort`: one that fails is left out
    /// from then on; the others hear of it as a warning, unless its reader has gone (a broken pipe).
    pub fn new(
        required: &'a mut dyn Consumer<Error = ArtifactError>,
        best_effort: Vec<&'a mut dyn Consumer<Error = io::Error>>,
    ) -> Self {
        Self {
            required,
            best_effort,
        }
    }

    /// Tells everyone.
    ///
    /// # Errors
    ///
    /// When the required consumer fails.
    pub fn emit(&mut self, event: &Event<'_>) -> Result<(), ArtifactError> {
        self.each(|consumer| consumer.event(event));
        self.required.event(event)
    }

    /// Lets everyone know that time passes.
    ///
    /// # Errors
    ///
    /// When the required consumer fails.
    pub fn tick(&mut self, now: Timestamp) -> Result<(), ArtifactError> {
        self.each(|consumer| consumer.tick(now));
        self.required.tick(now)
    }

    /// Leaves out those that fail, and tells the others of it.
    fn each(
        &mut self,
        mut tell: impl FnMut(&mut dyn Consumer<Error = io::Error>) -> io::Result<()>,
    ) {
        let mut failed = self.keep_working(&mut tell);
        // Fewer consumers each time: this comes to an end.
        while let Some(failure) = failed.pop() {
            let warning = format!("part of the output stops here: {failure}");
            failed.extend(
                self.keep_working(&mut |consumer| consumer.event(&Event::Warning(&warning))),
            );
        }
    }

    /// Leaves out those that fail. A reader that has gone is no failure worth a word.
    fn keep_working(
        &mut self,
        tell: &mut dyn FnMut(&mut dyn Consumer<Error = io::Error>) -> io::Result<()>,
    ) -> Vec<io::Error> {
        let mut failed = Vec::new();
        self.best_effort
            .retain_mut(|consumer| tell(*consumer).map_err(|error| failed.push(error)).is_ok());
        failed.retain(|error| error.kind() != io::ErrorKind::BrokenPipe);
        failed
    }
}
