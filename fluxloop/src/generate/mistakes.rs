//! `error_prone`: what people leave out, mix up and do not care for.

use super::{
    chance::Chance,
    form::{Form, Source},
    letters::{Letters, bare, without_end},
};

pub(super) const FORMS: &[Form] = &[
    Form::always("no_capitals", no_capitals),
    Form::always("all_capitals", all_capitals),
    Form::always("random_capitals", random_capitals),
    Form::sometimes("no_punctuation", no_punctuation),
    Form::always("many_marks", many_marks),
    Form::sometimes("missing_space", missing_space),
    Form::sometimes("doubled_word", doubled_word),
    Form::always("lost_apostrophe", lost_apostrophe),
    Form::sometimes("wrong_homophone", wrong_homophone),
];

/// Words that are taken for each other.
const HOMOPHONES: [(&str, &str); 12] = [
    ("your", "you're"),
    ("you're", "your"),
    ("their", "there"),
    ("there", "their"),
    ("they're", "their"),
    ("its", "it's"),
    ("it's", "its"),
    ("to", "too"),
    ("too", "to"),
    ("then", "than"),
    ("than", "then"),
    ("where", "were"),
];

fn no_capitals(source: Source<'_>, _: &mut Chance) -> String {
    source.text.to_lowercase()
}

fn all_capitals(source: Source<'_>, _: &mut Chance) -> String {
    source.text.to_uppercase()
}

fn random_capitals(source: Source<'_>, chance: &mut Chance) -> String {
    let letters = Letters::of(source.text);
    letters.map(|letter| match chance.below(3) {
        0 => letter.to_uppercase(),
        1 => letter.to_lowercase(),
        _ => letter.to_owned(),
    })
}

fn no_punctuation(source: Source<'_>, _: &mut Chance) -> Option<String> {
    let is_mark = |c: char| {
        c.is_ascii_punctuation() || matches!(c, '…' | '¿' | '¡' | '。' | '、' | '？' | '！' | '，')
    };
    let text: String = source.text.chars().filter(|c| !is_mark(*c)).collect();
    (!text.trim().is_empty()).then_some(text)
}

fn many_marks(source: Source<'_>, chance: &mut Chance) -> String {
    let marks = chance.pick(&["???", "?!?!", "!!!", "....", "??!!1"]);
    format!("{}{marks}", without_end(source.text))
}

fn missing_space(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    let letters = Letters::of(source.text);
    let spaces: Vec<usize> = (1..letters.len())
        .filter(|at| {
            letters.is_space(*at) && letters.is_letter(at - 1) && letters.is_letter(at + 1)
        })
        .collect();
    let at = *chance.positions(&spaces, 1).first()?;
    Some(letters.with(at, ""))
}

fn doubled_word(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    let words: Vec<&str> = source.text.split_whitespace().collect();
    let among: Vec<usize> = (0..words.len())
        .filter(|at| words[*at].chars().all(char::is_alphabetic))
        .collect();
    let at = *chance.positions(&among, 1).first()?;
    let mut doubled = words.clone();
    doubled.insert(at, words[at]);
    Some(doubled.join(" "))
}

fn lost_apostrophe(source: Source<'_>, _: &mut Chance) -> String {
    source.text.replace(['\'', '’'], "")
}

fn wrong_homophone(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    let words: Vec<&str> = source.text.split(' ').collect();
    let other = |word: &str| {
        let bare = bare(&word.replace('’', "'"));
        HOMOPHONES
            .iter()
            .find(|(word, _)| *word == bare)
            .map(|(_, other)| *other)
    };
    let among: Vec<usize> = (0..words.len())
        .filter(|at| other(words[*at]).is_some())
        .collect();
    let at = *chance.positions(&among, 1).first()?;
    let mut text: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let word = words[at];
    let mut wrong = other(word)?.to_owned();
    if word.chars().next().is_some_and(char::is_uppercase) {
        wrong[..1].make_ascii_uppercase();
    }
    wrong.extend(
        word.chars()
            .rev()
            .take_while(|c| !c.is_alphanumeric())
            .collect::<Vec<_>>()
            .into_iter()
            .rev(),
    );
    text[at] = wrong;
    Some(text.join(" "))
}
