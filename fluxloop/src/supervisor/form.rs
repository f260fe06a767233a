use serde_json::Value;

/// What a model is asked for: the form of its answer, and the words that messages have for it.
#[derive(Debug)]
pub(crate) struct Form {
    /// What an answer is called: `decision`.
    pub(crate) noun: &'static str,
    /// What an answer is to hold, as the model is told when it is asked again: `one decision`.
    pub(crate) wanted: &'static str,
    /// The tool whose input is the answer, where a provider has tools.
    pub(crate) tool: &'static str,
    /// What the tool does.
    pub(crate) description: &'static str,
    /// As JSON Schema, in the part of it that strict modes know.
    pub(crate) schema: fn() -> Value,
    /// Counts what the schema has been: a recording of an answer to one schema is none of an answer to another.
    pub(crate) version: u32,
    /// Where a provider asks for a bound.
    pub(crate) max_tokens: u32,
    /// When answers are asked for: `after turn`.
    pub(crate) moment: [&'static str; 2],
    /// The key of the cassette's section.
    pub(crate) cassette: &'static str,
}
