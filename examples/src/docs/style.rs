use std::collections::BTreeMap;

use fluxloop::{ExpertiseLevel, Persona};
use unicode_segmentation::UnicodeSegmentation;

use super::passage::Passage;

/// A passage longer than this is cut at the end of a sentence.
const LONGEST: usize = 500;
/// Where someone starts who knows nothing yet.
const FIRST_PAGE: &str = "docs/getting-started.md";

/// How an answer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// The passage, and where it stands.
    Full,
    /// The same, and where to begin.
    Guided,
    /// One sentence, and where it stands.
    Brief,
}

impl Style {
    /// The style for a persona: who is impatient wants it brief, whatever they know.
    pub(super) fn of(persona: Option<&Persona>) -> Self {
        let Some(persona) = persona else {
            return Self::Full;
        };
        let impatient = persona
            .characteristics
            .iter()
            .any(|trait_| trait_.eq_ignore_ascii_case("impatient"));
        match persona.expertise_level {
            _ if impatient => Self::Brief,
            Some(ExpertiseLevel::Expert) => Self::Brief,
            Some(ExpertiseLevel::Novice) => Self::Guided,
            _ => Self::Full,
        }
    }

    /// A passage as an answer.
    pub(super) fn answer(self, passage: &Passage, read_as: &BTreeMap<String, String>) -> String {
        let mut parts = Vec::new();
        if self != Self::Brief {
            parts.extend(
                read_as
                    .iter()
                    .map(|(asked, known)| format!("I read `{asked}` as `{known}`.")),
            );
        }
        let budget = if self == Self::Brief { 0 } else { LONGEST };
        let text = whole_sentences(&passage.text, budget);
        if !text.is_empty() {
            parts.push(text.to_owned());
        }
        let code = passage.code.as_deref();
        parts.extend(
            code.filter(|_| self != Self::Brief || text.is_empty())
                .map(str::to_owned),
        );
        parts.push(format!("See {}, \"{}\".", passage.page, passage.heading));
        if self == Self::Guided && passage.page != FIRST_PAGE {
            parts.push(format!(
                "If this is your first experiment, begin with {FIRST_PAGE}."
            ));
        }
        parts.join("\n\n")
    }

    /// The honest answer.
    pub(super) fn not_found(self) -> String {
        let text = "The documentation does not answer this.";
        match self {
            Self::Brief => text.to_owned(),
            Self::Full => format!("{text} Try other words, or look at the pages below docs/."),
            Self::Guided => {
                format!(
                    "{text} Try other words, or begin with {FIRST_PAGE}: it leads to every other page."
                )
            }
        }
    }
}

/// As many whole sentences as fit into so many bytes; at least the first.
fn whole_sentences(text: &str, budget: usize) -> &str {
    let mut end = 0;
    for (start, sentence) in text.split_sentence_bound_indices() {
        let next = start + sentence.len();
        if end > 0 && next > budget {
            break;
        }
        end = next;
    }
    text[..end].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persona(level: ExpertiseLevel, characteristic: &str) -> Persona {
        let mut persona = Persona::named("somebody");
        persona.expertise_level = Some(level);
        persona.characteristics.push(characteristic.to_owned());
        persona
    }

    fn passage() -> Passage {
        Passage {
            page: "docs/running.md",
            title: "Running".to_owned(),
            heading: "Delay".to_owned(),
            text: "It waits. Then it goes on.".to_owned(),
            code: Some("```yaml\nrun_delay_seconds: 1\n```".to_owned()),
        }
    }

    #[test]
    fn the_style_follows_the_persona() {
        use ExpertiseLevel::{Expert, Intermediate, Novice};
        assert_eq!(Style::of(None), Style::Full);
        assert_eq!(Style::of(Some(&persona(Intermediate, "calm"))), Style::Full);
        assert_eq!(Style::of(Some(&persona(Novice, "calm"))), Style::Guided);
        assert_eq!(Style::of(Some(&persona(Expert, "calm"))), Style::Brief);
        assert_eq!(Style::of(Some(&persona(Novice, "Impatient"))), Style::Brief);
    }

    #[test]
    fn a_brief_answer_is_a_sentence_and_its_place() {
        assert_eq!(
            Style::Brief.answer(&passage(), &BTreeMap::new()),
            "It waits.\n\nSee docs/running.md, \"Delay\"."
        );
    }

    #[test]
    fn a_guided_answer_says_what_was_read_and_where_to_begin() {
        let read_as = BTreeMap::from([("dealy".to_owned(), "delay".to_owned())]);
        assert_eq!(
            Style::Guided.answer(&passage(), &read_as),
            "I read `dealy` as `delay`.\n\nIt waits. Then it goes on.\n\n```yaml\nrun_delay_seconds: 1\n```\n\n\
             See docs/running.md, \"Delay\".\n\nIf this is your first experiment, begin with docs/getting-started.md."
        );
    }

    #[test]
    fn a_long_text_ends_with_a_sentence() {
        assert_eq!(whole_sentences("One. Two. Three.", 10), "One. Two.");
        assert_eq!(whole_sentences("One, and no end", 3), "One, and no end");
        assert_eq!(whole_sentences("", 10), "");
    }
}
