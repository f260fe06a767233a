//! Writers and events for tests.

use std::{
    io::{self, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use fluxloop::{
    Persona,
    config::Gate,
    event::{Consumer, Event, Failure, FailureKind, Finished, Outcome, Run, Started},
    plan::{Case, PlannedInput},
    summary::Statistics,
};
use jiff::Timestamp;
use serde_json::value::RawValue;

use super::sanitize::width;

/// Keeps what is written.
#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// What a terminal shows that is wide enough for every line.
    pub(crate) fn screen(&self) -> String {
        self.screen_of(usize::MAX)
    }

    /// What a terminal of so many columns shows: what was drawn over or erased is gone, blanks at the end too.
    pub(crate) fn screen_of(&self, columns: usize) -> String {
        let mut cells = Cells::new(columns);
        let text = self.text();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            if character == '\u{1b}' {
                let mut sequence = String::new();
                for character in characters.by_ref() {
                    sequence.push(character);
                    if character.is_ascii_alphabetic() {
                        break;
                    }
                }
                cells.obey(&sequence);
            } else {
                cells.show(character);
            }
        }
        cells.text()
    }
}

/// A terminal's screen.
struct Cells {
    columns: usize,
    rows: Vec<Vec<char>>,
    row: usize,
    column: usize,
}

impl Cells {
    fn new(columns: usize) -> Self {
        Self {
            columns,
            rows: vec![Vec::new()],
            row: 0,
            column: 0,
        }
    }

    fn show(&mut self, character: char) {
        match character {
            '\r' => self.column = 0,
            '\n' => self.next_row(),
            _ => {
                let width = width(character.encode_utf8(&mut [0; 4]));
                if self.column + width > self.columns {
                    self.next_row();
                }
                let row = &mut self.rows[self.row];
                row.resize(row.len().max(self.column + width), ' ');
                row[self.column] = character;
                // The second half of a wide character.
                row[self.column + 1..self.column + width].fill('\0');
                self.column += width;
            }
        }
    }

    fn next_row(&mut self) {
        (self.row, self.column) = (self.row + 1, 0);
        if self.row == self.rows.len() {
            self.rows.push(Vec::new());
        }
    }

    /// Up, erase to the end of the screen, and colours, which are not shown.
    fn obey(&mut self, sequence: &str) {
        let parameters = sequence.trim_start_matches('[');
        if let Some(up) = parameters.strip_suffix('A') {
            self.row -= up.parse::<usize>().unwrap();
        } else if parameters == "J" {
            self.rows.truncate(self.row + 1);
            self.rows[self.row].truncate(self.column);
        } else {
            assert!(parameters.ends_with('m'), "{sequence:?}");
        }
    }

    fn text(&self) -> String {
        let lines = self.rows.iter().map(|row| {
            let shown: String = row.iter().filter(|cell| **cell != '\0').collect();
            format!("{}\n", shown.trim_end())
        });
        lines.collect()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Refuses every write, and counts them.
#[derive(Clone)]
pub(crate) struct Failing {
    kind: io::ErrorKind,
    attempts: Arc<AtomicUsize>,
}

impl Failing {
    pub(crate) fn with(kind: io::ErrorKind) -> Self {
        Self {
            kind,
            attempts: Arc::default(),
        }
    }

    pub(crate) fn attempts(&self) -> usize {
        self.attempts.load(Ordering::Relaxed)
    }
}

impl Write for Failing {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        Err(self.kind.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// So many milliseconds after the experiment began.
pub(crate) fn at(milliseconds: u64) -> Timestamp {
    "2024-11-01T14:30:22Z".parse::<Timestamp>().unwrap() + Duration::from_millis(milliseconds)
}

/// The start of an experiment of so many runs of one iteration each.
pub(crate) fn started(planned: u64) -> Started {
    let mut started = Started::new(
        "baseline",
        "/work/experiments/exp_20241101_143022",
        "examples.my_agent:run",
        at(0),
    );
    started.inputs = planned;
    started.planned = planned;
    started.seed = 7;
    started
}

pub(crate) fn case(index: u64) -> Case {
    let question = RawValue::from_string("\"How do I start?\"".to_owned()).unwrap();
    let input = PlannedInput::new(format!("how_do_i_start_{index}"), question);
    let name = format!("run::novice_user::how_do_i_start_{index}::iter_0");
    let mut case = Case::new(name, Arc::new(input));
    case.index = index;
    case.persona = Some(Arc::new(Persona::named("novice_user")));
    case
}

/// A run that succeeded, so many milliseconds after the experiment began.
pub(crate) fn answered(index: u64, milliseconds: u64) -> Run {
    let answer = RawValue::from_string("\"With the README.\"".to_owned()).unwrap();
    let mut run = Run::new(case(index), Outcome::Returned(answer), at(milliseconds));
    run.duration = Duration::from_micros(2500);
    run
}

/// A run that failed, so many milliseconds after the experiment began.
pub(crate) fn failed(index: u64, milliseconds: u64, kind: FailureKind, message: &str) -> Run {
    let mut run = answered(index, milliseconds);
    run.outcome = Outcome::Failed(Failure::new(kind, message));
    run
}

pub(crate) fn gate(max_failures: u64, min_success_rate: Option<f64>) -> Gate {
    let mut gate = Gate::default();
    gate.max_failures = max_failures;
    gate.min_success_rate = min_success_rate;
    gate
}

/// Feeds a consumer with an experiment's events, keeping the statistics as the engine does.
pub(crate) struct Experiment<'a, C> {
    pub(crate) consumer: &'a mut C,
    pub(crate) statistics: Statistics,
}

impl<'a, C: Consumer<Error: std::fmt::Debug>> Experiment<'a, C> {
    pub(crate) fn start(consumer: &'a mut C, started: &Started) -> Self {
        consumer.event(&Event::ExperimentStarted(started)).unwrap();
        Self {
            consumer,
            statistics: Statistics::new(),
        }
    }

    pub(crate) fn run(&mut self, run: &Run) -> &mut Self {
        self.statistics.record(run);
        self.event(&Event::RunFinished {
            run,
            so_far: &self.statistics.clone(),
        })
    }

    pub(crate) fn event(&mut self, event: &Event<'_>) -> &mut Self {
        self.consumer.event(event).unwrap();
        self
    }

    pub(crate) fn finish(&mut self, gate: Gate, milliseconds: u64, interrupted: bool) {
        let verdict = gate.judge(
            &self.statistics.counts(),
            self.statistics.worst_case_pass_rate(),
        );
        let mut finished = Finished::new(self.statistics.clone(), verdict, at(milliseconds));
        finished.interrupted = interrupted;
        self.event(&Event::ExperimentFinished(&finished));
    }
}
