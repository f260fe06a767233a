use anstyle::Style;

use super::{
    super::{
        line::Line,
        page::{FAINT, Page},
        paragraph::shortened,
    },
    Row,
};
use crate::terminal::{
    sanitize::{truncated, width},
    shell::{BAD, GOOD},
};

/// The fewest columns for a case's name beside figures that can be left out.
const NAME: usize = 24;
/// The fewest columns for a message beside the rest of its row; with fewer it has a line of its own.
const MESSAGE: usize = 40;
const GAP: usize = 2;

const TRACE: usize = 0;
const CASE: usize = 1;
const TURNS: usize = 3;
const TOKENS: usize = 4;
const HEADINGS: [&str; 5] = ["TRACE", "CASE", "DURATION", "TURNS", "TOKENS"];

/// How wide each column is.
pub(super) struct Columns {
    page: Page,
    /// 0: it is left out.
    widths: [usize; 5],
    /// For errors beside the rest; none: they have lines of their own.
    error: Option<usize>,
}

fn fields(row: &Row) -> [&str; 5] {
    [
        &row.trace_id,
        &row.case,
        &row.duration,
        &row.turns,
        &row.tokens,
    ]
}

impl Columns {
    /// What fits the page best.
    pub(super) fn fitted(rows: &[Row], page: Page) -> Self {
        let mut widths = [0; 5];
        for row in rows {
            for (widest, field) in widths.iter_mut().zip(fields(row)) {
                *widest = width(&shortened(field, usize::MAX)).max(*widest);
            }
        }
        for (widest, heading) in widths.iter_mut().zip(HEADINGS) {
            // A column without anything in it is left out.
            if *widest > 0 {
                *widest = heading.len().max(*widest);
            }
        }
        let mut columns = Self {
            page,
            widths,
            error: None,
        };
        let has_errors = rows.iter().any(|row| row.error.is_some());
        match page.columns() {
            Some(available) if !page.is_whole() => columns.fit(available, has_errors),
            _ if page.is_whole() => columns.error = has_errors.then_some(usize::MAX),
            _ => columns.error = has_errors.then_some(page.room(0)),
        }
        columns
    }

    /// Leaves out what matters least until the rest fits: ids, then figures. In the end names are shortened.
    fn fit(&mut self, available: usize, has_errors: bool) {
        let message = if has_errors { GAP + MESSAGE } else { 0 };
        if self.total() + message > available {
            self.widths[TRACE] = 0;
        }
        if has_errors && self.total() + message <= available {
            self.error = Some(available - self.total() - GAP);
        }
        for figure in [TURNS, TOKENS] {
            if self.beside_case() + NAME.min(self.widths[CASE]) > available {
                self.widths[figure] = 0;
            }
        }
        let room = available.saturating_sub(self.beside_case()).max(1);
        self.widths[CASE] = self.widths[CASE].min(room);
    }

    /// Of all columns but the error's. The mark takes two.
    fn total(&self) -> usize {
        let shown = self.widths.iter().filter(|columns| **columns > 0);
        2 + shown.map(|columns| columns + GAP).sum::<usize>() - GAP
    }

    fn beside_case(&self) -> usize {
        self.total() - self.widths[CASE]
    }

    pub(super) fn push_header(&self, to: &mut String) {
        let mut line = Line::new(self.page);
        self.push_fields(&mut line, HEADINGS, [FAINT; 5]);
        if self.error.is_some() {
            line.pad_to(self.total() + GAP).paint(FAINT, "ERROR");
        }
        line.end(to);
    }

    pub(super) fn push_row(&self, to: &mut String, row: &Row) {
        let mut line = Line::new(self.page);
        match row.error {
            None => line.paint(GOOD, "✓"),
            Some(_) => line.paint(BAD, "✗"),
        };
        let plain = Style::new();
        self.push_fields(&mut line, fields(row), [FAINT, plain, plain, plain, plain]);
        if let Some((kind, message)) = &row.error {
            if let Some(columns) = self.error {
                line.pad_to(self.total() + GAP);
                push_error(&mut line, kind, message, columns);
            } else {
                line.end(to);
                line = Line::new(self.page);
                line.pad_to(4);
                push_error(&mut line, kind, message, self.page.room(4));
            }
        }
        line.end(to);
    }

    fn push_fields(&self, line: &mut Line, fields: [&str; 5], styles: [Style; 5]) {
        let mut begin = 2;
        for (index, (field, style)) in fields.into_iter().zip(styles).enumerate() {
            let columns = self.widths[index];
            if columns == 0 {
                continue;
            }
            let text = shortened(field, columns);
            // Figures end where the ones above them end.
            let before = if index > CASE {
                columns - width(&text)
            } else {
                0
            };
            line.pad_to(begin + before).paint(style, &text);
            begin += columns + GAP;
        }
    }
}

fn push_error(line: &mut Line, kind: &str, message: &str, columns: usize) {
    let kind = shortened(kind, columns);
    let room = columns.saturating_sub(width(&kind) + 2);
    line.paint(BAD, &kind);
    if !message.is_empty() && room > 0 {
        line.push(": ").push(&truncated(message, room));
    }
}
