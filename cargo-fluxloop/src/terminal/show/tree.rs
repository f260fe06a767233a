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

/// Durations stand no farther right: the eye has to find the line again.
const FARTHEST: usize = 130;
/// Where durations stand without a terminal.
const UNFITTED: usize = 100;
/// What is shown in a line without a terminal.
const UNFITTED_NAME: usize = 200;

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
    let drawing = Drawing {
        edge: page
            .columns()
            .map_or(UNFITTED, |columns| columns.min(FARTHEST)),
        told,
        page,
    };
    let mut branches = Branches::new(page);
    for visit in tree.walk().take(most) {
        branches.step(visit.depth, visit.is_last);
        drawing.push(to, &visit, &branches);
    }
    let hidden = tree.len().saturating_sub(most);
    if hidden > 0 {
        let more = format!(
            "  … and {} more (`--limit all` shows every observation)",
            grouped(hidden as u64)
        );
        to.push_str(&page.paint(FAINT, &more));
        to.push('\n');
    }
}

struct Drawing {
    /// Where durations end.
    edge: usize,
    told: bool,
    page: Page,
}

impl Drawing {
    fn push(&self, to: &mut String, visit: &Visit<'_>, branches: &Branches) {
        let leaf = Leaf::of(visit.observation, self.told);
        let duration = visit.observation.duration_ms.map(measured);
        let mut line = Line::new(self.page);
        line.push("  ").paint(FAINT, &branches.before_name());
        // The duration, and a gap before it. Without a terminal, nothing has to fit.
        let taken = duration.as_ref().map_or(0, |duration| width(duration) + 2);
        let end = self
            .page
            .columns()
            .map_or(UNFITTED_NAME, |_| self.edge.saturating_sub(taken));
        let rest = leaf.push_name(&mut line, end, self.page);
        if let Some(duration) = &duration {
            line.paint_right(anstyle::Style::new(), duration, self.edge);
        }
        line.end(to);
        let before = branches.before_details(visit.has_children);
        leaf.push_details(to, &before, rest, self.page);
    }
}
