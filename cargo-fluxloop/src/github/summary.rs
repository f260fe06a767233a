use std::fmt::Write as _;

use fluxloop::{
    event::{Finished, Started},
    summary::{
        Repeats,
        words::{percentage, plural},
    },
};

use crate::terminal::{durations, truncated};

/// Groups of failures and flaky cases that are listed. GitHub takes a megabyte of a step.
const MOST: usize = 20;
/// Cases that are named of a group.
const CASES: usize = 5;
/// Columns of a message.
const MESSAGE: usize = 300;

/// An experiment in GitHub's markdown.
pub(super) fn markdown(started: &Started, finished: &Finished) -> String {
    let statistics = &finished.statistics;
    let counts = statistics.counts();
    let verdict = match (finished.interrupted, finished.verdict.passed) {
        (true, _) => "interrupted",
        (false, true) => "the gate holds",
        (false, false) => "the gate does not hold",
    };
    let name = escaped(&started.experiment_name);
    let mut text = format!("### {name}: {verdict}\n\n| | |\n|---|---|\n");
    let mut row = |label: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {label} | {} |", escaped(value));
    };
    row("Agent", &started.target);
    let runs = format!(
        "{} of {}: {} succeeded, {} failed",
        counts.total, started.planned, counts.successful, counts.failed
    );
    row("Runs", &runs);
    if let Some(rate) = counts.success_rate {
        row("Success rate", &percentage(rate));
    }
    if let (Some(mean), Some(spread)) = (statistics.avg_duration_ms(), statistics.durations_ms()) {
        row("Duration", &durations(mean, spread));
    }
    row("Gate", &finished.verdict.conditions(counts));
    row("Seed", &started.seed.to_string());
    row("Experiment", &started.directory.to_string_lossy());
    push_failures(&mut text, finished);
    if let Some(repeats) = statistics.repeats() {
        push_flaky(&mut text, &repeats);
    }
    text.push('\n');
    text
}

fn push_failures(text: &mut String, finished: &Finished) {
    let groups = finished.statistics.failure_groups();
    if groups.is_empty() {
        return;
    }
    text.push_str("\n#### Failures\n\n| Runs | Kind | Message | Cases |\n|---:|---|---|---|\n");
    for group in groups.iter().take(MOST) {
        let named = group.cases.iter().take(CASES);
        let mut cases: Vec<String> = named.map(|case| escaped(case)).collect();
        let named = u64::try_from(cases.len()).unwrap_or(u64::MAX);
        if group.count > named {
            cases.push(format!("and {} more", group.count - named));
        }
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            group.count,
            escaped(group.kind.as_str()),
            escaped(&group.message),
            cases.join("<br>")
        );
    }
    let left = groups.len().saturating_sub(MOST) as u64;
    if left > 0 {
        let _ = writeln!(text, "\nAnd {}.", plural(left, "other message"));
    }
}

fn push_flaky(text: &mut String, repeats: &Repeats) {
    if repeats.flaky == 0 {
        return;
    }
    text.push_str(
        "\n#### Flaky cases\n\n| Case | Passed | Likely pass rate (95 %) |\n|---|---|---|\n",
    );
    let flaky = repeats.cases.iter().filter(|case| case.tries.is_flaky());
    for case in flaky.take(MOST) {
        let _ = writeln!(
            text,
            "| {} | {} of {} | {} to {} |",
            escaped(&case.case),
            case.tries.passes,
            case.tries.tries,
            percentage(case.interval.low),
            percentage(case.interval.high)
        );
    }
    let left = repeats.flaky.saturating_sub(MOST as u64);
    if left > 0 {
        let _ = writeln!(text, "\nAnd {}.", plural(left, "other case"));
    }
}

/// A text that is nothing but text in markdown: each character that could mean something stands by its number.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for character in truncated(text, MESSAGE).chars() {
        // A word's own, or without a meaning within a line.
        if character.is_ascii_punctuation() && !matches!(character, ',' | ';' | '%' | '/') {
            let _ = write!(safe, "&#{};", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    safe
}
