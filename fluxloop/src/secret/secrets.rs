use std::{
    borrow::Cow,
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    ops::Range,
    sync::Arc,
};

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;

use super::{MASK, cover, header, is_worth_masking, stream::StreamRedactor};

/// The shortest line that is masked of a value that has several, in characters.
const SHORTEST_LINE: usize = 8;

/// The values to mask, and how. Cheap to clone.
#[derive(Clone, Default)]
pub struct Secrets {
    known: Option<Arc<Known>>,
}

struct Known {
    values: usize,
    /// What tells them from others.
    fingerprint: u64,
    longest: usize,
    /// As they are, and as JSON writes them.
    finder: AhoCorasick,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.known.as_ref().map_or(0, |known| known.values);
        write!(f, "Secrets({values} values)")
    }
}

fn fingerprint(values: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    values.hash(&mut hasher);
    hasher.finish()
}

impl Secrets {
    /// Takes the values to mask. Those that would mask ordinary text are left out, as the module says.
    ///
    /// # Panics
    ///
    /// If the values are so many that no automaton can hold them: gigabytes of them.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let mut values: Vec<String> = values
            .into_iter()
            .map(Into::into)
            .filter(|value| is_worth_masking(value))
            .collect();
        values.sort_unstable();
        values.dedup();
        if values.is_empty() {
            return Self::default();
        }
        let count = values.len();
        let fingerprint = fingerprint(&values);
        let mut patterns: Vec<String> = values.iter().flat_map(|value| lines(value)).collect();
        let escaped: Vec<String> = values.iter().chain(&patterns).map(|p| escaped(p)).collect();
        patterns.extend(values.into_iter().chain(escaped));
        patterns.sort_unstable();
        patterns.dedup();
        let longest = patterns.iter().map(String::len).max().unwrap_or(0);
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&patterns)
            .expect("secrets are far smaller than an automaton may be");
        Self {
            known: Some(Arc::new(Known {
                values: count,
                fingerprint,
                longest,
                finder,
            })),
        }
    }

    /// What tells these secrets from others, in this process and in those of the same build.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.known.as_ref().map_or(0, |known| known.fingerprint)
    }

    /// Masks every secret in a text.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let spans = self.spans(text.as_bytes());
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(cover(text, &spans))
    }

    /// Masks every secret in the texts, keys and numbers of a value.
    pub fn redact_value(&self, value: &mut Value) {
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => {
                if let Cow::Owned(masked) = self.redact(&number.to_string()) {
                    *value = Value::String(masked);
                }
            }
            Value::String(text) => {
                if let Cow::Owned(masked) = self.redact(text) {
                    *text = masked;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_value(item)),
            Value::Object(map) => {
                let entries = std::mem::take(map);
                map.extend(entries.into_iter().map(|(key, mut value)| {
                    if header::is_authorization(&key) && value.is_string() {
                        value = Value::String(MASK.to_owned());
                    } else {
                        self.redact_value(&mut value);
                    }
                    (self.redact(&key).into_owned(), value)
                }));
            }
        }
    }

    /// Masks a stream of bytes as it passes.
    #[must_use]
    pub fn stream(&self) -> StreamRedactor {
        StreamRedactor::new(self.clone())
    }

    /// What is to be masked, in order, without overlaps. In valid UTF-8, between characters.
    pub(super) fn spans(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut spans: Vec<Range<usize>> = match &self.known {
            Some(known) => known
                .finder
                .find_iter(text)
                .map(|found| found.range())
                .collect(),
            None => Vec::new(),
        };
        let known = spans.len();
        header::find(text, &mut spans);
        if spans.len() > known {
            spans.sort_unstable_by_key(|span| (span.start, span.end));
            spans.dedup_by(|later, earlier| {
                let overlap = later.start < earlier.end;
                if overlap {
                    earlier.end = earlier.end.max(later.end);
                }
                overlap
            });
        }
        spans
    }

    /// Whether a value that is looked for stands in the text.
    pub(super) fn knows_some_of(&self, text: &str) -> bool {
        self.known
            .as_ref()
            .is_some_and(|known| known.finder.is_match(text))
    }

    /// The length of the longest value that is looked for, in bytes.
    pub(super) fn longest(&self) -> usize {
        self.known.as_ref().map_or(0, |known| known.longest)
    }
}

/// A value of several lines (a private key) is often printed line by line.
fn lines(value: &str) -> Vec<String> {
    let lines = value.lines().map(str::trim).filter(|line| *line != value);
    lines
        .filter(|line| line.chars().count() >= SHORTEST_LINE)
        .map(str::to_owned)
        .collect()
}

/// The value as it stands between the quotes of a JSON text.
fn escaped(value: &str) -> String {
    let quoted = Value::String(value.to_owned()).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(values: &[&str]) -> Secrets {
        Secrets::new(values.iter().copied())
    }

    #[test]
    fn values_are_masked_wherever_they_stand_the_longest_first() {
        let secrets = secrets(&["sk-12", "sk-1234", "pässwörd"]);
        assert_eq!(
            secrets.redact("a sk-1234 b sk-12, pässwörd!"),
            "a *** b ***, ***!"
        );
    }

    #[test]
    fn a_text_without_secrets_is_borrowed() {
        assert!(matches!(
            secrets(&["sk-1234"]).redact("nothing here"),
            Cow::Borrowed(_)
        ));
        assert!(matches!(
            Secrets::default().redact("nothing here"),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn values_that_would_mask_ordinary_text_are_left_out() {
        let secrets = secrets(&["", "abc", "true", "None", "8080", "1234567", "    "]);
        let text = "abc true None 8080 1234567     ";
        assert_eq!(secrets.redact(text), text);
        assert_eq!(self::secrets(&["12345678"]).redact("12345678"), "***");
    }

    #[test]
    fn the_lines_of_a_long_value_are_masked_one_by_one() {
        let secrets = secrets(&["-----BEGIN-----\nMIIabcdefgh\nend\n"]);
        assert_eq!(secrets.redact("log: MIIabcdefgh"), "log: ***");
        assert_eq!(secrets.redact("-----BEGIN-----\nMIIabcdefgh\nend\n"), "***");
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", secrets(&["sk-1234"])), "Secrets(1 values)");
    }

    #[test]
    fn texts_keys_and_numbers_of_a_value_are_masked() {
        let mut value = serde_json::json!({
            "sk-1234": ["x sk-1234", 98_765_432, 7],
            "headers": {"Authorization": "opaque"},
        });
        secrets(&["sk-1234", "98765432"]).redact_value(&mut value);
        let masked = serde_json::json!({
            "***": ["x ***", "***", 7],
            "headers": {"Authorization": "***"},
        });
        assert_eq!(value, masked);
    }
}
