use std::fmt;

use super::{super::excerpt, exchange::Question};

/// The longest piece of a line that is shown, in characters.
const SHOWN: usize = 100;
/// What is shown before the first character that differs.
const SHOWN_BEFORE: usize = 30;

/// What differs first between a recorded question and one that is asked now. Its `Display` says both.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// In which line of the prompt, from 1, if it is the prompt that differs.
    line: Option<usize>,
    expected: String,
    found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "in line {line} of the prompt, ")?;
        }
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl Difference {
    /// Nothing, where they are the same.
    pub(super) fn first(recorded: &Question, now: &Question) -> Option<Self> {
        let quoted = |what: &str, recorded: &str, now: &str| {
            (recorded != now).then(|| Self {
                line: None,
                expected: format!("the {what} `{recorded}`"),
                found: format!("`{now}`"),
            })
        };
        quoted("provider", &recorded.provider, &now.provider)
            .or_else(|| quoted("model", &recorded.model, &now.model))
            .or_else(|| Self::of_temperature(recorded.temperature, now.temperature))
            .or_else(|| Self::of_schema(recorded.schema, now.schema))
            .or_else(|| Self::of_lines(&recorded.prompt().to_string(), &now.prompt().to_string()))
    }

    fn of_temperature(recorded: Option<f64>, now: Option<f64>) -> Option<Self> {
        let shown = |temperature: Option<f64>| {
            temperature.map_or_else(|| "none".to_owned(), |degrees| degrees.to_string())
        };
        (recorded != now).then(|| Self {
            line: None,
            expected: format!("the temperature {}", shown(recorded)),
            found: shown(now),
        })
    }

    fn of_schema(recorded: u32, now: u32) -> Option<Self> {
        (recorded != now).then(|| Self {
            line: None,
            expected: format!("version {recorded} of the schema of decisions"),
            found: format!("version {now}"),
        })
    }

    /// The prompt, as observations show it.
    fn of_lines(recorded: &str, now: &str) -> Option<Self> {
        let (mut recorded, mut now) = (recorded.split('\n'), now.split('\n'));
        let mut number = 0;
        loop {
            number += 1;
            match (recorded.next(), now.next()) {
                (None, None) => return None,
                (expected, found) if expected == found => {}
                (expected, found) => {
                    let same = common(expected.unwrap_or(""), found.unwrap_or(""));
                    return Some(Self {
                        line: Some(number),
                        expected: shown(expected, same),
                        found: shown(found, same),
                    });
                }
            }
        }
    }
}

/// How many characters two texts begin with alike.
fn common(one: &str, other: &str) -> usize {
    let pairs = one.chars().zip(other.chars());
    pairs.take_while(|(one, other)| one == other).count()
}

/// The piece of a line that begins a little before a character.
fn shown(line: Option<&str>, from: usize) -> String {
    let Some(line) = line else {
        return "its end".to_owned();
    };
    if line.is_empty() {
        return "an empty line".to_owned();
    }
    let skipped = from.saturating_sub(SHOWN_BEFORE);
    let gap = if skipped > 0 { "…" } else { "" };
    let rest: String = line.chars().skip(skipped).collect();
    format!("`{gap}{}`", excerpt::of(&rest, SHOWN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::cassette::sample;

    fn first(change: impl FnOnce(&mut Question)) -> String {
        let mut now = sample::question();
        change(&mut now);
        let difference = Difference::first(&sample::question(), &now);
        difference.map_or_else(|| "nothing".to_owned(), |first| first.to_string())
    }

    #[test]
    fn what_differs_first_is_said() {
        assert_eq!(first(|_| {}), "nothing");
        insta::assert_snapshot!(first(|now| now.provider = "anthropic".to_owned()), @"expected the provider `openai`, found `anthropic`");
        insta::assert_snapshot!(first(|now| now.model = "other".to_owned()), @"expected the model `a-model`, found `other`");
        insta::assert_snapshot!(first(|now| now.temperature = None), @"expected the temperature 0.7, found none");
        insta::assert_snapshot!(first(|now| now.temperature = Some(0.25)), @"expected the temperature 0.7, found 0.25");
        insta::assert_snapshot!(first(|now| now.schema = 2), @"expected version 1 of the schema of decisions, found version 2");
        insta::assert_snapshot!(first(|now| now.system = "You play the user.".to_owned()), @"in line 2 of the prompt, expected `Never the agent.`, found an empty line");
        insta::assert_snapshot!(first(|now| now.user += "\n1. agent: \"Which one?\""), @r#"in line 7 of the prompt, expected its end, found `1. agent: "Which one?"`"#);
        insta::assert_snapshot!(first(|now| now.user = now.user.replace("order", "parcel")), @r#"in line 6 of the prompt, expected `1. user: "Where is my order?"`, found `1. user: "Where is my parcel?"`"#);
    }

    #[test]
    fn of_a_long_line_the_place_is_shown() {
        let mut recorded = sample::question();
        recorded.user = format!("{} and then {}", "ä".repeat(500), "ö".repeat(500));
        let mut now = recorded.clone();
        now.user = now.user.replace("then", "there");
        let difference = Difference::first(&recorded, &now).unwrap();
        insta::assert_snapshot!(difference, @"in line 6 of the prompt, expected `…ääääääääääääääääääääää and then öööööööööööööööööööööööööööööööööööööööööööööööööööööööööööööööööööö…`, found `…ääääääääääääääääääääää and there ööööööööööööööööööööööööööööööööööööööööööööööööööööööööööööööööööö…`");
    }
}
