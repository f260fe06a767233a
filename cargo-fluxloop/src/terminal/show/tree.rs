use anstyle::Style;
use fluxloop::artifact::read::{ObservationTree, Visit};

use super::{
    figures::grouped,
    line::Line,
    page::{FAINT, Page},
};
use crate::terminal::{duration::measured, sanitize::width};
use branches::Branches;
use leaf::Leaf;

mod branches;
mod leaf;

/// Durations stand no farther right, with and without a terminal: the eye has to find the line again.
const FARTHEST: usize = 130;

/// What happened within a run, as a tree with a line for each span and event, of `most` at most. `told` says that the
/// run's own input, output and error stand elsewhere.
pub(super) fn push_tree(
    to: &mut String,
    tree: &ObservationTree,
    most: usize,
    told: bool,
    page: Page,
) {
    page.push_heading(to, "Observations");
    let mut branches = Branches::new(page);
    let mut drawn = Vec::new();
    for visit in tree.walk().take(most) {
        branches.step(visit.depth, visit.is_last);
        drawn.push(Drawn::new(&visit, &branches, told, page));
    }
    let needed = drawn.iter().map(Drawn::needed).max().unwrap_or(0);
    let edge = needed.min(farthest(page));
    for observation in drawn {
        observation.end(to, edge);
    }
    let hidden = tree.len().saturating_sub(most);
    if hidden > 0 {
        let more = format!(
            "… and {} more (`--limit all` shows every observation)",
            grouped(hidden as u64)
        );
        page.push_note(to, &more);
    }
}

/// An observation but for where its duration stands.
struct Drawn {
    line: Line,
    duration: Option<String>,
    details: String,
}

impl Drawn {
    fn new(visit: &Visit<'_>, branches: &Branches, told: bool, page: Page) -> Self {
        let leaf = Leaf::of(visit.observation, told, page);
        let duration = visit.observation.duration_ms.map(measured);
        let mut line = Line::new(page);
        line.push("  ").paint(FAINT, &branches.before_name());
        let end = farthest(page).saturating_sub(taken(duration.as_ref()));
        let rest = leaf.push_name(&mut line, end, page);
        let mut details = String::new();
        let before = branches.before_details(visit.has_children);
        leaf.push_details(&mut details, &before, rest, page);
        Self {
            line,
            duration,
            details,
        }
    }

    /// Columns for the line as a whole.
    fn needed(&self) -> usize {
        self.line.columns() + taken(self.duration.as_ref())
    }

    fn end(mut self, to: &mut String, edge: usize) {
        if let Some(duration) = &self.duration {
            self.line.paint_right(Style::new(), duration, edge);
        }
        self.line.end(to);
        to.push_str(&self.details);
    }
}

/// Where durations end at most.
fn farthest(page: Page) -> usize {
    page.columns()
        .map_or(FARTHEST, |columns| columns.min(FARTHEST))
}

/// Columns of a duration, and of a gap before it.
fn taken(duration: Option<&String>) -> usize {
    duration.map_or(0, |duration| width(duration) + 2)
}
