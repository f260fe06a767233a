/// The beginning of what others wrote, fit for a line of a message: control characters become spaces.
pub(super) fn of(text: &str, longest: usize) -> String {
    let mut characters = text.trim().chars();
    let mut excerpt: String = characters
        .by_ref()
        .take(longest)
        .map(|character| if is_layout(character) { ' ' } else { character })
        .collect();
    if characters.next().is_some() {
        excerpt.push('…');
    }
    excerpt
}

fn is_layout(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
