use std::{
    error::Error,
    fmt::{self, Display},
    io::{self, IsTerminal as _, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use fluxloop::help::push_help;

use super::{sanitize::push_indented, screen::Screen};
use crate::github::Job;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Warnings, errors and the summary.
    Quiet,
    /// And what is going on.
    #[default]
    Normal,
    /// And a line for each case, and retries.
    Verbose,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[expect(clippy::doc_markdown, reason = "help shows it as it stands")]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR or CLICOLOR say otherwise
    #[default]
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

impl Color {
    /// The same, as cargo takes it.
    pub(crate) fn for_cargo(self) -> clap::ColorChoice {
        match self {
            Self::Auto => clap::ColorChoice::Auto,
            Self::Always => clap::ColorChoice::Always,
            Self::Never => clap::ColorChoice::Never,
        }
    }

    /// Decides. The command line outweighs `NO_COLOR`, that `CLICOLOR_FORCE`, that `CLICOLOR`, that the terminal.
    pub(crate) fn is_on<'a>(
        self,
        terminal: bool,
        variable: impl Fn(&str) -> Option<&'a str>,
    ) -> bool {
        let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if is_set("NO_COLOR") => false,
            Self::Auto if is_set("CLICOLOR_FORCE") && variable("CLICOLOR_FORCE") != Some("0") => {
                true
            }
            Self::Auto if variable("CLICOLOR") == Some("0") => false,
            // Windows consoles set no TERM.
            Self::Auto => terminal && variable("TERM").map_or(cfg!(windows), |term| term != "dumb"),
        }
    }
}

/// Standard error, for people. Clones write to the same place.
///
/// It is best effort: once a write fails, as when the reader has gone, nothing more is written, and nobody is told.
/// The experiment goes on.
#[derive(Clone)]
pub(crate) struct Shell {
    screen: Arc<Mutex<Screen>>,
    verbosity: Verbosity,
    styled: bool,
    terminal: bool,
}

impl fmt::Debug for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shell")
            .field("verbosity", &self.verbosity)
            .field("styled", &self.styled)
            .field("terminal", &self.terminal)
            .finish_non_exhaustive()
    }
}

pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
const INFO: Style = AnsiColor::Cyan.on_default();
const WARN: Style = AnsiColor::Yellow.on_default().bold();

impl Shell {
    /// The process's standard error; `variable` looks an environment variable up.
    pub(crate) fn stderr<'a>(
        verbosity: Verbosity,
        color: Color,
        variable: impl Fn(&str) -> Option<&'a str>,
    ) -> Self {
        let terminal = io::stderr().is_terminal();
        // What moves the cursor is no colour: it is there without any.
        let moves = terminal && variable("TERM").is_some_and(|term| term != "dumb");
        let styled = color.is_on(terminal, &variable);
        let out: Box<dyn Write + Send> = if styled {
            // Old Windows consoles know no escape sequences; the stream translates ours.
            Box::new(anstream::AutoStream::always(io::stderr()))
        } else {
            Box::new(io::stderr())
        };
        let mut screen = Screen::new(out, moves);
        if Job::of_process(&variable).is_some() {
            screen.make_inert();
        }
        Self {
            screen: Arc::new(Mutex::new(screen)),
            verbosity,
            styled,
            terminal,
        }
    }

    /// Another writer, without colours; a terminal of that many columns, or none.
    #[cfg(test)]
    pub(crate) fn to(
        out: impl Write + Send + 'static,
        verbosity: Verbosity,
        columns: Option<usize>,
    ) -> Self {
        Self {
            screen: Arc::new(Mutex::new(Screen::of_width(Box::new(out), columns))),
            verbosity,
            styled: false,
            terminal: columns.is_some(),
        }
    }

    /// How much is shown.
    pub(crate) fn verbosity(&self) -> Verbosity {
        self.verbosity
    }

    /// Whether it is a terminal, where a line can be redrawn in place.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// The terminal's width; absent where there is none.
    pub(crate) fn columns(&self) -> Option<usize> {
        if !self.terminal {
            return None;
        }
        self.screen().columns()
    }

    /// `[INFO] …`, unless quiet.
    pub(crate) fn info(&self, message: impl Display) {
        if self.verbosity >= Verbosity::Normal {
            self.message(&self.paint(INFO, "[INFO]"), " ", 7, &message);
        }
    }

    /// `[INFO] …`, when verbose.
    pub(crate) fn verbose(&self, message: impl Display) {
        if self.verbosity >= Verbosity::Verbose {
            self.info(message);
        }
    }

    /// `[WARN] …`, also when quiet.
    pub(crate) fn warn(&self, message: impl Display) {
        self.message(&self.paint(WARN, "[WARN]"), " ", 7, &message);
    }

    /// What went wrong, each cause of it, and the way out.
    pub(crate) fn error(&self, error: &dyn Error, hint: Option<&str>) {
        self.message(&self.paint(BAD, "error:"), " ", 2, &error);
        let mut cause = error.source();
        while let Some(next) = cause {
            self.message("  caused by:", " ", 4, &next);
            cause = next.source();
        }
        if let Some(hint) = hint {
            let mut help = String::new();
            push_help(&mut help, 1, &self.paint(GOOD, "help:"), hint);
            self.text(help.trim_start_matches('\n'));
        }
    }

    /// A text of several lines that is safe already.
    pub(crate) fn text(&self, text: &str) {
        self.screen().lines(text);
    }

    /// A command to GitHub Actions, which reads this stream as it does standard output.
    pub(crate) fn command(&self, line: &str) {
        self.screen().command(line);
    }

    /// A question before anything runs: the answer is typed behind it.
    pub(super) fn prompt(&self, question: &str) {
        self.screen().prompt(question);
    }

    /// A question while something runs: a safe text, and a line of its own behind which the answer is typed. Until it
    /// is answered it stands last, in place of the status.
    pub(super) fn ask(&self, text: &str, prompt: &str) -> OpenQuestion<'_> {
        self.screen().ask(text, prompt);
        OpenQuestion {
            shell: self,
            closed: false,
        }
    }

    /// Draws safe lines in place, below everything else, each at most as wide as the terminal. Where the cursor cannot
    /// be moved up, only the first of them.
    pub(super) fn set_status(&self, lines: &[String]) {
        self.screen().set_status(lines);
    }

    /// Leaves the status where it stands and goes on below.
    pub(super) fn finish_status(&self) {
        self.screen().finish_status();
    }

    /// The text in a style, where styles are on.
    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        if self.styled {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn message(&self, label: &str, gap: &str, indent: usize, message: &dyn Display) {
        let mut text = format!("{label}{gap}");
        push_indented(&mut text, &message.to_string(), indent);
        self.text(&text);
    }

    /// A panic elsewhere while writing leaves a half-written line at worst.
    fn screen(&self) -> MutexGuard<'_, Screen> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question that waits for its answer. Dropped, it is taken back.
#[derive(Debug)]
pub(super) struct OpenQuestion<'a> {
    shell: &'a Shell,
    closed: bool,
}

impl OpenQuestion<'_> {
    /// It was answered by a line; the terminal has shown its end already.
    pub(super) fn answered(mut self) {
        self.closed = true;
        self.shell.screen().end_question(None);
    }

    /// It will never be answered, which these words say behind it.
    pub(super) fn closes(mut self, words: &str) {
        self.closed = true;
        self.shell.screen().end_question(Some(words));
    }
}

impl Drop for OpenQuestion<'_> {
    fn drop(&mut self) {
        if !self.closed {
            let words = "(no longer asked)";
            self.shell.screen().end_question(Some(words));
        }
    }
}

/// Whether somebody can answer a question on standard input.
pub(crate) fn stdin_is_terminal() -> bool {
    io::stdin().is_terminal()
}

#[cfg(test)]
mod tests;
