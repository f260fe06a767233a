//! The project's `.env`.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use super::{
    error::{ConfigError, ErrorKind},
    place::Place,
    source::{MAX_CONFIG_BYTES, SourceFile},
};

/// The variables of `.env` in a directory; none if there is no such file. An empty value counts as unset. The
/// environment of this process stays as it is.
pub(crate) fn read(
    directory: &Path,
    shown_from: &Path,
) -> Result<BTreeMap<String, String>, ConfigError> {
    let path = directory.join(".env");
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let mut variables = variables(&SourceFile::read(&path, shown_from, MAX_CONFIG_BYTES)?)?;
    variables.retain(|_, value| !value.is_empty());
    Ok(variables)
}

/// The variables of a text, empty ones too. Where a name stands several times, the last one that is not empty counts.
pub(crate) fn variables(source: &Arc<SourceFile>) -> Result<BTreeMap<String, String>, ConfigError> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let mut variables = BTreeMap::new();
    for variable in dotenvy::from_read_iter(text.as_bytes()) {
        let (name, value) = variable.map_err(|error| bad_line(&error, source, text))?;
        if !value.is_empty() || !variables.contains_key(&name) {
            variables.insert(name, value);
        }
    }
    Ok(variables)
}

/// Names the line only: its text may hold a secret.
fn bad_line(error: &dotenvy::Error, source: &Arc<SourceFile>, text: &str) -> ConfigError {
    let line = match error {
        dotenvy::Error::LineParse(bad, _) => line_of(bad, text),
        _ => None,
    };
    let place = line.map(|line| Place {
        file: source.shown.clone(),
        line,
        column: 1,
        line_text: "(not shown: it may hold a secret)".to_owned(),
        caret: 1,
    });
    let message = format!("expected `NAME=value` lines in {}", source.shown);
    ConfigError::new(ErrorKind::Syntax { message })
        .at(place)
        .with_hint("write `NAME=value`, with quotes around a value that holds spaces or `#`")
}

/// The number of the line that the parser stopped at: the first that is equal to what it names.
fn line_of(bad: &str, text: &str) -> Option<u32> {
    let bad = bad.trim_end();
    let mut at = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let rest = text[at..].strip_prefix(bad);
        let ends = |rest: &str| {
            rest.trim_start_matches([' ', '\t'])
                .starts_with(['\r', '\n', '#'])
        };
        if rest.is_some_and(|rest| rest.is_empty() || ends(rest)) {
            return Some(number);
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_text(text: &str) -> Result<BTreeMap<String, String>, ConfigError> {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(".env"), text).unwrap();
        read(directory.path(), directory.path())
    }

    #[test]
    fn variables_are_read_and_empty_ones_are_unset() {
        let read = read_text("\u{feff}A=1\n# comment\nexport B=\"two words\"\nC=\n").unwrap();
        assert_eq!(
            read,
            BTreeMap::from([("A".into(), "1".into()), ("B".into(), "two words".into())])
        );
    }

    #[test]
    fn a_missing_file_is_no_error() {
        let directory = tempfile::tempdir().unwrap();
        assert!(read(directory.path(), directory.path()).unwrap().is_empty());
    }

    #[test]
    fn a_bad_line_is_named_by_its_number_and_not_shown() {
        let error = read_text("A=1\nOPENAI=x\nsk-1234 is my key\n").unwrap_err();
        insta::assert_snapshot!(error.report(), @r#"
    error: expected `NAME=value` lines in .env
     --> .env:3:1
      |
    3 | (not shown: it may hold a secret)
      | ^
      = help: write `NAME=value`, with quotes around a value that holds spaces or `#`
    "#);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = read_text(&text);
        }
    }
}
