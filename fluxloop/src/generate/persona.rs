//! `persona_based`: the same question as this persona would ask it. The words around it are English, those of the persona
//! are the configuration's own.

use super::{
    chance::Chance,
    form::{Form, Source},
    letters::{sentence, without_end},
};
use crate::{ExpertiseLevel, Persona};

pub(super) const FORMS: &[Form] = &[
    Form::sometimes("expertise", expertise),
    Form::sometimes("manner", manner),
    Form::sometimes("goal", goal),
    Form::sometimes("constraint", constraint),
    Form::sometimes("introduction", introduction),
];

/// How a persona behaves by its characteristics, and what it says before and behind its question.
const MANNERS: [(&[&str], &[[&str; 2]]); 4] = [
    (
        &["polite", "friendly", "kind", "patient", "formal"],
        &[
            ["Good day! ", " Thank you very much for your help."],
            ["Hello, I hope you are well. ", " I would be very grateful."],
        ],
    ),
    (
        &["impatient", "busy", "hurry", "stressed", "direct"],
        &[
            ["", " I need this now."],
            ["No time for details. ", " Short answer, please."],
        ],
    ),
    (
        &[
            "angry",
            "rude",
            "frustrated",
            "annoyed",
            "sceptical",
            "skeptical",
        ],
        &[
            ["This is the third time that I ask. ", ""],
            [
                "Why is this so hard? ",
                " And don't tell me to read the manual.",
            ],
        ],
    ),
    (
        &["curious", "anxious", "afraid", "careful", "unsure", "shy"],
        &[
            ["I hope I don't break anything. ", ""],
            ["", " And why is it that way? I like to understand things."],
        ],
    ),
];

fn expertise(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    let text = sentence(source.text);
    Some(match source.persona?.expertise_level? {
        ExpertiseLevel::Novice => {
            let frame = chance.pick(&[
                "I am new to all of this.",
                "I have never done this before.",
                "Please excuse a beginner's question.",
            ]);
            format!("{frame} {text} Please explain it step by step, in simple words.")
        }
        ExpertiseLevel::Intermediate => {
            let frame = chance.pick(&["I know the basics.", "I have done this once or twice."]);
            format!("{frame} {text} An example would help.")
        }
        ExpertiseLevel::Expert => {
            let end = chance.pick(&[
                "Skip the basics.",
                "I want the details, edge cases included.",
                "Keep it technical.",
            ]);
            format!("{text} {end}")
        }
    })
}

fn manner(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    let persona = source.persona?;
    let said = said_of(persona);
    let manner = MANNERS.iter().find(|(words, _)| {
        words
            .iter()
            .any(|word| said.iter().any(|said| said == word))
    })?;
    let frames: Vec<&[&str; 2]> = manner.1.iter().collect();
    let [before, behind] = chance.pick(&frames);
    Some(format!("{before}{}{behind}", sentence(source.text)))
}

/// Words that describe a persona.
fn said_of(persona: &Persona) -> Vec<String> {
    let texts = persona.characteristics.iter().chain(&persona.description);
    texts
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .map(str::to_lowercase)
        .collect()
}

fn goal(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    let goals: Vec<&str> = source.persona?.goals.iter().map(String::as_str).collect();
    let goal = without_end((!goals.is_empty()).then(|| chance.pick(&goals))?);
    Some(format!("{} My goal: {goal}.", sentence(source.text)))
}

fn constraint(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    let constraints: Vec<&str> = source
        .persona?
        .constraints
        .iter()
        .map(String::as_str)
        .collect();
    let constraint = without_end((!constraints.is_empty()).then(|| chance.pick(&constraints))?);
    Some(format!(
        "{} Mind this, though: {constraint}.",
        sentence(source.text)
    ))
}

fn introduction(source: Source<'_>, _: &mut Chance) -> Option<String> {
    let persona = source.persona?;
    if let Some(description) = &persona.description {
        let description = sentence(description);
        return Some(format!("Who is asking: {description} {}", source.text));
    }
    let name = persona.name.replace(['_', '-'], " ");
    Some(format!("Asking as {name}: {}", source.text))
}
