use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{Prompt, form::Form, reply::Fault},
    HttpSettings,
    provider::{self, Answer},
};

/// Chat Completions, with the answer's schema as the response format unless the server refused it.
pub(super) fn request(
    settings: &HttpSettings,
    prompt: &Prompt,
    form: &Form,
    with_schema: bool,
) -> Value {
    let mut body = json!({
        "model": settings.model,
        "messages": [
            { "role": "system", "content": prompt.system },
            { "role": "user", "content": prompt.user },
        ],
    });
    if let Some(temperature) = settings.temperature {
        body["temperature"] = json!(temperature);
    }
    if with_schema {
        body["response_format"] = json!({
            "type": "json_schema",
            "json_schema": { "name": form.noun, "strict": true, "schema": (form.schema)() },
        });
    }
    body
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    usage: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    refusal: Option<String>,
}

pub(super) fn answer(body: &[u8]) -> Result<Answer, serde_json::Error> {
    let completion: Completion = serde_json::from_slice(body)?;
    let usage = provider::usage(
        completion.usage.as_ref(),
        "prompt_tokens",
        "completion_tokens",
    );
    let Some(choice) = completion.choices.into_iter().next() else {
        return Ok(Answer {
            text: String::new(),
            usage,
            fault: Some(Fault::Empty),
        });
    };
    let text = choice.message.content.unwrap_or_default();
    let fault = match (choice.message.refusal, choice.finish_reason.as_deref()) {
        (Some(words), _) if !words.trim().is_empty() => Some(Fault::refusal(&words)),
        (_, Some("content_filter")) => Some(Fault::refusal("its content filter stopped it")),
        (_, Some("length")) => Some(Fault::CutOff),
        _ => None,
    };
    Ok(Answer { text, usage, fault })
}
