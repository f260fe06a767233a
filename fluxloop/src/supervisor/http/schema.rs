use serde_json::{Value, json};

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
