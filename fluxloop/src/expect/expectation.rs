use std::time::Duration;

use regex::Regex;
use serde_json::{Map, Value};

#[cfg(feature = "json-schema")]
use super::schema::Schema;
use super::{JudgedCheck, RunFacts, compare, quote, text::Said, tools::ToolsExpected};
use crate::{event::Run, secret::Secrets, summary::milliseconds};

/// What is expected of runs, as it was written under one `expect`: valid, and compiled.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    /// Each with its key, in the order in which they were written.
    pub(super) all: Vec<(&'static str, Expectation)>,
    /// As files have it; what it took from other files stands in it.
    pub(super) written: Map<String, Value>,
    /// A part of it stood in another file.
    pub(super) reads_files: bool,
}

impl PartialEq for Expectations {
    /// Those that were written alike are the same.
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

/// One of them.
#[derive(Clone, Debug)]
pub(super) enum Expectation {
    Contains(Vec<String>),
    NotContains(Vec<String>),
    Equals(Value),
    Matches(Vec<Regex>),
    MaxDuration(Duration),
    MaxTurns(u32),
    MaxTokens(u64),
    Termination(Termination),
    ToolsCalled(ToolsExpected),
    #[cfg(feature = "json-schema")]
    JsonSchema(Schema),
}

/// How a conversation is to end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Termination {
    /// As it was written.
    pub(super) word: &'static str,
    /// By the supervisor rather than by its last turn.
    pub(super) is_stop: bool,
}

/// What becomes of an expectation in a run.
#[derive(Debug)]
pub(super) enum Verdict {
    Passed,
    Failed { expected: String, found: String },
    NotJudged(String),
}

impl Verdict {
    pub(super) fn failed(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::Failed {
            expected: expected.into(),
            found: found.into(),
        }
    }

    pub(super) fn not_judged(reason: impl Into<String>) -> Self {
        Self::NotJudged(reason.into())
    }

    fn of(self, check: &'static str) -> JudgedCheck {
        match self {
            Self::Passed => JudgedCheck::passed(check),
            Self::NotJudged(reason) => JudgedCheck::not_judged(check, reason),
            Self::Failed { expected, found } => {
                let message = format!("expected {expected}, found {found}");
                let mut failed = JudgedCheck::failed(check, message);
                failed.expected = Some(expected);
                failed
            }
        }
    }
}

impl Expectations {
    /// Whether nothing is expected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// What was written, as files have it: what it took from other files stands in it.
    #[must_use]
    pub fn written(&self) -> &Map<String, Value> {
        &self.written
    }

    /// What was written that holds whatever is asked: limits, and what no answer may say or be.
    pub(crate) fn of_any_answer(&self) -> Map<String, Value> {
        const OF_ANY: [&str; 5] = [
            "not_contains",
            "json_schema",
            "max_duration_ms",
            "max_turns",
            "max_tokens",
        ];
        let written = self.written.iter();
        let kept = written.filter(|(key, _)| OF_ANY.contains(&key.as_str()));
        kept.map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Whether a part of it stands in another file.
    pub(crate) fn reads_files(&self) -> bool {
        self.reads_files
    }

    pub(super) fn asks_for_tools(&self) -> bool {
        let mut all = self.all.iter();
        all.any(|(_, expectation)| matches!(expectation, Expectation::ToolsCalled(_)))
    }

    /// The same for what runs return with secrets masked.
    pub(super) fn masked(&self, secrets: &Secrets) -> Self {
        let mut masked = self.clone();
        for (_, expectation) in &mut masked.all {
            expectation.mask(secrets);
        }
        masked
    }

    /// Judges a run that returned.
    pub(super) fn judge(&self, run: &Run, facts: &RunFacts) -> Vec<JudgedCheck> {
        let Some(output) = run.outcome.output() else {
            return Vec::new();
        };
        let said = Said::of(output);
        let judged = self.all.iter();
        judged
            .map(|(check, expectation)| expectation.judge(&said, run, facts).of(check))
            .collect()
    }
}

impl Expectation {
    fn mask(&mut self, secrets: &Secrets) {
        match self {
            Self::Contains(texts) | Self::NotContains(texts) => {
                for text in texts {
                    *text = secrets.redact(text).into_owned();
                }
            }
            Self::Equals(value) => secrets.redact_value(value),
            Self::Matches(_)
            | Self::MaxDuration(_)
            | Self::MaxTurns(_)
            | Self::MaxTokens(_)
            | Self::Termination(_) => {}
            Self::ToolsCalled(tools) => tools.mask(secrets),
            #[cfg(feature = "json-schema")]
            Self::JsonSchema(_) => {}
        }
    }

    fn judge(&self, said: &Said, run: &Run, facts: &RunFacts) -> Verdict {
        match self {
            Self::Contains(wanted) => said.contains(wanted),
            Self::NotContains(unwanted) => said.not_contains(unwanted),
            Self::Matches(patterns) => said.matches(patterns),
            Self::Equals(wanted) => equals(wanted, said, run),
            Self::MaxDuration(most) => max_duration(*most, run.duration),
            Self::MaxTurns(most) => max_turns(*most, run),
            Self::MaxTokens(most) => max_tokens(*most, facts),
            Self::Termination(wanted) => wanted.judge(run),
            Self::ToolsCalled(tools) => tools.judge(facts),
            #[cfg(feature = "json-schema")]
            Self::JsonSchema(schema) => schema.judge(&output(run)),
        }
    }
}

/// A text is compared with a text; with the JSON in it where a list or mapping is expected.
fn equals(wanted: &Value, said: &Said, run: &Run) -> Verdict {
    let output = output(run);
    let holds = match (&output, wanted) {
        (Value::String(text), Value::Number(_) | Value::Bool(_)) => {
            let written = wanted.to_string();
            *text == written
        }
        (Value::String(text), Value::Array(_) | Value::Object(_)) => {
            serde_json::from_str(text).is_ok_and(|held| compare::same(&held, wanted))
        }
        _ => compare::same(&output, wanted),
    };
    if holds {
        return Verdict::Passed;
    }
    let found = match &output {
        Value::String(_) => quote::text(said.text()),
        other => quote::value(other),
    };
    Verdict::failed(quote::value(wanted), found)
}

/// What the run returned.
fn output(run: &Run) -> Value {
    let output = run.outcome.output();
    output
        .and_then(|output| serde_json::from_str(output.get()).ok())
        .unwrap_or_default()
}

fn max_duration(most: Duration, took: Duration) -> Verdict {
    if took <= most {
        return Verdict::Passed;
    }
    Verdict::failed(
        format!("at most {} ms", milliseconds(most)),
        format!("{} ms", milliseconds(took)),
    )
}

const NO_CONVERSATION: &str = "the run was no conversation";

fn max_turns(most: u32, run: &Run) -> Verdict {
    match &run.conversation {
        None => Verdict::not_judged(NO_CONVERSATION),
        Some(conversation) if conversation.turn_count <= most => Verdict::Passed,
        Some(conversation) => Verdict::failed(
            format!("at most {most}"),
            conversation.turn_count.to_string(),
        ),
    }
}

/// What is known may be too much already, whatever is not.
fn max_tokens(most: u64, facts: &RunFacts) -> Verdict {
    let Some(usage) = facts.usage else {
        return Verdict::not_judged("no generation was observed, so no tokens are known");
    };
    let known = [usage.input_tokens, usage.output_tokens];
    let known = known.into_iter().flatten().fold(0, u64::saturating_add);
    let is_all = !facts.has_untold_tokens && usage.total_tokens().is_some();
    match (known > most, is_all) {
        (true, true) => Verdict::failed(format!("at most {most}"), known.to_string()),
        (true, false) => Verdict::failed(format!("at most {most}"), format!("at least {known}")),
        (false, true) => Verdict::Passed,
        (false, false) => Verdict::not_judged(format!(
            "a generation did not tell all of its tokens; {known} are known of"
        )),
    }
}

impl Termination {
    fn judge(self, run: &Run) -> Verdict {
        let Some(conversation) = &run.conversation else {
            return Verdict::not_judged(NO_CONVERSATION);
        };
        let reason = conversation.end.reason();
        if self.is_stop == (reason == "supervisor_stop") {
            Verdict::Passed
        } else {
            Verdict::failed(format!("`{}`", self.word), format!("`{reason}`"))
        }
    }
}

#[cfg(test)]
mod tests;
