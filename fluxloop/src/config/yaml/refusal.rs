use std::sync::Arc;

use serde_saphyr::{Error, UserMessageFormatter, budget::BudgetBreach};

use super::Locator;
use crate::config::{
    error::{ConfigError, ErrorKind},
    node::Origin,
    source::SourceFile,
};

/// What the parser refuses, in our words where its own speak of its options.
pub(super) fn syntax_error(error: &Error, source: &Arc<SourceFile>) -> ConfigError {
    let error = innermost(error);
    let location = error.location().filter(|location| location.line() > 0);
    let locator = Locator {
        source,
        text: &source.text,
        lines_before: 0,
    };
    let origin = location.map(|location| locator.origin(location));
    let place = origin.as_ref().and_then(Origin::place);
    let (message, hint) = worded(error);
    let indented_by_tab = place.as_ref().is_some_and(|place| {
        let index = usize::try_from(place.line - 1).unwrap_or(usize::MAX);
        let line = source.text.lines().nth(index).unwrap_or_default();
        line[..line.len() - line.trim_start().len()].contains('\t')
    });
    let hint = if indented_by_tab {
        Some("indent with spaces: YAML allows no tabs there")
    } else {
        hint
    };
    let error = ConfigError::new(ErrorKind::Syntax { message }).at(place);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

fn innermost(mut error: &Error) -> &Error {
    while let Error::AliasError { error: inner, .. } | Error::WithSnippet { error: inner, .. } =
        error
    {
        error = inner;
    }
    error
}

fn worded(error: &Error) -> (String, Option<&'static str>) {
    const TOO_MUCH: &str = "split the file, or write out what aliases (`*name`) repeat too often";
    match error {
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("?");
            (
                format!("the key `{key}` stands twice in one mapping"),
                Some("keep one of them"),
            )
        }
        Error::MultipleDocuments { .. } => (
            "expected one YAML document, found another after `---`".to_owned(),
            Some("remove the `---` line, or put the second document in a file of its own"),
        ),
        Error::Budget {
            breach: BudgetBreach::Depth { .. },
            ..
        } => (
            "the values are nested too deeply".to_owned(),
            Some("nest at most 64 levels"),
        ),
        Error::Budget {
            breach: BudgetBreach::Documents { .. },
            ..
        } => (
            "expected one YAML document, found several".to_owned(),
            Some("keep one of them in this file"),
        ),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. } => (
            "the document holds too many values".to_owned(),
            Some(TOO_MUCH),
        ),
        Error::RecursiveReferencesRequireWeakTypes { .. } => (
            "an alias stands inside the value that it repeats".to_owned(),
            Some("write the value out instead"),
        ),
        Error::NonFiniteFloat { value, .. } => (
            format!("expected a number that JSON can hold, found {value}"),
            Some("put it in quotes to keep it as text"),
        ),
        Error::UnknownAnchor { .. } => (
            "an alias (`*name`) names a value that does not stand before it (`&name`)".to_owned(),
            Some("put text that begins with `*` in quotes"),
        ),
        // Not named: it may be a password that begins with `!`.
        Error::UnsupportedTag { .. } => (
            "a tag (`!name`) has no meaning here".to_owned(),
            Some("remove the tag, or put text that begins with `!` in quotes"),
        ),
        _ => {
            let message = error.render_with_formatter(&UserMessageFormatter);
            // The place is shown on a line of its own.
            let end = message.rfind(" at line ").unwrap_or(message.len());
            let message = message[..end].to_owned();
            let hint = hint_for(&message);
            (message, Some(hint))
        }
    }
}

fn hint_for(message: &str) -> &'static str {
    if message.contains("mapping values are not allowed") || message.contains("simple key") {
        "check the indentation, and put text that contains `: ` in quotes"
    } else if message.contains("did not find expected") || message.contains("block") {
        "check the indentation of this line against the ones above"
    } else if message.contains("quote") {
        "close the quotes"
    } else {
        "check the brackets, quotes and indentation of this line and the ones above"
    }
}
