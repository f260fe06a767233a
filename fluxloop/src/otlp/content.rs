//! What people and models said to each other, and how it is sent to those who ask for it.

use serde_json::{Value, json, value::RawValue};

/// Attributes that hold what was said, and all whose names go on behind a dot.
const SAID: [&str; 20] = [
    "fluxloop.input",
    "fluxloop.output",
    "fluxloop.reply",
    "gen_ai.completion",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.prompt",
    "gen_ai.retrieval.documents",
    "gen_ai.retrieval.query.text",
    "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "gen_ai.tool.definitions",
    "input.value",
    "llm.completions",
    "llm.input_messages",
    "llm.output_messages",
    "llm.prompts",
    "output.value",
    "traceloop.entity",
];

/// Attributes that would stand among those, and hold none of it.
const NOT_SAID: [&str; 2] = ["gen_ai.prompt.name", "traceloop.entity.name"];

/// Whether an attribute holds what was said.
pub(super) fn is_content(name: &str) -> bool {
    let within = |said: &str| {
        name.strip_prefix(said)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    SAID.iter().any(|said| within(said)) && !NOT_SAID.contains(&name)
}

/// Whether an event tells of what was said: then its attributes hold it, whatever they are called.
pub(super) fn is_message(event: &str) -> bool {
    event.starts_with("gen_ai.")
}

/// One message, in the form of the semantic conventions: a JSON text.
pub(super) fn message(role: &str, said: &RawValue) -> String {
    let part = json!({ "type": "text", "content": text(said) });
    let mut message = json!({ "role": role, "parts": [part] });
    if role == "assistant" {
        message["finish_reason"] = json!("stop");
    }
    json!([message]).to_string()
}

/// What a model was told or answered. Libraries tell of it as messages, as JSON or in a text, or just as text.
pub(super) fn messages(role: &str, said: &RawValue) -> String {
    let text = text(said);
    match serde_json::from_str(&text) {
        Ok(Value::Array(_)) => text,
        _ => message(role, said),
    }
}

/// Text as it is; of anything else its JSON.
pub(super) fn text(said: &RawValue) -> String {
    match serde_json::from_str(said.get()) {
        Ok(Value::String(text)) => text,
        _ => said.get().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_known_by_its_name() {
        for name in [
            "gen_ai.prompt",
            "gen_ai.prompt.0.content",
            "gen_ai.input.messages",
            "gen_ai.tool.call.arguments",
            "traceloop.entity.input",
        ] {
            assert!(is_content(name), "{name}");
        }
        for name in [
            "gen_ai.prompt.name",
            "gen_ai.prompt_tokens",
            "gen_ai.tool.name",
            "gen_ai.usage.input_tokens",
            "input",
        ] {
            assert!(!is_content(name), "{name}");
        }
    }

    #[test]
    fn messages_stay_as_they_are() {
        let raw = |json: &str| RawValue::from_string(json.to_owned()).unwrap();
        assert_eq!(
            messages("user", &raw(r#"[{"role": "user"}]"#)),
            r#"[{"role": "user"}]"#
        );
        assert_eq!(messages("user", &raw(r#""[1]""#)), "[1]");
        assert_eq!(
            messages("user", &raw(r#""1""#)),
            message("user", &raw(r#""1""#))
        );
    }

    #[test]
    fn a_message_has_the_form_of_the_conventions() {
        let said = RawValue::from_string(r#""Hi \"you\"""#.to_owned()).unwrap();
        let written: Value = serde_json::from_str(&message("assistant", &said)).unwrap();
        let expected = json!([{
            "role": "assistant",
            "parts": [{ "type": "text", "content": "Hi \"you\"" }],
            "finish_reason": "stop",
        }]);
        assert_eq!(written, expected);
    }
}
