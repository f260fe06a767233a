//! What is masked without being known: the credentials of `Authorization` headers and `Bearer` tokens.

use std::{ops::Range, sync::LazyLock};

use aho_corasick::AhoCorasick;

use super::bearer::{bearer_token, skip};

static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(["bearer", "authorization"])
        .expect("two short words build an automaton")
});

/// Whether a key or header is an `Authorization` header.
pub(super) fn is_authorization(name: &str) -> bool {
    ["authorization", "proxy-authorization"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether one of the words that introduce credentials stands in the text.
pub(super) fn is_mentioned(text: &str) -> bool {
    WORDS.is_match(text)
}

/// Adds the credentials in the text, in order.
pub(super) fn find(text: &[u8], spans: &mut Vec<Range<usize>>) {
    for word in WORDS.find_iter(text) {
        let span = match word.pattern().as_usize() {
            0 => bearer_token(text, word.end()),
            _ => authorization(text, word.end()),
        };
        spans.extend(span);
    }
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
