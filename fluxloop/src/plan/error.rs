use std::fmt;

/// A plan that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PlanError {
    kind: PlanErrorKind,
    message: String,
    hint: String,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanErrorKind {
    /// A name that is not among the configured personas.
    UnknownPersona,
    /// No input or no case is left after the filters.
    NothingLeft,
}

impl PlanError {
    pub(super) fn new(
        kind: PlanErrorKind,
        message: impl fmt::Display,
        hint: impl fmt::Display,
    ) -> Self {
        Self {
            kind,
            message: message.to_string(),
            hint: hint.to_string(),
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> PlanErrorKind {
        self.kind
    }

    /// What to do.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.hint
    }
}
