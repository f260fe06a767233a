//! `verbose` and `concise`: the same in more words, and in fewer. The words are English.

use super::{
    chance::Chance,
    form::{Form, Source},
    letters::{bare, sentence, without_end},
};

pub(super) const VERBOSE: &[Form] = &[
    Form::always("backstory", backstory),
    Form::always("hedged", hedged),
    Form::sometimes("fillers", fillers),
    Form::always("asked_twice", asked_twice),
    Form::always("thanks_in_advance", thanks_in_advance),
];

pub(super) const CONCISE: &[Form] = &[
    Form::sometimes("keywords", keywords),
    Form::sometimes("telegram", telegram),
    Form::sometimes("without_politeness", without_politeness),
    Form::sometimes("first_sentence", first_sentence),
    Form::sometimes("first_words", first_words),
];

/// Words that a terse user leaves out.
const SMALL: &str = " a an the of to in on at for from with by is are am was were be been do does did have has had i me my \
                     we us our you your it its this that these those there and or but so as if can could would should \
                     will may might shall please how what which ";
const ARTICLES: &str = " a an the i me my is are am was do does did ";
const POLITE: [&str; 12] = [
    "please",
    "kindly",
    "thanks",
    "thank you",
    "hello",
    "hi",
    "excuse me",
    "could you",
    "would you",
    "can you",
    "i would like to know",
    "i was wondering",
];

fn backstory(source: Source<'_>, chance: &mut Chance) -> String {
    let story = chance.pick(&[
        "I have been at this since the morning, and the more I read, the less sure I am.",
        "A colleague told me that you are the one to ask, as nobody here could answer it.",
        "This may be a longer story, so bear with me: it worked last week, then I went on holiday, and now I am lost.",
        "I did look it up before I came here, and found three answers that contradict each other.",
    ]);
    format!("{story} {}", source.text)
}

fn hedged(source: Source<'_>, chance: &mut Chance) -> String {
    let hedge = chance.pick(&[
        "I'm not sure whether this is the right place to ask, and it may well be that I misunderstand something, but: ",
        "Maybe this is a silly question, and sorry if it was asked before, but: ",
        "If I see it right, and correct me if I don't, what I should ask is probably this: ",
    ]);
    format!("{hedge}{}", source.text)
}

fn fillers(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    const FILLERS: [&str; 7] = [
        "um,",
        "like,",
        "you know,",
        "basically,",
        "well,",
        "I mean,",
        "sort of",
    ];
    let mut words: Vec<&str> = source.text.split_whitespace().collect();
    let gaps: Vec<usize> = (1..words.len()).collect();
    let most = 1 + words.len() / 6;
    for at in chance.positions(&gaps, most) {
        words.insert(at, chance.pick(&FILLERS));
    }
    (!gaps.is_empty()).then(|| words.join(" "))
}

fn asked_twice(source: Source<'_>, chance: &mut Chance) -> String {
    let link = chance.pick(&[
        "To say it again, so that nothing is left out:",
        "In other words, and just to be clear:",
        "What I really want to know is this:",
    ]);
    format!("{} {link} {}", sentence(source.text), source.text)
}

fn thanks_in_advance(source: Source<'_>, chance: &mut Chance) -> String {
    let thanks = chance.pick(&[
        "Any hint helps, however small, and of course there is no hurry. Thank you so much in advance!",
        "I know that you get many of these, so thank you for taking the time to read all of it.",
        "If you need to know more to answer this, just ask, I am here all day. Thanks a lot!",
    ]);
    format!("{} {thanks}", sentence(source.text))
}

/// The words of a text without small ones, of which the list has blanks around each.
fn without_words(text: &str, small: &str) -> Option<Vec<String>> {
    let is_kept = |word: &&str| !small.contains(&format!(" {} ", bare(word)));
    let words: Vec<String> = text
        .split_whitespace()
        .filter(is_kept)
        .map(str::to_owned)
        .collect();
    (!words.is_empty()).then_some(words)
}

fn keywords(source: Source<'_>, _: &mut Chance) -> Option<String> {
    let words = without_words(source.text, SMALL)?;
    let words: Vec<String> = words
        .iter()
        .map(|word| bare(word))
        .filter(|word| !word.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn telegram(source: Source<'_>, _: &mut Chance) -> Option<String> {
    Some(without_words(source.text, ARTICLES)?.join(" "))
}

fn without_politeness(source: Source<'_>, _: &mut Chance) -> Option<String> {
    let mut text = source.text.trim();
    // One after the other: "Hello, could you please …".
    while let Some(rest) = POLITE.iter().find_map(|polite| after(text, polite)) {
        text = rest;
    }
    (!text.is_empty()).then(|| text.to_owned())
}

/// What stands behind some words at the beginning of a text.
fn after<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let begins = text.get(..words.len())?.eq_ignore_ascii_case(words);
    let rest = &text[begins.then_some(words.len())?..];
    let ends = rest.chars().next().is_some_and(|c| !c.is_alphanumeric());
    ends.then(|| rest.trim_start_matches(|c: char| !c.is_alphanumeric()))
}

fn first_sentence(source: Source<'_>, _: &mut Chance) -> Option<String> {
    let text = source.text.trim();
    let end = text.find(['.', '?', '!', '\n'])?;
    let first = text[..=end].trim();
    (!without_end(first).is_empty()).then(|| first.to_owned())
}

fn first_words(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    let words: Vec<&str> = source.text.split_whitespace().collect();
    let most = words.len().saturating_sub(1).min(3);
    let kept = 1 + chance.below(most.max(1));
    let text = without_end(words.get(..kept)?.join(" ").as_str()).to_owned();
    (!text.is_empty()).then_some(text)
}
