use std::{io, time::Duration};

use fluxloop::{
    event::{Consumer, Event, Failure, Finished, Run, Started},
    plan::Case,
    summary::{Statistics, words::plural},
};
use jiff::Timestamp;

use super::{
    ProgressForm, Shell, Verbosity,
    confirm::left_out,
    duration::measured,
    progress::{Meter, Turn},
    sanitize::{truncated, visible},
    shell::{BAD, GOOD},
    summary::Summary,
};

/// How an experiment is told to people.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HumanOptions {
    /// How progress is shown.
    pub(crate) progress: ProgressForm,
    /// How long an interrupted experiment waits for the runs in flight.
    pub(crate) grace: Duration,
}

/// Tells an experiment to people, on standard error, as it goes. It writes best effort and never fails.
#[derive(Debug)]
pub(crate) struct HumanReporter {
    shell: Shell,
    options: HumanOptions,
    started: Option<Started>,
    meter: Option<Meter>,
}

impl HumanReporter {
    /// Nothing has happened yet.
    pub(crate) fn new(shell: Shell, options: HumanOptions) -> Self {
        Self {
            shell,
            options,
            started: None,
            meter: None,
        }
    }

    fn draw(&mut self, now: Timestamp) {
        if let Some(meter) = &mut self.meter {
            meter.draw(&self.shell, now);
        }
    }

    fn experiment_started(&mut self, started: &Started) {
        self.shell.info("Starting experiment...");
        self.shell
            .info(format_args!("Loaded {}", plural(started.inputs, "input")));
        self.shell.info(format_args!(
            "Running {} per input ({}{})",
            plural(started.iterations, "iteration"),
            plural(started.planned, "total run"),
            left_out(started.left_out),
        ));
        self.started = Some(started.clone());
        self.meter = self
            .options
            .progress
            .bar
            .map(|bar| Meter::new(bar, started.planned, started.at));
        self.draw(started.at);
    }

    fn run_retried(&self, case: &Case, attempt: u32, failure: &Failure, delay: Duration) {
        if self.shell.verbosity() == Verbosity::Verbose {
            self.shell.verbose(format_args!(
                "Retrying {} in {}: attempt {attempt} ended with {}: {}",
                visible(&case.name),
                measured(delay.as_secs_f64() * 1000.0),
                failure.kind,
                truncated(&failure.message, 200),
            ));
        }
    }

    fn run_finished(&mut self, run: &Run, so_far: &Statistics) {
        if self.options.progress.cases {
            let outcome = if run.outcome.is_success() {
                self.shell.paint(GOOD, "ok")
            } else {
                self.shell.paint(BAD, "FAILED")
            };
            self.shell
                .text(&format!("test {} ... {outcome}", visible(&run.case.name)));
        }
        if let Some(meter) = &mut self.meter {
            meter.run_ended(run.case.index);
            let counts = so_far.counts();
            meter.update(counts.total, counts.failed);
            meter.draw(&self.shell, run.completed_at);
        }
    }

    fn interrupted(&self, in_flight: usize) {
        let in_flight = u64::try_from(in_flight).unwrap_or(u64::MAX);
        if in_flight == 0 {
            self.shell.warn("Interrupted: no run is in flight");
        } else {
            self.shell.warn(format_args!(
                "Interrupted: waiting up to {} s for {} in flight; press Ctrl-C again to end at once",
                self.options.grace.as_secs(),
                plural(in_flight, "run"),
            ));
        }
    }

    fn experiment_finished(&mut self, finished: &Finished) {
        if let Some(mut meter) = self.meter.take() {
            meter.finish(&self.shell, finished.at);
        }
        let summary = Summary {
            started: self.started.as_ref(),
            finished,
            shell: &self.shell,
        };
        self.shell.text(&summary.text());
        if self.shell.verbosity() > Verbosity::Quiet {
            self.shell.text(&summary.test_result());
        }
    }
}

impl Consumer for HumanReporter {
    type Error = io::Error;

    /// Draws progress that is due: the bar must not stand still between runs that finish together.
    fn tick(&mut self, now: Timestamp) -> io::Result<()> {
        self.draw(now);
        Ok(())
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::ExperimentStarted(started) => self.experiment_started(started),
            Event::TurnStarted {
                case,
                turn,
                max_turns,
                says,
            } => {
                if let Some(meter) = &mut self.meter {
                    meter.turn_began(Turn::new(case, *turn, *max_turns, says));
                }
            }
            Event::RunRetried {
                case,
                attempt,
                failure,
                delay,
            } => {
                self.run_retried(case, *attempt, failure, *delay);
            }
            Event::RunFinished { run, so_far } => self.run_finished(run, so_far),
            Event::Warning(warning) => self.shell.warn(warning),
            Event::Interrupted { in_flight } => self.interrupted(*in_flight),
            Event::ExperimentFinished(finished) => self.experiment_finished(finished),
            // A run that begins is not worth a line; neither is what later versions add unless told here.
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
