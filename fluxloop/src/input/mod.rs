//! Inputs: what the simulated users say first.

mod csv;
mod entry;
mod fields;
mod format;
mod json;
mod list;
mod load;
mod located;
mod written;

use serde_json::{Map, Value};

use crate::{
    config::Warning,
    expect::{ChosenCheck, Expectations},
};

pub(crate) use entry::decode_entries;
pub(crate) use format::Format;
pub use load::load_inputs;
#[cfg(feature = "harness")]
pub(crate) use written::{push_text, push_written, read_again};

/// One entry of the inputs, as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// What is expected of its runs, besides what is expected of all.
    pub expect: Expectations,
    /// The checks that are made of its runs, besides those of all.
    pub checks: Vec<ChosenCheck>,
    /// Where the entry begins, for messages: `inputs/generated.yaml:12`.
    pub place: String,
}

/// The inputs of an experiment: at least one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inputs {
    /// In the order they were written.
    pub entries: Vec<RawInput>,
    /// A YAML file as it was read; in other formats, of several files, and of the configuration's own inputs, what such a
    /// file would have. Secrets in it are not masked.
    pub yaml: String,
    /// The files, unless they are the configuration's own inputs. Absolute.
    pub files: Vec<std::path::PathBuf>,
    /// In the order they were found.
    pub warnings: Vec<Warning>,
}

#[cfg(test)]
mod tests;
