/// What stands in place of a secret. Read back, it means that the value is not set.
pub const MASK: &str = "***";

/// Whether a key, variable or header of this name is expected to hold a secret: its name contains token, password,
/// secret, key, auth or credential, in any case.
#[must_use]
pub fn looks_secret(name: &str) -> bool {
    const WORDS: [&str; 6] = ["token", "password", "secret", "key", "auth", "credential"];
    // Asked of every field that is recorded: without a copy of the name.
    let name = name.as_bytes();
    let stands_at = |at: usize, word: &str| {
        let found = name.get(at..at + word.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    (0..name.len()).any(|at| WORDS.iter().any(|word| stands_at(at, word)))
}

/// Whether a variable of the process environment holds a secret by its name. Stricter than [`looks_secret`]: the
/// environment is full of names that were not chosen by the user (`XAUTHORITY`, `SSH_AUTH_SOCK`).
pub(crate) fn is_secret_variable(name: &str) -> bool {
    const ENDINGS: [&str; 6] = [
        "_API_KEY",
        "_TOKEN",
        "_SECRET",
        "_PASSWORD",
        "_SECRET_KEY",
        "_ACCESS_KEY",
    ];
    let name = name.to_ascii_uppercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}
