//! `typo`: what fingers do.

use super::{
    chance::Chance,
    form::{Form, Source},
    letters::Letters,
};

pub(super) const FORMS: &[Form] = &[
    Form::sometimes("neighbour_key", neighbour_key),
    Form::sometimes("dropped_letter", dropped_letter),
    Form::sometimes("doubled_letter", doubled_letter),
    Form::sometimes("swapped_letters", swapped_letters),
    Form::sometimes("split_word", split_word),
];

/// Letters for each slip: a long text has several.
const LETTERS_PER_SLIP: usize = 40;

/// The keys around each letter on a QWERTY keyboard.
const NEIGHBOURS: [&str; 26] = [
    "qsz", "vgn", "xdv", "sefc", "wrd", "drgv", "fthb", "gyjn", "uok", "hukm", "jil", "ko", "nj",
    "bhm", "ipl", "ol", "wa", "etf", "awdx", "ryg", "yij", "cfb", "qes", "zsc", "tuh", "ax",
];

/// Writes some letters of a text otherwise. `slip` is told the text and a position that it may change.
fn slips(
    source: Source<'_>,
    chance: &mut Chance,
    is_open: fn(&Letters<'_>, usize) -> bool,
    slip: fn(&Letters<'_>, usize, &mut Chance) -> String,
) -> Option<String> {
    let letters = Letters::of(source.text);
    let open: Vec<usize> = letters
        .positions()
        .into_iter()
        .filter(|at| is_open(&letters, *at))
        .collect();
    let most = 1 + open.len() / LETTERS_PER_SLIP;
    let mut text = source.text.to_owned();
    for at in chance.positions(&open, most) {
        let letters = Letters::of(&text);
        // What was written behind may have joined what stands before it.
        if at < letters.len() && is_open(&letters, at) {
            text = slip(&letters, at, chance);
        }
    }
    (!open.is_empty()).then_some(text)
}

fn neighbours(letter: &str) -> Option<&'static str> {
    let [byte] = letter.as_bytes() else {
        return None;
    };
    let index = byte.to_ascii_lowercase().checked_sub(b'a')?;
    NEIGHBOURS.get(usize::from(index)).copied()
}

fn neighbour_key(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    slips(
        source,
        chance,
        |letters, at| neighbours(letters.get(at)).is_some(),
        |letters, at, chance| {
            let letter = letters.get(at);
            let keys = neighbours(letter).unwrap_or(letter);
            let start = chance.below(keys.len());
            let key = &keys[start..=start];
            if letter.bytes().all(|byte| byte.is_ascii_uppercase()) {
                letters.with(at, &key.to_ascii_uppercase())
            } else {
                letters.with(at, key)
            }
        },
    )
}

fn dropped_letter(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    slips(
        source,
        chance,
        |letters, at| letters.is_letter(at + 1) || (at > 0 && letters.is_letter(at - 1)),
        |letters, at, _| letters.with(at, ""),
    )
}

fn doubled_letter(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    slips(
        source,
        chance,
        |_, _| true,
        |letters, at, _| letters.with(at, &letters.get(at).repeat(2)),
    )
}

fn swapped_letters(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    let letters = Letters::of(source.text);
    let open: Vec<usize> = letters
        .positions()
        .into_iter()
        .filter(|at| letters.is_letter(at + 1) && letters.get(*at) != letters.get(at + 1))
        .collect();
    let at = *chance.positions(&open, 1).first()?;
    let swapped = format!("{}{}", letters.get(at + 1), letters.get(at));
    let without = letters.with(at + 1, "");
    Some(Letters::of(&without).with(at, &swapped))
}

fn split_word(source: Source<'_>, chance: &mut Chance) -> Option<String> {
    let letters = Letters::of(source.text);
    let open: Vec<usize> = letters
        .positions()
        .into_iter()
        .filter(|at| *at > 0 && letters.is_letter(at - 1) && letters.is_letter(at + 1))
        .collect();
    let at = *chance.positions(&open, 1).first()?;
    Some(letters.with(at, &format!(" {}", letters.get(at))))
}
