use crate::visible::acts;

/// The beginning of what others wrote, fit for a line of a message: what acts becomes a space.
pub(crate) fn of(text: &str, longest: usize) -> String {
    let mut characters = text.trim().chars();
    let mut excerpt: String = characters
        .by_ref()
        .take(longest)
        .map(|character| if acts(character) { ' ' } else { character })
        .collect();
    if characters.next().is_some() {
        excerpt.push('…');
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(of("  bad\nkey\u{1b}[2J ", 80), "bad key [2J");
        assert_eq!(of("ääää", 3), "äää…");
        assert_eq!(of("äää", 3), "äää");
    }
}
