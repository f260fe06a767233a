use serde::{Deserialize, Serialize};

/// What a check says of a run.
///
/// ```
/// use fluxloop::{CheckResult, RunView};
///
/// #[fluxloop::check]
/// fn brief(run: &RunView) -> CheckResult {
///     let words = run.text().split_whitespace().count();
///     CheckResult::expect(words <= 50, format!("expected at most 50 words, found {words}"))
/// }
///
/// let run = RunView::of("Where is it?", "On its way.");
/// assert_eq!(brief(&run), CheckResult::Passed);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[must_use]
pub enum CheckResult {
    /// It is right.
    Passed,
    /// It is not: what was expected, and what was found.
    Failed(String),
    /// What the check needs is not known, and why. It neither passes nor fails the run.
    NotJudged(String),
}

impl CheckResult {
    /// The run is not right.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// Nobody can tell.
    pub fn not_judged(reason: impl Into<String>) -> Self {
        Self::NotJudged(reason.into())
    }

    /// The run is right if this holds; the message says what was expected and found where it does not.
    pub fn expect(holds: bool, message: impl Into<String>) -> Self {
        if holds {
            Self::Passed
        } else {
            Self::Failed(message.into())
        }
    }
}
