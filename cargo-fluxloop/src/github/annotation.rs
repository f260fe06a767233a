use std::path::PathBuf;

use fluxloop::{
    event::Finished,
    summary::{FailureGroup, words::plural},
};

use super::commands::{data, property};
use crate::terminal::truncated;

/// GitHub shows no more of a kind for a step.
const MOST: usize = 10;
/// Cases that an annotation names.
const CASES: usize = 5;
/// Columns of a message.
const MESSAGE: usize = 1_000;

/// Where the agent is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// From the repository.
    pub(crate) file: PathBuf,
    /// From 1.
    pub(crate) line: u32,
}

/// Commands that annotate the agent with what failed: errors where the job fails, else warnings. The gate comes first where
/// it does not hold, then failures with the same message together.
pub(crate) fn annotations(finished: &Finished, place: &Place) -> Vec<String> {
    let counts = finished.statistics.counts();
    let verdict = &finished.verdict;
    let fails = finished.interrupted || !verdict.passed;
    let level = if fails { "error" } else { "warning" };
    let mut commands = Vec::new();
    if fails {
        let title = if finished.interrupted {
            "fluxloop: interrupted"
        } else {
            "fluxloop: the gate does not hold"
        };
        commands.push(command(level, place, title, &verdict.conditions(counts)));
    }
    for group in &finished.statistics.failure_groups() {
        let title = format!("fluxloop: {} × {}", group.count, group.kind);
        commands.push(command(level, place, &title, &message(group)));
    }
    commands.truncate(MOST);
    commands
}

fn message(group: &FailureGroup) -> String {
    let mut text = truncated(&group.message, MESSAGE);
    for case in group.cases.iter().take(CASES) {
        text.push('\n');
        text.push_str(&truncated(case, MESSAGE));
    }
    let named = u64::try_from(group.cases.len().min(CASES)).unwrap_or(u64::MAX);
    if group.count > named {
        text.push_str("\nand ");
        text.push_str(&plural(group.count - named, "other run"));
    }
    text
}

fn command(level: &str, place: &Place, title: &str, message: &str) -> String {
    format!(
        "::{level} file={},line={},title={}::{}",
        property(&place.file.to_string_lossy()),
        place.line,
        property(title),
        data(message)
    )
}
