use std::{
    fmt::{self, Write},
    io,
    path::PathBuf,
};

use super::Place;
use crate::{help::push_help, visible::visible};

/// Errors that are reported one by one; the rest is counted.
const MOST_REPORTED: usize = 10;

/// What is wrong with a configuration or an inputs file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file that was asked for is not there.
    #[error("{what} not found: {}", path.display())]
    NotFound {
        /// What it was to be: `configuration file`.
        what: &'static str,
        /// Absolute.
        path: PathBuf,
    },
    /// The system does not let us read it.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// Absolute.
        path: PathBuf,
        /// What the system says. Part of the message, so not a `source` besides.
        error: io::Error,
    },
    /// A directory stands where a file was expected.
    #[error("expected a file, found a directory: {}", path.display())]
    Directory {
        /// Absolute.
        path: PathBuf,
    },
    /// Larger than we read.
    #[error("{file} is larger than {} MiB", limit >> 20)]
    TooLarge {
        /// As messages name it.
        file: String,
        /// In bytes.
        limit: u64,
    },
    /// Not a text file.
    #[error("expected UTF-8 text, found {found}")]
    NotText {
        /// What was found instead.
        found: &'static str,
    },
    /// Not YAML, or YAML beyond our limits.
    #[error("{message}")]
    Syntax {
        /// What the parser says.
        message: String,
    },
    /// A value of the wrong type, or out of its range.
    #[error("`{subject}`: expected {expected}, found {found}")]
    Value {
        /// The key, flag or variable that was set.
        subject: String,
        /// Type and range.
        expected: String,
        /// The value.
        found: String,
    },
    /// A value that contradicts another or stands for nothing.
    #[error("`{subject}`: {reason}")]
    Invalid {
        /// The key, flag or variable that was set.
        subject: String,
        /// In a sentence.
        reason: String,
    },
    /// A key without which nothing can be done.
    #[error("`{subject}` is missing")]
    Missing {
        /// The key.
        subject: String,
    },
    /// No input to run.
    #[error("{0}")]
    NoInputs(String),
}

/// One mistake in a configuration: what, where, and how to mend it.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct ConfigError {
    kind: Box<ErrorKind>,
    place: Option<Box<Place>>,
    hint: Option<String>,
}

impl ConfigError {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self {
            kind: Box::new(kind),
            place: None,
            hint: None,
        }
    }

    pub(crate) fn at(mut self, place: Option<Place>) -> Self {
        self.place = place.map(Box::new);
        self
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// Where, if it stands in a file.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.place.as_deref()
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The message with its place, the line and the hint, as a terminal shows it, without colours and without a
    /// final line break.
    #[must_use]
    pub fn report(&self) -> String {
        report("error", &self.to_string(), self.place(), self.hint())
    }
}

/// Something that the user should know and that stops nothing. Its `Display` is the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    message: String,
    place: Option<Box<Place>>,
    hint: Option<String>,
}

impl Warning {
    pub(crate) fn new(message: impl Into<String>, place: Option<Place>) -> Self {
        Self {
            message: message.into(),
            place: place.map(Box::new),
            hint: None,
        }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Where, if it stands in a file.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.place.as_deref()
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The message with its place, the line and the hint, as [`ConfigError::report`] has it.
    #[must_use]
    pub fn report(&self) -> String {
        report("warning", &self.message, self.place(), self.hint())
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// All the mistakes that were found: at least one.
#[derive(Debug)]
pub struct ConfigErrors {
    errors: Vec<ConfigError>,
}

impl ConfigErrors {
    /// Those of the files in the order they stand there, then the rest. `None` if there is no error.
    pub(crate) fn some(mut errors: Vec<ConfigError>) -> Option<Self> {
        errors.sort_by(|a, b| Place::order(a.place(), b.place()));
        (!errors.is_empty()).then_some(Self { errors })
    }

    /// Each of them: those of files first, in the order they stand there.
    #[must_use]
    pub fn errors(&self) -> &[ConfigError] {
        &self.errors
    }

    /// The reports of the first ten and how many more there are.
    #[must_use]
    pub fn report(&self) -> String {
        self.joined("\n\n", ConfigError::report)
    }

    fn joined(&self, between: &str, each: impl Fn(&ConfigError) -> String) -> String {
        let shown = self.errors.iter().take(MOST_REPORTED).map(each);
        let mut text = shown.collect::<Vec<_>>().join(between);
        match self.errors.len().saturating_sub(MOST_REPORTED) {
            0 => {}
            1 => text.extend([between, "and 1 more error"]),
            more => text.extend([between, &format!("and {more} more errors")]),
        }
        text
    }
}

impl From<ConfigError> for ConfigErrors {
    fn from(error: ConfigError) -> Self {
        Self {
            errors: vec![error],
        }
    }
}

impl IntoIterator for ConfigErrors {
    type Item = ConfigError;
    type IntoIter = std::vec::IntoIter<ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.into_iter()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one_line = |error: &ConfigError| match error.place() {
            Some(place) => format!("{}:{}:{}: {error}", place.file, place.line, place.column),
            None => error.to_string(),
        };
        f.write_str(&self.joined("; ", one_line))
    }
}

impl std::error::Error for ConfigErrors {}

/// A message with its place, the line and the hint, each safe to show.
pub(crate) fn report(
    level: &str,
    message: &str,
    place: Option<&Place>,
    hint: Option<&str>,
) -> String {
    // Names and paths in it come from files that others may have written.
    let mut text = format!("{level}: {}", visible(message));
    let gutter = place.map_or(1, |place| place.line.to_string().len());
    if let Some(place) = place {
        let Place {
            file,
            line,
            column,
            line_text,
            caret,
        } = place;
        let indent = usize::try_from(*caret).unwrap_or(1);
        // Writing to a `String` does not fail.
        let _ = write!(
            text,
            "\n{:gutter$}--> {}:{line}:{column}\n{:gutter$} |\n{line} | {line_text}\n{:gutter$} | {:>indent$}",
            "",
            visible(file),
            "",
            "",
            '^'
        );
    }
    if let Some(hint) = hint {
        push_help(&mut text, gutter, "help:", hint);
    }
    text
}
