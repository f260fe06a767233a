use unicode_segmentation::UnicodeSegmentation as _;

/// A text as people see it: no character of it is ever cut in half.
#[derive(Debug)]
pub(super) struct Letters<'a>(Vec<&'a str>);

impl<'a> Letters<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self(text.graphemes(true).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, at: usize) -> &'a str {
        self.0.get(at).copied().unwrap_or_default()
    }

    /// Where the letters stand.
    pub(super) fn positions(&self) -> Vec<usize> {
        (0..self.len()).filter(|at| self.is_letter(*at)).collect()
    }

    pub(super) fn is_letter(&self, at: usize) -> bool {
        self.get(at).chars().next().is_some_and(char::is_alphabetic)
    }

    pub(super) fn is_space(&self, at: usize) -> bool {
        let letter = self.get(at);
        !letter.is_empty() && letter.chars().all(char::is_whitespace)
    }

    /// The text with one of them written otherwise.
    pub(super) fn with(&self, at: usize, written: &str) -> String {
        let [before, behind] = [&self.0[..at], &self.0[at + 1..]];
        before
            .iter()
            .copied()
            .chain([written])
            .chain(behind.iter().copied())
            .collect()
    }

    /// Each of them, written as the function says.
    pub(super) fn map(&self, mut written: impl FnMut(&'a str) -> String) -> String {
        self.0.iter().map(|letter| written(letter)).collect()
    }
}

/// The text without the punctuation at its end.
pub(super) fn without_end(text: &str) -> &str {
    text.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '.' | '?' | '!' | '…' | ',' | ';' | ':')
    })
}

/// The text as the end of a sentence, which it may be already.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '?', '!', '…', '。', '？', '！']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// A word without what stands around it, in lower case.
pub(super) fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase()
}
