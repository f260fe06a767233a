//! Inputs: what the simulated users say first.

mod entry;
mod load;

use serde_json::{Map, Value};

use crate::config::Warning;

pub(crate) use entry::decode_entries;
pub use load::load_inputs;

/// One entry of an inputs file, as it was read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RawInput {
    /// The entry's own `id`.
    pub id: Option<String>,
    /// Text, or any value for an agent that takes a typed input.
    pub input: Value,
    /// The persona's name, from the entry or its metadata.
    pub persona: Option<String>,
    /// The entry's metadata.
    pub metadata: Map<String, Value>,
    /// Where the entry begins, for messages: `inputs/generated.yaml:12`.
    pub place: String,
}

/// The inputs of an experiment: at least one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inputs {
    /// In the order they were written.
    pub entries: Vec<RawInput>,
    /// The file as it was read, or the configuration's own inputs as such a file would have them. Secrets in it are not
    /// masked.
    pub yaml: String,
    /// The file, unless they are the configuration's own. Absolute.
    pub file: Option<std::path::PathBuf>,
    /// In the order they were found.
    pub warnings: Vec<Warning>,
}

#[cfg(test)]
mod tests;
