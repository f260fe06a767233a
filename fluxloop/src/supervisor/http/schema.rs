use serde_json::{Value, json};

use super::super::form::Form;

/// How a conversation goes on. Another schema has another version.
pub(in super::super) const DECISION: Form = Form {
    noun: "decision",
    wanted: "one decision",
    tool: "decide",
    description: "Decides how the conversation goes on.",
    schema: decision,
    version: 1,
    // A decision is a few sentences.
    max_tokens: 4096,
    moment: ["after", "turn"],
    cassette: "multi_turn.supervisor.cassette",
};

fn decision() -> Value {
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
        insta::assert_snapshot!(format!("{}: {:02x}{:02x}{:02x}", DECISION.version, hash[0], hash[1], hash[2]), @"1: 81f07f");
    }
}
