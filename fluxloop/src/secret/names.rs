/// What stands in place of a secret. Read back, it means that the value is not set.
pub const MASK: &str = "***";

/// Whether a key, variable or header of this name is expected to hold a secret: its name contains token, password,
/// secret, key, auth or credential, in any case.
#[must_use]
pub fn looks_secret(name: &str) -> bool {
    // Asked of every field that is recorded, and of whole JSON texts: without a copy, and past most bytes at once.
    let name = name.as_bytes();
    let begins_at = |(at, byte): (usize, &u8)| {
        let word = match byte.to_ascii_lowercase() {
            b't' => "token",
            b'p' => "password",
            b's' => "secret",
            b'k' => "key",
            b'a' => "auth",
            b'c' => "credential",
            _ => return false,
        };
        let found = name.get(at..at + word.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    name.iter().enumerate().any(begins_at)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_look_secret_by_what_they_contain() {
        for name in [
            "token",
            "API_KEY",
            "dbPassword",
            "x-Authorization",
            "my credentials",
            "tsecret",
            "é_key",
        ] {
            assert!(looks_secret(name), "{name}");
        }
        for name in ["", "tok", "ke", "pass", "kéy", "order", "t o k e n"] {
            assert!(!looks_secret(name), "{name}");
        }
    }
}
