use std::{fmt::Write as _, path::Path};

use anstyle::Style;
use fluxloop::{
    artifact::read::{ExperimentStatus, RecordedGate, RecordedSummary},
    summary::{
        Counts,
        words::{percentage, required},
    },
};

use super::{
    figures::{amount, grouped, milliseconds_between, moment, tokens},
    page::{FAINT, ODD, Page},
    paragraph::lines,
};
use crate::terminal::{
    duration::measured,
    sanitize::visible,
    shell::{BAD, GOOD},
};

/// What an experiment was, and what became of it. `counted` are its rows, which may be more than a summary tells of
/// that was not written to its end.
pub(crate) fn head(
    summary: &RecordedSummary,
    directory: &Path,
    counted: Counts,
    page: Page,
) -> String {
    // The summary of one that has not ended is behind its rows.
    let counts = match summary.completed_at {
        Some(_) => summary.counts(),
        None => counted,
    };
    let mut head = Head {
        text: String::new(),
        page,
    };
    head.row("Experiment", &summary.experiment_name);
    head.row("Agent", &summary.target);
    let (style, word) = status(summary.status);
    head.painted("Status", style, word, "");
    head.row("Started", &when(summary));
    head.row("Runs", &runs(summary, counts));
    head.row(
        "Success rate",
        &counts.success_rate.map_or_else(String::new, percentage),
    );
    head.row("Duration", &durations(summary));
    let usage = summary.token_usage.as_ref().and_then(tokens);
    head.row("Tokens", &usage.unwrap_or_default());
    head.row("Cost", &summary.cost.map_or_else(String::new, amount));
    let (style, word) = verdict(summary.gate.passed);
    head.painted("Gate", style, word, &conditions(&summary.gate));
    // In one piece, to be copied.
    head.label("Directory");
    head.text.push_str(&visible(&directory.to_string_lossy()));
    head.text.push('\n');
    head.text
}

/// Columns of the labels.
const LABEL: usize = 14;

struct Head {
    text: String,
    page: Page,
}

impl Head {
    /// What is not known has no row.
    fn row(&mut self, label: &str, value: &str) {
        self.painted(label, Style::new(), "", value);
    }

    /// A row that begins with a word in a style.
    fn painted(&mut self, label: &str, style: Style, word: &str, rest: &str) {
        let value = format!("{word}{rest}");
        let mut shown = lines(&value, self.page.prose(LABEL)).into_iter();
        let Some(first) = shown.next() else {
            return;
        };
        self.label(label);
        match first.strip_prefix(word) {
            Some(rest) => {
                self.text.push_str(&self.page.paint(style, word));
                self.text.push_str(rest);
            }
            // On a narrow page, the word itself is broken.
            None => self.text.push_str(&first),
        }
        self.text.push('\n');
        for line in shown {
            let _ = writeln!(self.text, "{:LABEL$}{line}", "");
        }
    }

    fn label(&mut self, label: &str) {
        let label = format!("{:<LABEL$}", format!("{label}:"));
        self.text.push_str(&self.page.paint(FAINT, &label));
    }
}

fn status(status: ExperimentStatus) -> (Style, &'static str) {
    match status {
        ExperimentStatus::Completed => (Style::new(), "completed"),
        ExperimentStatus::Interrupted => (ODD, "interrupted"),
        ExperimentStatus::Running => (ODD, "running, or killed before its end"),
        _ => (Style::new(), "unknown"),
    }
}

fn when(summary: &RecordedSummary) -> String {
    let Some(began) = summary.started_at else {
        return String::new();
    };
    match summary.completed_at {
        Some(ended) => format!(
            "{}, took {}",
            moment(began),
            measured(milliseconds_between(began, ended))
        ),
        None => moment(began),
    }
}

fn runs(summary: &RecordedSummary, counts: Counts) -> String {
    let planned = if summary.planned_traces > counts.total {
        format!(" of {}", grouped(summary.planned_traces))
    } else {
        String::new()
    };
    format!(
        "{}{planned} finished: {} succeeded, {} failed",
        grouped(counts.total),
        grouped(counts.successful),
        grouped(counts.failed)
    )
}

fn durations(summary: &RecordedSummary) -> String {
    match (summary.avg_duration_ms, summary.duration_ms) {
        (Some(mean), Some(spread)) => format!(
            "mean {}, p50 {}, p95 {}, max {}",
            measured(mean),
            measured(spread.p50),
            measured(spread.p95),
            measured(spread.max)
        ),
        (Some(mean), None) => format!("mean {}", measured(mean)),
        _ => String::new(),
    }
}

fn verdict(passed: Option<bool>) -> (Style, &'static str) {
    match passed {
        Some(true) => (GOOD, "holds"),
        Some(false) => (BAD, "does not hold"),
        None => (Style::new(), "not judged"),
    }
}

fn conditions(gate: &RecordedGate) -> String {
    let least = gate.min_success_rate.map_or_else(String::new, |least| {
        format!(", at least {} must succeed", required(least))
    });
    format!(": at most {} may fail{least}", grouped(gate.max_failures))
}
