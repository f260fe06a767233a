//! What is masked without being known: the credentials of `Authorization` headers and `Bearer` tokens.

use std::{io::BufRead as _, ops::Range};

use super::bearer::{bearer_token, skip};

/// A word that credentials follow, and the place in it of a letter that few texts have.
struct Word {
    word: &'static [u8],
    rare: usize,
}

const BEARER: Word = Word {
    word: b"bearer",
    rare: 0,
};
const AUTHORIZATION: Word = Word {
    word: b"authorization",
    rare: 7,
};

impl Word {
    /// Adds where the word ends, wherever it stands, in any case.
    fn ends(&self, text: &[u8], ends: &mut Vec<usize>) {
        let rare = self.word[self.rare];
        for letter in [rare, rare.to_ascii_uppercase()] {
            let mut from = 0;
            while let Some(at) = next(text, from, letter) {
                from = at + 1;
                let start = at.checked_sub(self.rare);
                let end = start.map(|start| start + self.word.len());
                let found = start.zip(end).and_then(|(start, end)| text.get(start..end));
                if found.is_some_and(|found| found.eq_ignore_ascii_case(self.word)) {
                    ends.extend(end);
                }
            }
        }
    }
}

/// Where a byte stands next. The standard library's search is fast in every build; an automaton is not in those without
/// optimisation, where most agents are tested.
fn next(text: &[u8], from: usize, byte: u8) -> Option<usize> {
    let mut rest = &text[from..];
    // Reading from memory cannot fail.
    let passed = rest.skip_until(byte).ok()?;
    let at = from + passed.checked_sub(1)?;
    (text[at] == byte).then_some(at)
}

/// Whether a key or header is an `Authorization` header.
pub(super) fn is_authorization(name: &str) -> bool {
    ["authorization", "proxy-authorization"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether one of the words that introduce credentials stands in the text.
pub(super) fn is_mentioned(text: &str) -> bool {
    let mut ends = Vec::new();
    [BEARER, AUTHORIZATION].iter().any(|word| {
        word.ends(text.as_bytes(), &mut ends);
        !ends.is_empty()
    })
}

/// Adds the credentials in the text, those of each word in no order.
pub(super) fn find(text: &[u8], spans: &mut Vec<Range<usize>>) {
    let mut ends = Vec::new();
    BEARER.ends(text, &mut ends);
    spans.extend(ends.drain(..).filter_map(|end| bearer_token(text, end)));
    AUTHORIZATION.ends(text, &mut ends);
    spans.extend(ends.drain(..).filter_map(|end| authorization(text, end)));
}

/// All that follows `Authorization:` up to the end of the line, or of the quotes it stands in.
fn authorization(text: &[u8], at: usize) -> Option<Range<usize>> {
    // `"authorization": "…"`, also within a JSON text: `\"authorization\": \"…\"`.
    let is_space_or_quote = |byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\\');
    let separator = skip(text, at, is_space_or_quote);
    if !matches!(text.get(separator), Some(b':' | b'=')) {
        return None;
    }
    let start = skip(text, separator + 1, is_space_or_quote);
    let quote = text[separator..start]
        .iter()
        .rfind(|byte| matches!(byte, b'"' | b'\''));
    let is_value = |byte: u8| !matches!(byte, b'\r' | b'\n' | b'\\') && Some(&byte) != quote;
    let end = skip(text, start, is_value);
    (end > start).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use crate::secret::Secrets;

    #[test]
    fn credentials_are_masked_without_being_known() {
        for (text, masked) in [
            ("sent Bearer abc123.", "sent Bearer ***."),
            ("BEARER  x-y_z and more", "BEARER  *** and more"),
            ("Authorization: Basic dXNlcjpwdw==", "Authorization: ***"),
            (
                "authorization=Digest a=\"1\", b=2\nnext",
                "authorization=***\nnext",
            ),
            (
                r#"{"Authorization": "Bearer abc", "x": 1}"#,
                r#"{"Authorization": "***", "x": 1}"#,
            ),
            (
                r#""{\"authorization\": \"tok\", \"x\": 1}""#,
                r#""{\"authorization\": \"***\", \"x\": 1}""#,
            ),
            ("Proxy-Authorization: tok", "Proxy-Authorization: ***"),
        ] {
            assert_eq!(Secrets::default().redact(text), masked);
        }
    }

    #[test]
    fn prose_stays_as_it_is() {
        for text in [
            "the bearer of bad news",
            "Bearer authentication works.",
            "authorization is needed",
            "Authorization:",
        ] {
            assert_eq!(Secrets::default().redact(text), text);
        }
    }
}
