//! Answers questions about fluxloop from its own documentation, by full-text search: offline and deterministic.

mod check;
mod index;
mod passage;
mod style;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use fluxloop::Persona;
use serde::{Deserialize, Serialize};

use index::Index;
use passage::Passage;
use style::Style;

/// Other places that an answer names, at most.
const SEE_ALSO: usize = 3;

/// What the documentation says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Answer {
    /// It answers the question.
    Found {
        /// The answer, in the style that suits the persona.
        text: String,
        /// Where it stands.
        place: Place,
        /// Where else to look, the best first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        see_also: Vec<Place>,
        /// Misspelled words of the question, and what they were read as.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        read_as: BTreeMap<String, String>,
    },
    /// It does not, as far as a search can tell.
    NotInDocumentation {
        /// Says so.
        text: String,
        /// What comes nearest, if anything.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        nearest: Vec<Place>,
    },
}

/// A section of the documentation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file, from the root of the repository.
    pub page: String,
    /// The section's heading.
    pub heading: String,
}

impl Place {
    fn of(passage: &Passage) -> Self {
        Self {
            page: passage.page.to_owned(),
            heading: passage.heading.clone(),
        }
    }
}

/// A question that cannot be looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionError {
    /// Nothing was asked.
    #[error("the question is empty: expected some words to look for")]
    Empty,
}

/// Answers a question about fluxloop in the style that suits the persona who asks.
///
/// # Errors
///
/// When the question is empty.
#[fluxloop::agent]
pub fn answer(question: &str, ctx: &fluxloop::Context) -> Result<Answer, QuestionError> {
    answer_question(question, ctx.persona())
}

/// Answers a question as [`answer`] does, without an experiment around it.
///
/// ```
/// use examples::docs::{Answer, answer_question};
///
/// let Answer::Found { place, .. } = answer_question("What does exit code 96 mean?", None)? else {
///     panic!("the documentation says");
/// };
/// assert_eq!(place.page, "docs/running.md");
/// # Ok::<(), examples::docs::QuestionError>(())
/// ```
///
/// # Errors
///
/// When the question is empty.
pub fn answer_question(question: &str, persona: Option<&Persona>) -> Result<Answer, QuestionError> {
    if question.trim().is_empty() {
        return Err(QuestionError::Empty);
    }
    let results = Index::of_documentation().search(question);
    let mut places: Vec<Place> = Vec::new();
    for passage in &results.passages {
        let place = Place::of(passage);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places.truncate(SEE_ALSO + 1);
    Ok(match results.passages.first() {
        Some(best) if results.covered => Answer::Found {
            text: Style::of(persona).answer(best, &results.read_as),
            place: places.remove(0),
            see_also: places,
            read_as: results.read_as,
        },
        _ => Answer::NotInDocumentation {
            text: Style::of(persona).not_found(),
            nearest: places,
        },
    })
}

/// What the documentation has nearest to a question, each passage with its place, the best first.
#[cfg(feature = "llm")]
pub(crate) fn excerpts(question: &str, most: usize) -> Vec<String> {
    let results = Index::of_documentation().search(question);
    let passages = results.passages.iter().take(most);
    passages
        .map(|passage| {
            let code = passage.code.as_deref().unwrap_or_default();
            format!(
                "[{}, {}]\n{}\n{code}",
                passage.page, passage.heading, passage.text
            )
        })
        .collect()
}
