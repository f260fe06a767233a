use anstyle::{AnsiColor, Style};

use super::paragraph::lines;
use crate::terminal::Verbosity;

/// Headings and names.
pub(in super::super) const STRONG: Style = Style::new().bold();
/// What matters less than what stands beside it.
pub(in super::super) const FAINT: Style = Style::new().dimmed();
/// Who simulates a user.
pub(super) const USER: Style = AnsiColor::Cyan.on_default();
/// What may be wrong.
pub(in super::super) const ODD: Style = AnsiColor::Yellow.on_default();

/// The fewest columns that anything is laid out for: a narrower terminal breaks the lines itself.
const NARROWEST: usize = 40;
/// The fewest columns for a text, however far it is indented.
const TEXT: usize = 10;
/// Longer lines of prose are hard to read, however wide the terminal.
const PROSE: usize = 110;
/// What is shown of a value where there is no terminal to fit it to.
const UNFITTED: usize = 200;

/// What something is shown on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// Of the terminal; none where there is none, and lines are as long as what they say.
    columns: Option<usize>,
    styled: bool,
    verbosity: Verbosity,
}

impl Page {
    /// A terminal of that many columns, or none.
    pub(crate) fn new(columns: Option<usize>, styled: bool, verbosity: Verbosity) -> Self {
        Self {
            columns: columns.map(|columns| columns.max(NARROWEST)),
            styled,
            verbosity,
        }
    }

    /// Of the terminal, where there is one.
    pub(in super::super) fn columns(self) -> Option<usize> {
        self.columns
    }

    /// How long a line of prose may be after an indentation; none where there is no terminal.
    pub(super) fn prose(self, indent: usize) -> Option<usize> {
        self.columns
            .map(|columns| columns.saturating_sub(indent).clamp(TEXT, PROSE))
    }

    /// What is shown of a value after an indentation, in columns.
    pub(super) fn room(self, indent: usize) -> usize {
        self.columns
            .map_or(UNFITTED, |columns| columns.saturating_sub(indent).max(TEXT))
    }

    /// Whether only the essentials are wanted.
    pub(crate) fn is_brief(self) -> bool {
        self.verbosity == Verbosity::Quiet
    }

    /// Whether everything is wanted, however long.
    pub(super) fn is_whole(self) -> bool {
        self.verbosity == Verbosity::Verbose
    }

    /// The text in a style, where styles are on.
    pub(in super::super) fn paint(self, style: Style, text: &str) -> String {
        if self.styled && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// A remark of ours below what it is about.
    pub(super) fn push_note(self, to: &mut String, note: &str) {
        for text in lines(note, self.prose(2)) {
            to.push_str("  ");
            to.push_str(&self.paint(FAINT, &text));
            to.push('\n');
        }
    }

    /// A section's heading, after an empty line.
    pub(super) fn push_heading(self, to: &mut String, heading: &str) {
        to.push('\n');
        to.push_str(&self.paint(STRONG, heading));
        to.push('\n');
    }
}
