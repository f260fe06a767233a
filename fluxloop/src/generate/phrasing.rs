//! `rephrase`: the same question in other words. The words are English.

use super::{
    chance::Chance,
    form::{Form, Source},
    letters::without_end,
};

pub(super) const FORMS: &[Form] = &[
    Form::sometimes("turned_around", turned_around),
    Form::always("polite_request", polite_request),
    Form::always("lead_in", lead_in),
    Form::always("stated_need", stated_need),
    Form::always("asked_behind", asked_behind),
];

/// How questions begin, and what can be said in place of it; `…` stands for the rest.
const OPENINGS: [(&str, &[&str]); 13] = [
    (
        "how do i ",
        &[
            "What is the way to …?",
            "Can you show me how to …?",
            "I am trying to …. How does that work?",
        ],
    ),
    (
        "how can i ",
        &["What do I have to do to …?", "Is there a way to …?"],
    ),
    (
        "how to ",
        &["What is the way to …?", "Please explain how to …."],
    ),
    (
        "what is ",
        &[
            "Can you explain … to me?",
            "I keep hearing of …. What does it mean?",
        ],
    ),
    (
        "what are ",
        &["Can you tell me about …?", "Please explain …."],
    ),
    ("can i ", &["Is it possible to …?", "Am I allowed to …?"]),
    ("could i ", &["Would it be possible to …?"]),
    ("can you ", &["Would you …?", "I need you to …."]),
    (
        "where is ",
        &[
            "I cannot find …. Where should I look?",
            "Do you know where to find …?",
        ],
    ),
    ("where can i ", &["Which is the right place to …?"]),
    ("i want to ", &["How do I …?", "Please help me …."]),
    ("i need to ", &["How do I …?", "I have to …. What now?"]),
    ("please ", &["Could you …?", "I would like you to …."]),
];

fn turned_around(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    let text = without_end(source.text.trim());
    OPENINGS.iter().find_map(|(opening, others)| {
        let begins = text.get(..opening.len())?.eq_ignore_ascii_case(opening);
        let rest = text[begins.then_some(opening.len())?..].trim();
        // Of several sentences, the first alone would be turned around.
        let is_one = !rest.is_empty() && !rest.contains(['.', '?', '!', '\n']);
        is_one.then(|| chance.pick(others).replace('…', rest))
    })
}

fn polite_request(source: Source<'_>, chance: &mut Chance) -> String {
    let frame = chance.pick(&[
        "Could you please help me with this: ",
        "I would be grateful for an answer to this: ",
        "Excuse me, may I ask something? ",
        "Hello! I hope you can help me. ",
    ]);
    format!("{frame}{}", source.text)
}

fn lead_in(source: Source<'_>, chance: &mut Chance) -> String {
    let frame = chance.pick(&[
        "Quick question: ",
        "One more thing: ",
        "So, ",
        "Hey, ",
        "Here is what I want to know: ",
    ]);
    format!("{frame}{}", source.text)
}

fn stated_need(source: Source<'_>, chance: &mut Chance) -> String {
    let frame = chance.pick(&[
        "I need an answer to this: ",
        "What I am after: ",
        "My problem is this: ",
    ]);
    format!("{frame}{}", source.text)
}

fn asked_behind(source: Source<'_>, chance: &mut Chance) -> String {
    let question = chance.pick(&[
        "Can you help?",
        "What would you do?",
        "Any idea?",
        "Do you know?",
    ]);
    format!("{} {question}", super::letters::sentence(source.text))
}
