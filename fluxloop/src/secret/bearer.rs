use std::ops::Range;

/// The shortest bearer token that is masked, in bytes.
const SHORTEST_TOKEN: usize = 4;
/// A token of letters alone is masked from this length on: `Bearer authentication` is prose.
const SHORTEST_WORD: usize = 16;

/// The token that follows the word `Bearer`, which ends at `at`.
pub(crate) fn bearer_token(text: &[u8], at: usize) -> Option<Range<usize>> {
    let start = skip(text, at, |byte| matches!(byte, b' ' | b'\t'));
    let end = skip(text, start, is_token);
    // Without the full stops of the sentence that it ends.
    let dots = text[start..end]
        .iter()
        .rev()
        .take_while(|byte| **byte == b'.')
        .count();
    let token = &text[start..end - dots];
    let is_prose = token.len() < SHORTEST_WORD && token.iter().all(u8::is_ascii_alphabetic);
    (start > at && token.len() >= SHORTEST_TOKEN && !is_prose).then_some(start..start + token.len())
}

pub(super) fn skip(text: &[u8], from: usize, which: impl Fn(u8) -> bool) -> usize {
    from + text[from..].iter().take_while(|byte| which(**byte)).count()
}

/// What a bearer token may hold (RFC 6750).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
}
