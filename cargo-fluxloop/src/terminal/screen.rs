use std::{
    borrow::Cow,
    fmt::Write as _,
    io::{self, Write},
};

use fluxloop::github::inert;

use super::sanitize::width;

/// Standard error as it stands: lines that stay, and below them what is drawn over: a status, or a question.
pub(super) struct Screen {
    out: Box<dyn Write + Send>,
    /// Of a terminal in a test; asked anew each time where it is `None`.
    columns: Option<usize>,
    /// The cursor can be moved up, and what stands below it erased.
    moves: bool,
    /// The status as it is to stand.
    status: Vec<String>,
    /// What stands in the last lines now, the cursor behind it.
    drawn: Vec<String>,
    /// What stands in place of the status until it is answered.
    question: Option<String>,
    /// Composed here, so that what belongs together is one write.
    buffer: String,
    closed: bool,
    /// Lines may not be commands to GitHub Actions, which reads them.
    inert: bool,
}

impl Screen {
    pub(super) fn new(out: Box<dyn Write + Send>, moves: bool) -> Self {
        Self {
            out,
            columns: None,
            moves,
            status: Vec::new(),
            drawn: Vec::new(),
            question: None,
            buffer: String::new(),
            closed: false,
            inert: false,
        }
    }

    /// No line is a command to GitHub Actions from now on, but for those of [`command`](Self::command).
    pub(super) fn make_inert(&mut self) {
        self.inert = true;
    }

    /// Writes a line that is one.
    pub(super) fn command(&mut self, line: &str) {
        self.erase();
        self.buffer.push_str(line);
        self.buffer.push('\n');
        self.draw();
        self.flush();
    }

    /// A terminal of that many columns, or none.
    #[cfg(test)]
    pub(super) fn of_width(out: Box<dyn Write + Send>, columns: Option<usize>) -> Self {
        Self {
            columns,
            ..Self::new(out, columns.is_some())
        }
    }

    /// How wide the terminal is now.
    pub(super) fn columns(&self) -> Option<usize> {
        self.columns.or_else(|| {
            terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0.into())
        })
    }

    /// Writes lines that stay, above what is drawn over.
    pub(super) fn lines(&mut self, text: &str) {
        let text = self.safe(text).into_owned();
        self.command(&text);
    }

    /// Writes the beginning of a line.
    pub(super) fn prompt(&mut self, text: &str) {
        self.erase();
        let text = self.safe(text).into_owned();
        self.buffer.push_str(&text);
        self.flush();
    }

    pub(super) fn set_status(&mut self, lines: &[String]) {
        let most = if self.moves { lines.len() } else { 1 };
        let lines = &lines[..most.min(lines.len())];
        if self.status == lines {
            return;
        }
        self.status = lines.to_vec();
        if self.question.is_none() {
            self.erase();
            self.draw();
            self.flush();
        }
    }

    /// Leaves the status where it stands and goes on below.
    pub(super) fn finish_status(&mut self) {
        self.status.clear();
        if self.question.is_none() && !self.drawn.is_empty() {
            self.drawn.clear();
            self.buffer.push('\n');
            self.flush();
        }
    }

    /// Puts a question in place of the status.
    pub(super) fn ask(&mut self, text: &str, prompt: &str) {
        self.question = Some(prompt.to_owned());
        self.lines(text);
    }

    /// The status comes back. Where no line was typed behind the question, these words end its line.
    pub(super) fn end_question(&mut self, words: Option<&str>) {
        self.question = None;
        self.drawn.clear();
        if let Some(words) = words {
            self.buffer.push_str(words);
            self.buffer.push('\n');
        }
        self.draw();
        self.flush();
    }

    /// Draws what stands last.
    fn draw(&mut self) {
        self.drawn = match &self.question {
            Some(question) => vec![question.clone()],
            None => self.status.clone(),
        };
        let drawn = self.drawn.join("\n");
        let drawn = self.safe(&drawn).into_owned();
        self.buffer.push_str(&drawn);
    }

    fn safe<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.inert {
            inert(text)
        } else {
            Cow::Borrowed(text)
        }
    }

    /// Takes away what stands last, and leaves the cursor where it began.
    fn erase(&mut self) {
        let drawn = std::mem::take(&mut self.drawn);
        let Some(last) = drawn.last() else { return };
        // Writing to a string cannot fail.
        if !self.moves {
            // Spaces do it on every terminal.
            let _ = write!(self.buffer, "\r{:1$}\r", "", width(last));
            return;
        }
        // A terminal that has become narrower has broken what was too wide for it.
        let columns = self.columns().unwrap_or(usize::MAX).max(1);
        let rows = drawn
            .iter()
            .map(|line| width(line).div_ceil(columns).max(1));
        self.buffer.push('\r');
        match rows.sum::<usize>() - 1 {
            0 => {}
            up => {
                let _ = write!(self.buffer, "\u{1b}[{up}A");
            }
        }
        self.buffer.push_str("\u{1b}[J");
    }

    fn flush(&mut self) {
        if !self.closed {
            let written = self.out.write_all(self.buffer.as_bytes());
            self.closed = written.and_then(|()| self.out.flush()).is_err();
        }
        self.buffer.clear();
    }
}
