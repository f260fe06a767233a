//! One line of a recording.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    call::RecordedCall,
    slot::{Astray, Found, Slot},
};
use crate::config::{ReplaySettings, nearest};

/// The major version of the lines that are read.
const MAJOR: &str = "1";

/// A line as it was read.
#[derive(Debug)]
pub(super) struct Line {
    target: Option<String>,
    kwargs: Box<RawValue>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "_version")]
    version: Value,
    #[serde(default)]
    target: Option<String>,
    kwargs: Box<RawValue>,
}

/// Why a line cannot be used, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unusable {
    pub(super) message: String,
    pub(super) hint: String,
}

impl Line {
    pub(super) fn parse(text: &str) -> Result<Self, Unusable> {
        let wire: Wire = serde_json::from_str(text).map_err(|error| Unusable {
            message: format!("expected a recorded call: {}", without_place(&error)),
            hint: "a line is `{\"_version\":\"1\",\"target\":\"module:function\",\"kwargs\":{…}}`; remove the ones that are none".to_owned(),
        })?;
        let version = match &wire.version {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if version.split('.').next() != Some(MAJOR) {
            return Err(Unusable {
                message: format!("expected a recording of version {MAJOR}, found `{version}`"),
                hint: "read it with the fluxloop that has recorded it, or a newer one".to_owned(),
            });
        }
        if !wire.kwargs.get().starts_with('{') {
            return Err(Unusable {
                message: "expected `kwargs` to be arguments by name, found something else"
                    .to_owned(),
                hint: "write them as `{\"parameter\": value}`".to_owned(),
            });
        }
        Ok(Self {
            target: wire.target,
            kwargs: wire.kwargs,
        })
    }

    /// The call, with the place that inputs go to.
    pub(super) fn call(
        self,
        (shown, line, text): (&str, u64, String),
        settings: &ReplaySettings,
    ) -> Result<RecordedCall, Unusable> {
        let path = &settings.override_param_path;
        let mut kwargs: BTreeMap<String, Box<RawValue>> = serde_json::from_str(self.kwargs.get())
            .map_err(|error| Unusable {
            message: format!("the arguments cannot be read: {}", without_place(&error)),
            hint: "remove the line".to_owned(),
        })?;
        let (parameter, within) = path
            .split_first()
            .map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
        if settings.create && !kwargs.contains_key(parameter) {
            kwargs.insert(parameter.to_owned(), RawValue::NULL.to_owned());
        }
        let slot = match kwargs.get(parameter) {
            Some(value) => Slot::find(value, within, settings.create).map_err(|astray| Astray {
                depth: astray.depth + 1,
                ..astray
            }),
            None => Err(Astray {
                depth: 0,
                found: Found::Keys(kwargs.keys().cloned().collect()),
            }),
        };
        Ok(RecordedCall {
            line,
            place: format!("{shown}:{line}"),
            text,
            target: self.target,
            slot: slot.map_err(|astray| leads_nowhere(path, &astray))?,
            parameter: parameter.to_owned(),
            kwargs,
        })
    }
}

fn leads_nowhere(path: &[String], astray: &Astray) -> Unusable {
    const SHOWN: usize = 10;
    let there = path[..astray.depth].join(".");
    let subject = if there.is_empty() {
        "the call".to_owned()
    } else {
        format!("`{there}`")
    };
    let wanted = &path[astray.depth];
    let mut suggestion = None;
    let found = match &astray.found {
        Found::Keys(keys) if keys.is_empty() => format!("{subject} has no keys"),
        Found::Keys(keys) => {
            let only = (keys.len() == 1).then(|| keys[0].as_str());
            suggestion = nearest(wanted, keys.iter().map(String::as_str)).or(only);
            let shown: Vec<String> = keys
                .iter()
                .take(SHOWN)
                .map(|key| format!("`{key}`"))
                .collect();
            let more = keys.len().saturating_sub(SHOWN);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            format!("{subject} has {}{more}", shown.join(", "))
        }
        Found::Items(0) => format!("{subject} is an empty list"),
        Found::Items(items) => {
            suggestion = Some("0");
            format!("{subject} is a list of {items}: whole numbers from 0 step into it")
        }
        Found::Scalar(what) => format!("{subject} is {what}"),
    };
    let nearest = match suggestion {
        Some(part) if there.is_empty() => part.to_owned(),
        Some(part) => format!("{there}.{part}"),
        None => there.clone(),
    };
    let hint = match (nearest.is_empty(), suggestion) {
        (true, _) => "name one of the recorded arguments".to_owned(),
        (false, Some(_)) => format!("did you mean `{nearest}`?"),
        (false, None) => format!("the nearest that exists is `{nearest}`"),
    };
    let can_be_made = !matches!(astray.found, Found::Scalar(_));
    let hint = match (can_be_made, hint.strip_suffix('?')) {
        (false, _) => hint,
        (true, Some(_)) => format!("{hint} `replay_args.create: true` makes what is absent"),
        (true, None) => format!("{hint}; `replay_args.create: true` makes what is absent"),
    };
    Unusable {
        message: format!("`{}` leads nowhere: {found}", path.join(".")),
        hint,
    }
}

fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message[..end].replace("expected ident", "expected value")
}
