use std::{fmt, ops::Range};

use super::{MASK, Secrets};

/// The longest line that is held back whole, in bytes.
const LONGEST_LINE: usize = 64 << 10;

/// What is kept of an overlong line that was passed on: a `Bearer` that introduces what follows, in bytes.
const CONTEXT: usize = 64;

/// Masks the secrets of a stream of bytes, whatever the chunks it comes in.
///
/// A line is passed on when it is complete. Of one longer than 64 KiB, as much is passed on as cannot be part of a
/// secret, so the memory is bounded.
pub struct StreamRedactor {
    secrets: Secrets,
    held: Vec<u8>,
    /// How much of `held` has been passed on already.
    passed: usize,
    /// The rest of an overlong line belongs to a credential that has been masked already.
    skips_line: bool,
}

impl fmt::Debug for StreamRedactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamRedactor")
            .field("secrets", &self.secrets)
            .field("held", &self.held.len())
            .finish_non_exhaustive()
    }
}

impl StreamRedactor {
    pub(super) fn new(secrets: Secrets) -> Self {
        Self {
            secrets,
            held: Vec::new(),
            passed: 0,
            skips_line: false,
        }
    }

    /// Takes a chunk in and appends what can be passed on.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        for piece in chunk.chunks(LONGEST_LINE) {
            let held = self.held.len();
            self.held.extend_from_slice(piece);
            match piece.iter().rposition(|byte| *byte == b'\n') {
                Some(at) => self.pass_lines(held + at + 1, out),
                None if self.held.len() >= LONGEST_LINE + self.secrets.longest() => {
                    self.pass_part(out);
                }
                None => {}
            }
        }
    }

    /// Appends what is held back still. The stream has ended.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.pass_lines(self.held.len(), out);
    }

    fn pass_lines(&mut self, end: usize, out: &mut Vec<u8>) {
        if self.skips_line {
            let line_end = self.held[..end].iter().position(|byte| *byte == b'\n');
            self.skips_line = line_end.is_none();
            self.passed = line_end.unwrap_or(end);
        }
        let spans = self.secrets.spans(&self.held[..end]);
        self.mask(&spans, end, out);
        self.held.drain(..end);
        self.passed = 0;
    }

    /// Passes on what of an overlong line cannot be part of a secret.
    fn pass_part(&mut self, out: &mut Vec<u8>) {
        if self.skips_line {
            self.held.clear();
            self.passed = 0;
            return;
        }
        let length = self.held.len();
        let spans = self.secrets.spans(&self.held);
        let mut end = length - self.secrets.longest();
        if let Some(span) = spans
            .iter()
            .find(|span| span.start < end && span.end >= end)
        {
            // One that reaches the end of what is known may go on to the end of the line.
            self.skips_line = span.end == length;
            end = span.end;
        }
        self.mask(&spans, end, out);
        let kept = end.saturating_sub(CONTEXT);
        self.held.drain(..kept);
        self.passed = end - kept;
    }

    /// Appends what has not been passed on yet, up to `end`, which lies within no span.
    fn mask(&self, spans: &[Range<usize>], end: usize, out: &mut Vec<u8>) {
        let mut shown = self.passed;
        for span in spans
            .iter()
            .filter(|span| span.start >= self.passed && span.end <= end)
        {
            out.extend_from_slice(&self.held[shown..span.start]);
            out.extend_from_slice(MASK.as_bytes());
            shown = span.end;
        }
        out.extend_from_slice(&self.held[shown..end]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stream(text: &[u8], chunk: usize) -> Vec<u8> {
        let mut redactor = Secrets::new(["sk-secret-1234"]).stream();
        let mut out = Vec::new();
        for chunk in text.chunks(chunk) {
            redactor.push(chunk, &mut out);
            assert!(
                redactor.held.len() <= 2 * LONGEST_LINE + 64,
                "held {}",
                redactor.held.len()
            );
        }
        redactor.finish(&mut out);
        out
    }

    proptest! {
        #[test]
        fn chunks_do_not_matter(parts in prop::collection::vec("[a-z\n ]{0,20}", 0..20), chunk in 1_usize..40) {
            let text = parts.join("sk-secret-1234");
            let expected = Secrets::new(["sk-secret-1234"]).redact(&text).into_owned();
            prop_assert_eq!(String::from_utf8(stream(text.as_bytes(), chunk)).unwrap(), expected);
        }
    }

    #[test]
    fn a_secret_across_the_cut_of_an_overlong_line_is_masked() {
        for shift in 0..40 {
            let before = "x".repeat(LONGEST_LINE - 20 + shift);
            let text = format!("{before}sk-secret-1234{}", "y".repeat(LONGEST_LINE));
            let expected = text.replace("sk-secret-1234", "***");
            assert_eq!(
                stream(text.as_bytes(), 1000),
                expected.as_bytes(),
                "shift {shift}"
            );
        }
    }

    #[test]
    fn a_token_after_the_cut_of_an_overlong_line_is_masked() {
        for shift in (0..60).step_by(7) {
            let before = "x".repeat(LONGEST_LINE - 30 + shift);
            let text = format!("{before} Bearer abc123 {}", "y".repeat(LONGEST_LINE));
            let expected = text.replace("abc123", "***");
            let masked = stream(text.as_bytes(), 13);
            assert!(
                !masked.windows(6).any(|part| part == b"abc123"),
                "shift {shift}"
            );
            // A token that stands at the cut may take the rest of its line with it.
            assert!(
                masked == expected.as_bytes() || masked.ends_with(b"Bearer ***"),
                "shift {shift}"
            );
        }
    }

    #[test]
    fn an_endless_credential_is_masked_to_the_end_of_its_line() {
        let text = format!("Authorization: {}\nnext\n", "a".repeat(10 * LONGEST_LINE));
        assert_eq!(stream(text.as_bytes(), 777), b"Authorization: ***\nnext\n");
    }

    #[test]
    fn bytes_that_are_no_text_pass() {
        assert_eq!(
            stream(b"\xff\xfe sk-secret-1234 \x00\n\xff", 3),
            b"\xff\xfe *** \x00\n\xff"
        );
    }
}
