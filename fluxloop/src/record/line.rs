use std::time::SystemTime;

use serde::Serialize;
use serde_json::value::RawValue;

use super::timestamp::rfc3339;
use crate::{json_line::push_json_line, observe::Mask};

/// The version of the lines that are written.
const VERSION: &str = "1";

#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "_version")]
    version: &'static str,
    iteration: u32,
    target: &'a str,
    kwargs: &'a RawValue,
    timestamp: String,
}

/// A call as a line of a recording, without secrets.
pub(super) fn line(
    target: &str,
    iteration: u32,
    kwargs: &str,
    mask: &Mask,
    at: SystemTime,
) -> serde_json::Result<Vec<u8>> {
    let kwargs = RawValue::from_string(mask.json(kwargs).into_owned())?;
    // As targets are written.
    let target = target.replace("::", ".");
    let line = Line {
        version: VERSION,
        iteration,
        target: &mask.text(&target),
        kwargs: &kwargs,
        timestamp: rfc3339(at),
    };
    let mut bytes = Vec::with_capacity(kwargs.get().len() + 160);
    push_json_line(&mut bytes, &line)?;
    Ok(bytes)
}
