use std::ops::Range;

use super::MASK;

/// A text with the mask in the place of these bytes: in order, none in another, each of whole characters.
pub(crate) fn cover(text: &str, spans: &[Range<usize>]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for span in spans {
        masked.push_str(&text[end..span.start]);
        masked.push_str(MASK);
        end = span.end;
    }
    masked.push_str(&text[end..]);
    masked
}
