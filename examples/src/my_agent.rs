//! The smallest agent that does something: text in, text out, under the name that `fluxloop run` shows first,
//! `examples.my_agent:run`.

use crate::docs::{self, Answer};

/// Answers a question about fluxloop in plain text.
#[fluxloop::agent]
#[must_use]
pub fn run(input_text: &str) -> String {
    match docs::answer_question(input_text, None) {
        Ok(Answer::Found { text, .. } | Answer::NotInDocumentation { text, .. }) => text,
        Err(error) => format!("Sorry, {error}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_in_plain_text() {
        let answer = run("What does exit code 96 mean?");
        assert!(answer.contains("critical failure"), "{answer}");
    }

    #[test]
    fn nothing_asked_is_answered_too() {
        assert_eq!(
            run(" \n"),
            "Sorry, the question is empty: expected some words to look for."
        );
    }
}
