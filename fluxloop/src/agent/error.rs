use std::{
    error::Error,
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
};

use serde::{Deserialize, Serialize};

/// A chain may be endless: an error may even be its own source.
const MAX_CAUSES: usize = 32;

/// What is kept of the error that an agent returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentError {
    /// The error's own `Display`.
    pub message: String,
    /// Its source chain, outermost first, the error itself not included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// Whether a retry may help.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transient: bool,
}

impl AgentError {
    /// Keeps the message and the causes of an error, at most 32 of them.
    ///
    /// It is transient if its chain has a [`Transient`] or an [`io::Error`] whose kind may pass: one that says what is
    /// wrong with a file or an argument does not, and [`io::ErrorKind::Other`] says nothing.
    #[must_use]
    pub fn new(error: &(dyn Error + 'static)) -> Self {
        let mut transient = is_transient(error);
        let mut causes = Vec::new();
        let mut current = error;
        while causes.len() < MAX_CAUSES
            && let Some(source) = source(current)
        {
            transient |= is_transient(source);
            causes.push(display(source));
            current = source;
        }
        Self {
            message: display(error),
            causes,
            transient,
        }
    }

    /// The error of an agent whose answer has no form in JSON.
    pub(crate) fn unwritable(error: &serde_json::Error) -> Self {
        Self {
            message: format!("the agent's answer cannot be written as JSON: {error}"),
            causes: Vec::new(),
            transient: false,
        }
    }
}

/// The user's `Display` may panic; the error is still worth a row.
fn display(error: &dyn Error) -> String {
    catch_unwind(AssertUnwindSafe(|| error.to_string()))
        .unwrap_or_else(|_| "an error whose `Display` panicked".to_owned())
}

fn source<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    catch_unwind(AssertUnwindSafe(|| error.source())).unwrap_or(None)
}

fn is_transient(error: &(dyn Error + 'static)) -> bool {
    if error.is::<Transient>() {
        return true;
    }
    error.downcast_ref::<io::Error>().is_some_and(|error| {
        // An `io::Error` hides the error it was made of: its source is that one's source.
        let inner = error.get_ref();
        may_pass(error.kind()) || inner.is_some_and(|inner| is_transient(inner))
    })
}

/// Whether a failure of this kind may be gone a moment later.
fn may_pass(kind: io::ErrorKind) -> bool {
    use io::ErrorKind as Kind;
    !matches!(
        kind,
        Kind::NotFound
            | Kind::PermissionDenied
            | Kind::AlreadyExists
            | Kind::NotADirectory
            | Kind::IsADirectory
            | Kind::DirectoryNotEmpty
            | Kind::ReadOnlyFilesystem
            | Kind::StaleNetworkFileHandle
            | Kind::InvalidInput
            | Kind::InvalidData
            | Kind::InvalidFilename
            | Kind::StorageFull
            | Kind::NotSeekable
            | Kind::QuotaExceeded
            | Kind::FileTooLarge
            | Kind::CrossesDevices
            | Kind::TooManyLinks
            | Kind::ArgumentListTooLong
            | Kind::Unsupported
            | Kind::OutOfMemory
            | Kind::Other
    )
}

/// An error marked as worth a retry, by [`transient`]. It displays and has the source of the error that was marked.
#[derive(Debug)]
pub struct Transient(Box<dyn Error + Send + Sync>);

impl fmt::Display for Transient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Transient {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// Marks an error as transient: a run that fails with it is tried again, as `runner.max_retries` says.
///
/// It takes what an agent may fail with: an error type, `anyhow::Error`, a `String`, a `&str`.
///
/// ```
/// # type Answer = Result<String, Box<dyn std::error::Error + Send + Sync>>;
/// fn ask_model(question: &str) -> Result<String, std::num::ParseIntError> {
///     Ok(question.parse::<i32>()?.to_string())
/// }
///
/// #[fluxloop::agent]
/// fn answer(question: &str) -> Answer {
///     if question.is_empty() {
///         return Err(fluxloop::transient("the queue is full").into());
///     }
///     let answer = ask_model(question).map_err(fluxloop::transient)?;
///     Ok(answer)
/// }
/// ```
pub fn transient(error: impl Into<Box<dyn Error + Send + Sync>>) -> Transient {
    Transient(error.into())
}

#[cfg(test)]
mod tests;
