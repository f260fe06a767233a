//! Inputs: what the simulated users say first.

use serde_json::{Map, Value};

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
#[derive(Debug)] pub struct Inputs { pub entries: Vec<RawInput>, pub yaml: String, pub file: Option<std::path::PathBuf>, pub warnings: Vec<crate::config::Warning> }
pub fn load_inputs(config: &crate::config::Config) -> Result<Inputs, crate::config::ConfigErrors> { todo!() }
