use std::{
    fmt,
    io::{self, IsTerminal as _, Write},
};

use fluxloop::json_line::push_json_line;
use serde::Serialize;

use super::{Color, Page, Verbosity};

/// Standard output: for programs, and for what was asked to be printed.
pub(crate) struct Stdout {
    out: Box<dyn Write + Send>,
    closed: bool,
}

impl fmt::Debug for Stdout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stdout")
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}

impl Stdout {
    /// The process's own.
    pub(crate) fn process() -> Self {
        Self::to(io::stdout())
    }

    /// The process's own, for people, and the page that it is; `variable` looks an environment variable up.
    pub(crate) fn for_people<'a>(
        verbosity: Verbosity,
        color: Color,
        variable: impl Fn(&str) -> Option<&'a str>,
    ) -> (Self, Page) {
        let terminal = io::stdout().is_terminal();
        let styled = color.is_on(terminal, variable);
        let out = if styled {
            // Old Windows consoles know no escape sequences; the stream translates ours.
            Self::to(anstream::AutoStream::always(io::stdout()))
        } else {
            Self::process()
        };
        let size = terminal.then(|| terminal_size::terminal_size_of(io::stdout()));
        let columns = size.flatten().map(|(width, _)| width.0.into());
        (out, Page::new(columns, styled, verbosity))
    }

    /// Another writer.
    pub(crate) fn to(out: impl Write + Send + 'static) -> Self {
        Self {
            out: Box::new(out),
            closed: false,
        }
    }

    /// Writes and flushes. A reader that has gone (`| head`) wants no more: that is a success.
    ///
    /// # Errors
    ///
    /// Any other failure, such as a full disk.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        match self.out.write_all(bytes).and_then(|()| self.out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            result => result,
        }
    }

    /// A line.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        let mut line = Vec::with_capacity(text.len() + 1);
        line.extend_from_slice(text.as_bytes());
        line.push(b'\n');
        self.write(&line)
    }

    /// A value as one line of JSON.
    ///
    /// # Errors
    ///
    /// As [`Self::write`].
    pub(crate) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut line = Vec::new();
        push_json_line(&mut line, value)?;
        self.write(&line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::sample::{Captured, Failing};

    #[test]
    fn lines_arrive_whole() {
        let captured = Captured::default();
        let mut out = Stdout::to(captured.clone());
        out.line("my_agent:run").unwrap();
        assert_eq!(captured.text(), "my_agent:run\n");
    }

    #[test]
    fn a_reader_that_left_is_no_error() {
        let failing = Failing::with(io::ErrorKind::BrokenPipe);
        let mut out = Stdout::to(failing.clone());
        out.line("one").unwrap();
        out.line("two").unwrap();
        assert_eq!(failing.attempts(), 1);
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let mut out = Stdout::to(Failing::with(io::ErrorKind::StorageFull));
        assert_eq!(
            out.line("one").unwrap_err().kind(),
            io::ErrorKind::StorageFull
        );
    }
}
