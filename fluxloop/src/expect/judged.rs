use serde::{Deserialize, Serialize};

use crate::{
    event::{Failure, FailureKind},
    secret::Secrets,
};

/// What became of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// It holds.
    Passed,
    /// It does not.
    Failed,
    /// What it needs is not known: it neither passes nor fails a run.
    NotJudged,
}

/// One check of a run, and what became of it: an element of `checks` in rows, as it stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JudgedCheck {
    /// The key under `expect`, or the name of a check that is written in Rust.
    pub check: String,
    /// What became of it.
    pub result: Judgement,
    /// What was expected and what was found, or why it could not be judged; absent where it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What was expected, alike for all runs that miss it.
    #[serde(skip)]
    pub expected: Option<String>,
}

impl JudgedCheck {
    /// A check that holds.
    pub fn passed(check: impl Into<String>) -> Self {
        Self {
            check: check.into(),
            result: Judgement::Passed,
            message: None,
            expected: None,
        }
    }

    /// A check that does not hold.
    pub fn failed(check: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            result: Judgement::Failed,
            message: Some(message.into()),
            ..Self::passed(check)
        }
    }

    /// A check that cannot be judged.
    pub fn not_judged(check: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            result: Judgement::NotJudged,
            message: Some(reason.into()),
            ..Self::passed(check)
        }
    }

    /// Masks what must appear nowhere.
    pub(crate) fn mask(&mut self, secrets: &Secrets) {
        for text in [&mut self.message, &mut self.expected]
            .into_iter()
            .flatten()
        {
            *text = secrets.redact(text).into_owned();
        }
    }

    /// The check in a line.
    fn line(&self) -> String {
        let message = self.message.as_deref().unwrap_or_default();
        format!("{}: {}", self.check, one_line(message))
    }

    /// The check in a line that other runs share.
    fn shared_line(&self) -> String {
        match &self.expected {
            Some(expected) => format!("{}: expected {expected}", self.check),
            None => self.line(),
        }
    }
}

/// What a run failed with by its checks: each that does not hold in a line of its own. `None` where none failed.
pub(crate) fn failure(checks: &[JudgedCheck]) -> Option<Failure> {
    let lines: Vec<_> = failed(checks).map(JudgedCheck::line).collect();
    (!lines.is_empty()).then(|| Failure::new(FailureKind::ExpectationFailed, lines.join("\n")))
}

/// What runs that miss the same have in common, however much their answers differ.
pub(crate) fn label(checks: &[JudgedCheck]) -> String {
    let lines: Vec<_> = failed(checks).map(JudgedCheck::shared_line).collect();
    lines.join("; ")
}

fn failed(checks: &[JudgedCheck]) -> impl Iterator<Item = &JudgedCheck> {
    checks
        .iter()
        .filter(|check| check.result == Judgement::Failed)
}

fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_every_check_that_failed_and_no_other() {
        let mut missed =
            JudgedCheck::failed("contains", "expected \"a\" in the output, found \"b\"");
        missed.expected = Some("\"a\" in the output".to_owned());
        let checks = [
            missed,
            JudgedCheck::passed("matches"),
            JudgedCheck::not_judged("max_tokens", "nothing told of tokens"),
            JudgedCheck::failed("polite", "panicked: no\n  left: 1\n"),
        ];
        let failure = failure(&checks).unwrap();
        assert_eq!(failure.kind, FailureKind::ExpectationFailed);
        insta::assert_snapshot!(failure.message, @r#"
        contains: expected "a" in the output, found "b"
        polite: panicked: no; left: 1
        "#);
        insta::assert_snapshot!(label(&checks), @r#"contains: expected "a" in the output; polite: panicked: no; left: 1"#);
        assert_eq!(super::failure(&checks[1..3]), None);
    }
}
