use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{
    super::{Prompt, form::Form, reply::Fault},
    HttpSettings,
    provider::{self, Answer},
};

/// The version of the API that is spoken.
pub(super) const VERSION: &str = "2023-06-01";

/// Messages, with one tool that the model has to call.
pub(super) fn request(settings: &HttpSettings, prompt: &Prompt, form: &Form) -> Value {
    let mut body = json!({
        "model": settings.model,
        "max_tokens": form.max_tokens,
        "system": prompt.system,
        "messages": [{ "role": "user", "content": prompt.user }],
        "tools": [{
            "name": form.tool,
            "description": form.description,
            "input_schema": (form.schema)(),
        }],
        "tool_choice": { "type": "tool", "name": form.tool, "disable_parallel_tool_use": true },
    });
    if let Some(temperature) = settings.temperature {
        body["temperature"] = json!(temperature);
    }
    body
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    content: Vec<Block<'a>>,
    stop_reason: Option<String>,
    usage: Option<Value>,
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

pub(super) fn answer(body: &[u8]) -> Result<Answer, serde_json::Error> {
    let message: Message<'_> = serde_json::from_slice(body)?;
    let usage = provider::usage(message.usage.as_ref(), "input_tokens", "output_tokens");
    let of_kind = |kind: &'static str| {
        message
            .content
            .iter()
            .filter(move |block| block.kind == kind)
    };
    let mut parts: Vec<&str> = of_kind("tool_use")
        .filter_map(|block| block.input.map(RawValue::get))
        .collect();
    if parts.is_empty() {
        parts = of_kind("text")
            .filter_map(|block| block.text.as_deref())
            .collect();
    }
    let text = parts.join("\n");
    let fault = match message.stop_reason.as_deref() {
        Some("refusal") => Some(Fault::refusal(if text.is_empty() {
            "no reason given"
        } else {
            &text
        })),
        Some("max_tokens") => Some(Fault::CutOff),
        _ => None,
    };
    Ok(Answer { text, usage, fault })
}
