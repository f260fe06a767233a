use std::{cmp::Ordering, collections::BinaryHeap};

use fluxloop::{artifact::read::RecordedRun, summary::Counts};

use super::{figures::grouped, page::Page};
use crate::terminal::duration::measured;
use columns::Columns;

mod columns;

/// Characters that are kept of a message: more than a line shows.
const KEPT: usize = 400;

/// The runs of an experiment, the failed ones first, then in the order of the plan. It keeps no more of them than are
/// shown, however many there are.
#[derive(Debug)]
pub(crate) struct RunTable {
    most: usize,
    /// The last one to be shown on top: the first to go.
    rows: BinaryHeap<Row>,
    counts: Counts,
}

/// What is shown of a run.
#[derive(Debug)]
struct Row {
    trace_id: String,
    case: String,
    duration: String,
    turns: String,
    tokens: String,
    /// Absent on success.
    error: Option<(String, String)>,
}

impl Row {
    fn of(run: &RecordedRun) -> Self {
        let error = (!run.success).then(|| {
            let error = run.error.as_ref();
            let kind = error.and_then(|error| error.kind.clone());
            let message = error.map_or("", |error| &error.message);
            let first = message.trim_start().lines().next().unwrap_or_default();
            let mut kept: String = first.chars().take(KEPT).collect();
            if kept.len() < first.len() {
                kept.push('…');
            }
            (kind.unwrap_or_else(|| "failed".to_owned()), kept)
        });
        let tokens = run.token_usage.and_then(|usage| usage.total());
        Self {
            trace_id: run.trace_id.clone(),
            case: run.case.clone(),
            duration: measured(run.duration_ms),
            turns: run
                .turn_count
                .map_or_else(String::new, |turns| turns.to_string()),
            tokens: tokens.map_or_else(String::new, grouped),
            error,
        }
    }

    /// Failures first, then the order of the plan: `trace_9` before `trace_10`.
    fn place(&self) -> (bool, usize, &str) {
        (self.error.is_none(), self.trace_id.len(), &self.trace_id)
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Row {}

impl PartialOrd for Row {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Row {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl RunTable {
    /// Shows at most so many.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            rows: BinaryHeap::new(),
            counts: Counts::default(),
        }
    }

    /// Takes in a run.
    pub(crate) fn add(&mut self, run: &RecordedRun) {
        self.counts.total += 1;
        if run.success {
            self.counts.successful += 1;
        } else {
            self.counts.failed += 1;
        }
        #[expect(clippy::cast_precision_loss, reason = "2^52 runs fit on no disk")]
        let rate = self.counts.successful as f64 / self.counts.total as f64;
        self.counts.success_rate = Some(rate);
        self.rows.push(Row::of(run));
        if self.rows.len() > self.most {
            self.rows.pop();
        }
    }

    /// All runs that were taken in.
    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// The table, and how many runs are not in it. Nothing where there are no runs.
    pub(crate) fn text(self, page: Page) -> String {
        let mut text = String::new();
        let rows = self.rows.into_sorted_vec();
        let failures = rows.iter().filter(|row| row.error.is_some()).count();
        if !rows.is_empty() {
            let columns = Columns::fitted(&rows, page);
            columns.push_header(&mut text);
            for row in &rows {
                columns.push_row(&mut text, row);
            }
        }
        let hidden = |all: u64, shown: usize| all - shown as u64;
        if let Some(more) = more(
            hidden(self.counts.successful, rows.len() - failures),
            hidden(self.counts.failed, failures),
        ) {
            page.push_note(&mut text, &more);
        }
        text
    }
}

/// What is said of the runs that are not shown.
fn more(succeeded: u64, failed: u64) -> Option<String> {
    let what = match (succeeded, failed) {
        (0, 0) => return None,
        (succeeded, 0) => format!("{} that succeeded", grouped(succeeded)),
        (0, failed) => format!("{} that failed", grouped(failed)),
        (succeeded, failed) => format!(
            "{}: {} failed, {} succeeded",
            grouped(succeeded + failed),
            grouped(failed),
            grouped(succeeded)
        ),
    };
    Some(format!("… and {what} (`--limit all` shows every run)"))
}
