/// The name that was probably meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Below this similarity, a suggestion puzzles more than it helps.
    const LEAST: f64 = 0.85;
    let name = name.to_lowercase();
    known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&name, &known.to_lowercase()), known))
        .filter(|(similarity, _)| *similarity >= LEAST)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_similar_names_are_suggested() {
        let known = ["iterations", "seed", "personas", "max_retries"];
        assert_eq!(nearest("itterations", known), Some("iterations"));
        assert_eq!(nearest("Persona", known), Some("personas"));
        assert_eq!(nearest("max_retry", known), Some("max_retries"));
        assert_eq!(nearest("colour", known), None);
    }
}
