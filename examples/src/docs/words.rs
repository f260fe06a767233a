use frostem::{Algorithm, Stemmer};

/// Words that say nothing about what a question is about.
pub(super) const STOP_WORDS: &[&str] = &[
    "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been",
    "but", "by", "can", "change", "could", "define", "did", "do", "does", "explain", "find", "for",
    "from", "get", "give", "go", "happen", "happens", "has", "have", "hello", "help", "here", "hi",
    "how", "if", "in", "into", "is", "it", "its", "just", "know", "let", "like", "ll", "make",
    "many", "may", "me", "mean", "means", "much", "must", "my", "need", "now", "of", "on", "one",
    "or", "our", "please", "re", "say", "says", "set", "should", "show", "so", "some", "somebody",
    "tell", "than", "thank", "thanks", "that", "the", "their", "them", "then", "there", "these",
    "they", "thing", "this", "those", "to", "too", "us", "use", "used", "using", "ve", "very",
    "want", "was", "we", "were", "what", "when", "where", "which", "while", "who", "why", "will",
    "with", "work", "works", "would", "you", "your",
];

pub(super) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// The words of a text that carry meaning, in lower case: `--max-failures` is `max`, `failures`.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| {
            let lone_letter = word.chars().count() == 1 && !word.chars().all(char::is_numeric);
            !word.is_empty() && !lone_letter && !is_stop_word(word)
        })
}

/// The part of a word that its forms share: `iterations` and `iterating` are `iter`.
pub(super) fn stem(word: &str) -> String {
    Stemmer::new(Algorithm::English).stem(word).into_owned()
}

/// Cuts documents and questions into the same terms.
#[derive(Debug)]
pub(super) struct Terms;

impl bm25::Tokenizer for Terms {
    fn tokenize(&self, text: &str) -> Vec<String> {
        words(text).map(|word| stem(&word)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_sorted_for_the_search_in_them() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn options_and_code_fall_into_words() {
        let found: Vec<_> =
            words("What does `--max-failures 5` (FLUXLOOP_MAX_FAILURES) do?").collect();
        assert_eq!(
            found,
            ["max", "failures", "5", "fluxloop", "max", "failures"]
        );
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        assert_eq!(stem("iterations"), stem("iteration"));
        assert_eq!(stem("retries"), stem("retry"));
    }
}
