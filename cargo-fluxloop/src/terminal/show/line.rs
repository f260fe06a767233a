use anstyle::Style;

use super::page::Page;
use crate::terminal::sanitize::width;

/// A line that knows how many columns it takes, styles aside.
#[derive(Debug)]
pub(super) struct Line {
    page: Page,
    text: String,
    columns: usize,
}

impl Line {
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            text: String::new(),
            columns: 0,
        }
    }

    /// How many columns it takes.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Adds a safe text.
    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.paint(Style::new(), text)
    }

    /// Adds a safe text in a style.
    pub(super) fn paint(&mut self, style: Style, text: &str) -> &mut Self {
        self.columns += width(text);
        if style.is_plain() {
            self.text.push_str(text);
        } else {
            self.text.push_str(&self.page.paint(style, text));
        }
        self
    }

    /// Fills up with blanks.
    pub(super) fn pad_to(&mut self, columns: usize) -> &mut Self {
        while self.columns < columns {
            self.text.push(' ');
            self.columns += 1;
        }
        self
    }

    /// Adds a safe text so that it ends at a column, two blanks after what is there at least.
    pub(super) fn paint_right(&mut self, style: Style, text: &str, end: usize) -> &mut Self {
        let begin = end.saturating_sub(width(text)).max(self.columns + 2);
        self.pad_to(begin).paint(style, text)
    }

    /// The line, without blanks at its end, and with a line break.
    pub(super) fn end(self, to: &mut String) {
        to.push_str(self.text.trim_end());
        to.push('\n');
    }
}
