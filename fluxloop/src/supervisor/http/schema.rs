use serde_json::{Value, json};

/// Counts what [`decision`] has been: a recording of an answer to one schema is none of an answer to another.
pub(in super::super) const VERSION: u32 = 1;

/// A decision as JSON Schema, in the part of it that strict modes know.
pub(super) fn decision() -> Value {
    json!({
        "type": "object",
        "properties": {
            "decision": {
                "type": "string",
                "enum": ["continue", "terminate"],
                "description": "Whether the user goes on or the conversation is over.",
            },
            "next_user_message": {
                "type": ["string", "null"],
                "description": "What the user says next; required with `continue`.",
            },
            "termination_reason": {
                "type": ["string", "null"],
                "description": "Why the conversation is over; for `terminate`.",
            },
            "closing_user_message": {
                "type": ["string", "null"],
                "description": "What the user says in parting, if anything; for `terminate`.",
            },
        },
        "required": ["decision", "next_user_message", "termination_reason", "closing_user_message"],
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// Another schema has another version: change both.
    #[test]
    fn the_version_stands_for_the_schema() {
        let mut schema = decision();
        schema.sort_all_objects();
        let hash = Sha256::digest(schema.to_string());
        insta::assert_snapshot!(format!("{VERSION}: {:02x}{:02x}{:02x}", hash[0], hash[1], hash[2]), @"1: 81f07f");
    }
}
