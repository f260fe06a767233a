use super::MASK;

/// The shortest value that is masked, in characters.
const SHORTEST: usize = 4;
/// The shortest whole number that is masked, in digits.
const SHORTEST_NUMBER: usize = 8;

/// Whether masking a value masks a secret rather than ordinary text.
pub(crate) fn is_worth_masking(value: &str) -> bool {
    const WORDS: [&str; 4] = ["true", "false", "null", "none"];
    let length = value.trim().chars().count();
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    length >= SHORTEST
        && !(is_number && length < SHORTEST_NUMBER)
        && value != MASK
        && !WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}
