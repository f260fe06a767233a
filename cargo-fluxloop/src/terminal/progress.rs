use std::{fmt::Write as _, time::Duration};

use clap::ValueEnum;
use fluxloop::plan::Case;
use jiff::Timestamp;

use super::{
    Shell, Verbosity,
    duration::coarse,
    sanitize::{truncated, width},
};

/// Of what a user says, no more than this many columns are kept: no terminal is wider.
const WIDEST: usize = 500;

/// How progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Progress {
    /// A bar on a terminal, a line of its text a second elsewhere
    #[default]
    Auto,
    /// The same, also with `--quiet` or `--message-format json`
    Bar,
    /// A line for each case
    Lines,
    /// Nothing
    None,
}

/// What [`Progress`] comes to where this process writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProgressForm {
    /// A line for each case.
    pub(super) cases: bool,
    /// The bar's text, in place or line by line.
    pub(super) bar: Option<Bar>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bar {
    InPlace,
    LineByLine,
}

impl Bar {
    /// The least time between two drawings.
    fn interval(self) -> Duration {
        match self {
            Self::InPlace => Duration::from_millis(100),
            Self::LineByLine => Duration::from_secs(1),
        }
    }
}

/// A turn of a conversation in flight.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    run: u64,
    /// The input that the conversation began with.
    input: String,
    number: u32,
    last: u32,
    says: String,
}

impl Turn {
    pub(super) fn new(case: &Case, number: u32, last: u32, says: &str) -> Self {
        Self {
            run: case.index,
            input: truncated(&case.input.id, 30),
            number,
            last,
            says: truncated(says, WIDEST),
        }
    }

    /// `Turn 3/8: Yes, please.` Among others, it says whose turn it is.
    fn text(&self, is_one_of_many: bool) -> String {
        let Self {
            input,
            number,
            last,
            says,
            ..
        } = self;
        if is_one_of_many {
            format!("Turn {number}/{last} ({input}): {says}")
        } else {
            format!("Turn {number}/{last}: {says}")
        }
    }
}

impl Progress {
    /// Decides. `--verbose` adds a line for each case, which stand for the plain lines where there is no
    /// terminal; `json` (as `--quiet`) leaves `auto` without a bar.
    pub(crate) fn form(self, shell: &Shell, json: bool) -> ProgressForm {
        let verbose = shell.verbosity() == Verbosity::Verbose;
        let quiet = shell.verbosity() == Verbosity::Quiet || json;
        let bar = if shell.is_terminal() {
            Bar::InPlace
        } else {
            Bar::LineByLine
        };
        match self {
            Self::None => ProgressForm {
                cases: false,
                bar: None,
            },
            Self::Lines => ProgressForm {
                cases: true,
                bar: None,
            },
            Self::Bar => ProgressForm {
                cases: verbose,
                bar: Some(bar),
            },
            Self::Auto => ProgressForm {
                cases: verbose,
                bar: Some(bar).filter(|bar| !quiet && (!verbose || *bar == Bar::InPlace)),
            },
        }
    }
}

/// Counts runs, and says when it is time to draw and what.
#[derive(Debug)]
pub(super) struct Meter {
    bar: Bar,
    planned: u64,
    started: Timestamp,
    done: u64,
    failed: u64,
    /// The turns of conversations in flight, the one that began last at the end.
    turns: Vec<Turn>,
    /// Runs at the last drawing.
    drawn: Option<u64>,
    next: Timestamp,
}

impl Meter {
    pub(super) fn new(bar: Bar, planned: u64, started: Timestamp) -> Self {
        // A bar stands from the start; a line has to have something to say.
        let next = match bar {
            Bar::InPlace => started,
            Bar::LineByLine => later(started, bar.interval()),
        };
        Self {
            bar,
            planned,
            started,
            done: 0,
            failed: 0,
            turns: Vec::new(),
            drawn: None,
            next,
        }
    }

    /// Takes the counts in. Costs no more than the comparison of two times while there is nothing to draw.
    pub(super) fn update(&mut self, done: u64, failed: u64) {
        self.done = done;
        self.failed = failed;
    }

    /// A turn of a conversation begins. It is drawn at the next tick.
    pub(super) fn turn_began(&mut self, turn: Turn) {
        if self.bar == Bar::InPlace {
            self.run_ended(turn.run);
            self.turns.push(turn);
        }
    }

    /// A run has no turns any more.
    pub(super) fn run_ended(&mut self, run: u64) {
        self.turns.retain(|turn| turn.run != run);
    }

    /// Draws if it is time to: when the interval is over, and at the end.
    pub(super) fn draw(&mut self, shell: &Shell, now: Timestamp) {
        let complete = self.done >= self.planned;
        if now < self.next && !complete {
            return;
        }
        match self.bar {
            Bar::InPlace => shell.set_status(&self.status(now, shell.columns())),
            Bar::LineByLine if self.drawn != Some(self.done) => shell.text(&self.text(now, None)),
            Bar::LineByLine => return,
        }
        self.drawn = Some(self.done);
        self.next = later(now, self.bar.interval());
    }

    /// The last drawing, which stays.
    pub(super) fn finish(&mut self, shell: &Shell, now: Timestamp) {
        self.turns.clear();
        self.next = now;
        self.draw(shell, now);
        shell.finish_status();
    }

    /// The bar, and below it what the simulated user says in the turn that began last.
    fn status(&self, now: Timestamp, columns: Option<usize>) -> Vec<String> {
        let turn = self.turns.last().map(|turn| {
            let text = turn.text(self.turns.len() > 1);
            truncated(&text, columns.unwrap_or(usize::MAX))
        });
        [self.text(now, columns)].into_iter().chain(turn).collect()
    }

    /// `[▓▓▓▓▓░░░░░] 250/500 (50%) - ETA: 2m 15s - 3 failed`. Where that is too wide, first the estimate goes,
    /// then the bar.
    fn text(&self, now: Timestamp, columns: Option<usize>) -> String {
        let mut bar = String::from("[");
        let cells = share(self.done, self.planned, 10);
        bar.extend((0..10).map(|cell| if cell < cells { '▓' } else { '░' }));
        bar.push_str("] ");
        let counts = format!(
            "{}/{} ({}%)",
            self.done,
            self.planned,
            share(self.done, self.planned, 100)
        );
        let mut estimate = String::new();
        if let Some(left) = self.left(now) {
            let _ = write!(estimate, " - ETA: {}", coarse(left));
        }
        let mut failed = String::new();
        if self.failed > 0 {
            let _ = write!(failed, " - {} failed", self.failed);
        }
        let columns = columns.unwrap_or(usize::MAX);
        [
            format!("{bar}{counts}{estimate}{failed}"),
            format!("{bar}{counts}{failed}"),
            format!("{counts}{failed}"),
        ]
        .into_iter()
        .find(|text| width(text) <= columns)
        .unwrap_or_else(|| truncated(&counts, columns))
    }

    /// The time that is left at the pace so far; unknown until a run has finished, and none after the last.
    fn left(&self, now: Timestamp) -> Option<Duration> {
        let elapsed = Duration::try_from(now.duration_since(self.started)).unwrap_or_default();
        let remaining = self
            .planned
            .checked_sub(self.done)
            .filter(|left| *left > 0)?;
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
        let pace = (self.done > 0).then(|| remaining as f64 / self.done as f64)?;
        Duration::try_from_secs_f64(elapsed.as_secs_f64() * pace).ok()
    }
}

/// `parts × done / planned`, rounded down; all of them when nothing is planned.
fn share(done: u64, planned: u64, parts: u64) -> u64 {
    let share = u128::from(done) * u128::from(parts) / u128::from(planned.max(1));
    if planned == 0 {
        parts
    } else {
        u64::try_from(share).unwrap_or(parts).min(parts)
    }
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    // Only at the end of all timestamps is there no later one.
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
