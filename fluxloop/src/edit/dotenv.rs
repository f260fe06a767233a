//! One variable of a `.env` file.

use std::{collections::BTreeMap, sync::Arc};

use super::EditError;
use crate::config::{SourceFile, dotenv_variables};

/// Sets a variable. Where it stands several times, each is changed: which one counts differs from loader to loader.
///
/// ```
/// use fluxloop::edit::dotenv;
///
/// let text = "# The service.\nexport PORT=80 # as always\n";
/// let text = dotenv::set(text, "PORT", "8080")?;
/// assert_eq!(dotenv::set(&text, "HOST", "a b")?, "# The service.\nexport PORT=8080 # as always\nHOST='a b'\n");
/// # Ok::<(), fluxloop::edit::EditError>(())
/// ```
///
/// # Errors
///
/// A text that is no `.env` file, a name that no variable has, values of several lines, and a variable that others are
/// made of (`$NAME`).
pub fn set(text: &str, name: &str, value: &str) -> Result<String, EditError> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name {
        return Err(EditError::Key(name.to_owned()));
    }
    let mut expected = variables(text)?;
    if expected.get(name).is_some_and(|old| old == value) {
        return Ok(text.to_owned());
    }
    expected.insert(name.to_owned(), value.to_owned());
    let ending = match text.split_inclusive('\n').next() {
        Some(first) if first.ends_with("\r\n") => "\r\n",
        _ => "\n",
    };
    let (mut edited, mut line) = (String::with_capacity(text.len()), None);
    for (number, whole) in (1..).zip(text.split_inclusive('\n')) {
        match assignment(whole, name) {
            None => edited.push_str(whole),
            Some((before, rest)) => {
                line = Some(number);
                edited.push_str(before);
                edited.push_str(&written(value, rest));
                if rest.starts_with('#') {
                    edited.push(' ');
                }
                edited.push_str(&rest[value_length(rest)..]);
            }
        }
    }
    if line.is_none() {
        if !edited.is_empty() && !edited.ends_with('\n') {
            edited.push_str(ending);
        }
        edited.extend([name, "=", &written(value, ""), ending]);
    }
    match variables(&edited) {
        Ok(after) if after == expected => Ok(edited),
        _ => Err(EditError::Unsafe {
            line: line.unwrap_or_else(|| text.lines().count() + 1),
            reason: "the change would touch more than this variable",
            by_hand: format!("{name}={}", written(value, "")),
        }),
    }
}

/// The variables of the text, empty ones too.
fn variables(text: &str) -> Result<BTreeMap<String, String>, EditError> {
    let source = SourceFile::of_text(".env", text);
    dotenv_variables(&Arc::new(source)).map_err(EditError::Unreadable)
}

/// A line that sets a variable: up to the value, and from there on.
fn assignment<'l>(line: &'l str, name: &str) -> Option<(&'l str, &'l str)> {
    let blank = [' ', '\t', '\u{feff}'];
    let rest = line.trim_start_matches(blank);
    let rest = match rest.strip_prefix("export") {
        Some(exported) if exported.starts_with(blank) => exported.trim_start_matches(blank),
        _ => rest,
    };
    let rest = rest.strip_prefix(name)?.trim_start_matches(blank);
    let rest = rest.strip_prefix('=')?.trim_start_matches(blank);
    Some((&line[..line.len() - rest.len()], rest))
}

/// How much of the text behind `=` is the value, quotes included.
fn value_length(rest: &str) -> usize {
    if rest.starts_with('#') {
        return 0;
    }
    let (mut quote, mut is_escaped) = (None, false);
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            _ if is_escaped => is_escaped = false,
            (None | Some('"'), '\\') => is_escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ' ' | '\t' | '\r' | '\n') => return at,
            _ => {}
        }
    }
    rest.len()
}

/// A value in the quotes that the one before it had, or in those that it needs.
fn written(value: &str, old: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:,@%+".contains(c);
    let needs_quotes = !value.chars().all(is_plain);
    let has_single = value.contains('\'');
    match old.chars().next() {
        Some('"') => double_quoted(value),
        Some('\'') if !has_single => format!("'{value}'"),
        _ if !needs_quotes => value.to_owned(),
        _ if !has_single => format!("'{value}'"),
        _ => double_quoted(value),
    }
}

fn double_quoted(value: &str) -> String {
    let mut quoted = String::from('"');
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '$') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
