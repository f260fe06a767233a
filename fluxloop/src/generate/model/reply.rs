use serde_json::Value;

use crate::supervisor::excerpt;

/// The longest text that is taken, in characters: two pages.
const LONGEST: usize = 8_000;
/// What is shown of a text or a reply, in characters.
const SHOWN: usize = 60;

/// What is usable of a reply, and why the rest is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) accepted: Vec<String>,
    /// In sentences.
    pub(super) rejected: Vec<String>,
}

/// What a reply has to be more than: the message itself, and what is there already.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) source: &'a str,
    pub(super) known: &'a [String],
    pub(super) count: usize,
}

/// Reads the texts of a reply.
///
/// # Errors
///
/// In words for the model: when there is no list of texts, or no text in it that can be used.
pub(super) fn read(reply: &str, wanted: Wanted<'_>) -> Result<Texts, String> {
    let items = items(reply)?;
    let mut texts = Texts::default();
    for item in items {
        match judged(&item, wanted, &texts.accepted) {
            Ok(text) => texts.accepted.push(text),
            Err(reason) => texts.rejected.push(reason),
        }
    }
    if texts.accepted.is_empty() {
        return Err(match texts.rejected.as_slice() {
            [] => "the list of `inputs` is empty".to_owned(),
            [only] => format!("the only text cannot be used: {only}"),
            [first, ..] => format!(
                "none of the {} texts can be used: {first}",
                texts.rejected.len()
            ),
        });
    }
    Ok(texts)
}

fn judged(item: &Value, wanted: Wanted<'_>, accepted: &[String]) -> Result<String, String> {
    let Value::String(text) = item else {
        return Err(format!("expected text, found {}", shown(&item.to_string())));
    };
    let text = text.trim();
    let length = text.chars().count();
    let is_same = |other: &str| other.trim() == text;
    let text_shown = shown(text);
    if text.is_empty() {
        Err("a text is empty".to_owned())
    } else if length > LONGEST {
        Err(format!(
            "{text_shown} is too long: expected at most {LONGEST} characters, found {length}"
        ))
    } else if is_same(wanted.source) {
        Err(format!("{text_shown} is the message itself"))
    } else if wanted
        .known
        .iter()
        .chain(accepted)
        .any(|known| is_same(known))
    {
        Err(format!("{text_shown} is there already"))
    } else if accepted.len() == wanted.count {
        Err(format!(
            "{text_shown} is one more than the {} asked for",
            wanted.count
        ))
    } else {
        Ok(text.to_owned())
    }
}

/// The list in the object that the reply is, or that stands in a fence or in prose.
fn items(reply: &str) -> Result<Vec<Value>, String> {
    let reply = reply.trim();
    if reply.is_empty() {
        return Err("the reply was empty".to_owned());
    }
    let from = reply.find('{');
    let to = reply.rfind('}');
    let inner = from.zip(to).and_then(|(from, to)| reply.get(from..=to));
    let object = inner.and_then(|text| serde_json::from_str::<Value>(text).ok());
    match object.map(|mut object| object["inputs"].take()) {
        Some(Value::Array(items)) => Ok(items),
        Some(Value::Null) | None => Err(format!(
            "expected one JSON object with `inputs`, found {}",
            shown(reply)
        )),
        Some(other) => Err(format!(
            "expected a list of texts as `inputs`, found {}",
            shown(&other.to_string())
        )),
    }
}

/// The beginning of what a model wrote.
fn shown(text: &str) -> String {
    format!("`{}`", excerpt::of(text, SHOWN))
}
