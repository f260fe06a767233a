use serde_json::Value;

use super::{
    super::{Prompt, TokenUsage, form::Form, reply::Fault},
    HttpSettings, Provider, anthropic, openai,
};

/// What a model replied.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// As it came: text, or the input of the tool.
    pub(super) text: String,
    pub(super) usage: Option<TokenUsage>,
    /// Why `text` cannot be used, where the provider says so itself.
    pub(super) fault: Option<Fault>,
}

impl Provider {
    /// What is appended to the base URL.
    pub(super) fn path(self) -> &'static [&'static str] {
        match self {
            Self::OpenAi => &["chat", "completions"],
            Self::Anthropic => &["v1", "messages"],
        }
    }

    /// The header of the key, and what stands before the key in it.
    pub(super) fn key_header(self) -> (&'static str, &'static str) {
        match self {
            Self::OpenAi => ("authorization", "Bearer "),
            Self::Anthropic => ("x-api-key", ""),
        }
    }

    /// Headers that every request has.
    pub(super) fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::OpenAi => &[],
            Self::Anthropic => &[("anthropic-version", anthropic::VERSION)],
        }
    }

    /// Whether the schema is sent in a field that some servers refuse.
    pub(super) fn has_response_format(self) -> bool {
        self == Self::OpenAi
    }

    /// The body of a request.
    pub(super) fn request(
        self,
        settings: &HttpSettings,
        prompt: &Prompt,
        form: &Form,
        with_schema: bool,
    ) -> Value {
        match self {
            Self::OpenAi => openai::request(settings, prompt, form, with_schema),
            Self::Anthropic => anthropic::request(settings, prompt, form),
        }
    }

    /// Reads the body of a success.
    ///
    /// # Errors
    ///
    /// When it is not of the provider's form.
    pub(super) fn answer(self, body: &[u8]) -> Result<Answer, serde_json::Error> {
        match self {
            Self::OpenAi => openai::answer(body),
            Self::Anthropic => anthropic::answer(body),
        }
    }
}

/// Reads what was used, where both counts are there.
pub(super) fn usage(value: Option<&Value>, input: &str, output: &str) -> Option<TokenUsage> {
    let count = |key| value?.get(key)?.as_u64();
    let (input_tokens, output_tokens) = (count(input)?, count(output)?);
    Some(TokenUsage {
        input_tokens,
        output_tokens,
        total_tokens: input_tokens.saturating_add(output_tokens),
    })
}
