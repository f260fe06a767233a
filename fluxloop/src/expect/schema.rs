//! JSON Schema, compiled before the first run.

use std::{fmt, sync::Arc};

use jsonschema::Validator;
use serde_json::Value;

use super::{expectation::Verdict, quote};

/// A schema, ready to judge.
#[derive(Clone)]
pub(super) struct Schema {
    validator: Arc<Validator>,
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Schema")
    }
}

/// The most violations that a message tells.
const TOLD: usize = 3;

impl Schema {
    /// Compiles it. Nothing is fetched: a reference leads into the schema itself.
    ///
    /// # Errors
    ///
    /// Why it is no schema.
    pub(super) fn compile(schema: &Value) -> Result<Self, String> {
        let validator =
            jsonschema::validator_for(schema).map_err(|error| quote::cut(&error.to_string()))?;
        Ok(Self {
            validator: Arc::new(validator),
        })
    }

    /// Judges an output; of a text, the JSON that it holds where the schema takes no such text.
    pub(super) fn judge(&self, output: &Value) -> Verdict {
        if self.validator.is_valid(output) {
            return Verdict::Passed;
        }
        let held: Option<Value> = output
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok());
        if held
            .as_ref()
            .is_some_and(|held| self.validator.is_valid(held))
        {
            return Verdict::Passed;
        }
        let judged = held.as_ref().unwrap_or(output);
        let mut violations = self.validator.iter_errors(judged);
        let told: Vec<_> = violations
            .by_ref()
            .take(TOLD)
            .map(|violation| match violation.instance_path().as_str() {
                "" => quote::cut(&violation.to_string()),
                path => format!("{} at `{path}`", quote::cut(&violation.to_string())),
            })
            .collect();
        let more = match violations.count() {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let found = format!("{} ({}{more})", quote::value(judged), told.join("; "));
        Verdict::failed("what the schema says", found)
    }
}
