use serde::Deserialize;
use serde_json::value::RawValue;

use super::{DecisionRequest, Step};

/// The longest piece of a reply that a message shows, in characters.
const SHOWN: usize = 80;

/// How often the length of a text may be read in vain on the way through it: text that is made to be slow to read has
/// no decision.
const PATIENCE: usize = 64;

/// Why a reply cannot be used. The model is told in these words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("the reply was empty")]
    Empty,
    #[error("the model refused: {0}")]
    Refusal(String),
    #[error("the reply was cut off before its end")]
    CutOff,
    #[error("expected one JSON object with `decision`, found `{0}`")]
    NoDecision(String),
    #[error("expected a decision, found an object with {0}")]
    Malformed(String),
    #[error("expected one decision, found {0} that differ")]
    Contradiction(usize),
    #[error("expected `continue` or `terminate` as `decision`, found `{0}`")]
    Unknown(String),
    #[error("expected text or null as `{0}`")]
    NotText(&'static str),
    #[error("`continue` needs what the user says as `next_user_message`")]
    NoMessage,
    #[error("the conversation must not end yet: `terminate` is not accepted")]
    TooEarly,
}

impl Fault {
    /// The model would not answer, and said this.
    pub(super) fn refusal(words: &str) -> Self {
        Self::Refusal(excerpt(words))
    }
}

/// Finds the one decision in a reply.
///
/// A reply that is nothing but a decision is taken as it is. In prose, a decision that stands in the conversation
/// already is a quotation and does not count.
pub(super) fn read(reply: &str, request: &DecisionRequest<'_>) -> Result<Step, Fault> {
    let text = reply.trim();
    if text.is_empty() {
        return Err(Fault::Empty);
    }
    let mut found = Found::in_text(text)?;
    if found
        .decisions
        .iter()
        .any(|(raw, _)| raw.len() < text.len())
    {
        let said: Vec<String> = request
            .history
            .iter()
            .map(|said| dense(&said.content))
            .collect();
        found
            .decisions
            .retain(|(raw, _)| !said.iter().any(|said| said.contains(&dense(raw))));
    }
    let mut steps: Vec<Step> = Vec::new();
    for (_, fields) in &found.decisions {
        let step = fields.step(request.may_stop)?;
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    match steps.len() {
        1 => Ok(steps.remove(0)),
        0 if found.cut_off => Err(Fault::CutOff),
        0 => Err(Fault::NoDecision(excerpt(text))),
        several => Err(Fault::Contradiction(several)),
    }
}

/// Without white space: JSON that was laid out anew is the same.
fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

fn excerpt(text: &str) -> String {
    super::excerpt::of(text, SHOWN)
}

/// The decisions that stand in a text by themselves, not within other objects.
#[derive(Debug, Default)]
struct Found<'a> {
    /// As they are written, and what they say.
    decisions: Vec<(&'a str, Fields<'a>)>,
    /// The text ends within an object.
    cut_off: bool,
}

impl<'a> Found<'a> {
    fn in_text(text: &'a str) -> Result<Self, Fault> {
        let mut found = Self::default();
        let mut rest = text;
        let mut patience = text.len().saturating_mul(PATIENCE);
        while let Some(open) = rest.find('{') {
            rest = &rest[open..];
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
            match values.next() {
                Some(Ok(object)) => {
                    rest = &rest[values.byte_offset()..];
                    let fields: Fields<'_> = serde_json::from_str(object.get())
                        .map_err(|error| Fault::Malformed(excerpt(&error.to_string())))?;
                    if fields.decision.is_some() {
                        found.decisions.push((object.get(), fields));
                    }
                }
                Some(Err(error)) if !error.is_eof() => {
                    let Some(left) = patience.checked_sub(extent(rest, &error)) else {
                        break;
                    };
                    patience = left;
                    rest = &rest[1..];
                }
                // What is within an object that was cut off is not said by itself.
                _ => {
                    found.cut_off = true;
                    break;
                }
            }
        }
        Ok(found)
    }
}

/// How far into `text` an error is, in bytes.
fn extent(text: &str, error: &serde_json::Error) -> usize {
    let lines = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    lines.map(str::len).sum::<usize>() + error.column()
}

/// An object, as far as it is a decision. A field that is there twice is an error.
#[derive(Debug, Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    decision: Option<&'a RawValue>,
    #[serde(borrow)]
    next_user_message: Option<&'a RawValue>,
    #[serde(borrow)]
    termination_reason: Option<&'a RawValue>,
    #[serde(borrow)]
    closing_user_message: Option<&'a RawValue>,
}

impl Fields<'_> {
    fn step(&self, may_stop: bool) -> Result<Step, Fault> {
        let raw = self.decision.map_or("", RawValue::get);
        let decision: String =
            serde_json::from_str(raw).map_err(|_| Fault::Unknown(excerpt(raw)))?;
        match decision.trim().to_ascii_lowercase().as_str() {
            "continue" => text(self.next_user_message, "next_user_message")?
                .map(Step::Continue)
                .ok_or(Fault::NoMessage),
            "terminate" if !may_stop => Err(Fault::TooEarly),
            "terminate" => Ok(Step::Stop {
                reason: text(self.termination_reason, "termination_reason")?,
                closing: text(self.closing_user_message, "closing_user_message")?,
            }),
            _ => Err(Fault::Unknown(excerpt(&decision))),
        }
    }
}

/// Text that says something; null and blanks say nothing.
fn text(value: Option<&RawValue>, field: &'static str) -> Result<Option<String>, Fault> {
    let Some(value) = value else { return Ok(None) };
    let text: String = serde_json::from_str(value.get()).map_err(|_| Fault::NotText(field))?;
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

#[cfg(test)]
mod tests;
