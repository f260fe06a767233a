use std::collections::BTreeMap;

use serde_json::value::{RawValue, to_raw_value};

use super::slot::Slot;
use crate::agent::Arguments;

/// A recorded call, and where an input goes in its arguments.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedCall {
    /// Its line in the recording, from 1.
    pub line: u64,
    /// The same with the file, for messages: `recordings/args.jsonl:3`.
    pub place: String,
    /// The line itself.
    pub text: String,
    /// What was called, as the recording has it.
    pub target: Option<String>,
    pub(super) kwargs: BTreeMap<String, Box<RawValue>>,
    /// The parameter that the input goes into.
    pub(super) parameter: String,
    /// Where in it.
    pub(super) slot: Slot,
}

impl RecordedCall {
    /// The arguments as they were recorded, with an input in its place.
    #[must_use]
    pub fn arguments(&self, input: &RawValue) -> Arguments {
        let mut named = self.kwargs.clone();
        // JSON with JSON in a place of a value is JSON.
        let value = RawValue::from_string(self.slot.filled(input));
        named.insert(
            self.parameter.clone(),
            value.unwrap_or_else(|_| input.to_owned()),
        );
        Arguments::Named(named)
    }

    /// The same with what the user of a conversation says.
    pub(crate) fn arguments_saying(&self, message: &str) -> Option<Arguments> {
        to_raw_value(message)
            .ok()
            .map(|input| self.arguments(&input))
    }
}
