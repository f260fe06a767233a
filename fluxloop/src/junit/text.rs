use std::{borrow::Cow, time::Duration};

use crate::visible::visible;

/// A text that stands in XML 1.0: what would act on a terminal, or is no character there, is made visible. Lines stay lines.
pub(super) fn clean(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(visible).collect();
    lines
        .join("\n")
        .replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// At most so many bytes of a text, and how many there were.
pub(super) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let kept = &text[..text.floor_char_boundary(most)];
    Cow::Owned(format!("{kept}… ({} bytes)", text.len()))
}

/// A length of time; none where it is negative or no number.
pub(super) fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
