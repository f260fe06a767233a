//! What the output says, as a text.

use regex::Regex;
use serde_json::value::RawValue;

use super::{expectation::Verdict, quote};

/// What expectations of a text look at: an output that is text, or anything else as its JSON.
#[derive(Debug)]
pub(super) struct Said(String);

impl Said {
    pub(super) fn of(output: &RawValue) -> Self {
        let text: Result<String, _> = serde_json::from_str(output.get());
        Self(text.unwrap_or_else(|_| output.get().to_owned()))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    pub(super) fn contains(&self, wanted: &[String]) -> Verdict {
        let missing = wanted.iter().filter(|text| !self.0.contains(*text));
        self.misses(missing.map(|text| quote::text(text)), "in the output")
    }

    pub(super) fn matches(&self, patterns: &[Regex]) -> Verdict {
        let missing = patterns.iter().filter(|regex| !regex.is_match(&self.0));
        let missing = missing.map(|regex| format!("a match of `{regex}`"));
        self.misses(missing, "in the output")
    }

    pub(super) fn not_contains(&self, unwanted: &[String]) -> Verdict {
        let found = unwanted
            .iter()
            .find_map(|text| Some((text, self.0.find(text)?)));
        match found {
            None => Verdict::Passed,
            Some((text, at)) => Verdict::failed(
                format!("no {} in the output", quote::text(text)),
                quote::around(&self.0, at..at + text.len()),
            ),
        }
    }

    fn misses(&self, missing: impl Iterator<Item = String>, place: &str) -> Verdict {
        let missing: Vec<_> = missing.collect();
        if missing.is_empty() {
            return Verdict::Passed;
        }
        Verdict::failed(
            format!("{} {place}", missing.join(" and ")),
            quote::text(&self.0),
        )
    }
}
