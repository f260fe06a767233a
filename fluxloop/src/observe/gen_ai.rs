//! The names by which clients of models say what a span is: OpenTelemetry's conventions for generative AI, the older and
//! other names that crates still use, and what bridges to OpenTelemetry say of any span.

mod names;

use names::kind_of;
pub(super) use names::{Fact, LATE, Names};

use super::text::Held;
use crate::worker::protocol::{SpanKind, Usage};

/// What a span's fields say of it, so far.
#[derive(Debug, Default)]
pub(super) struct Facts {
    kind: Option<SpanKind>,
    request_model: Option<String>,
    response_model: Option<String>,
    usage: Usage,
    tool_name: Option<String>,
    name: Option<String>,
    status: Option<String>,
    status_message: Option<String>,
    error_type: Option<String>,
    error: Option<String>,
    pub(super) input: Option<Held>,
    pub(super) output: Option<Held>,
}

/// What becomes of a field that was looked at.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It is an attribute.
    Attribute,
    /// It is shown in another place.
    Moved,
}

impl Facts {
    /// Looks at a field.
    pub(super) fn look(&mut self, fact: Fact, held: &mut Held) -> Look {
        let text = unwrapped(&held.beginning);
        match fact {
            Fact::Operation => self.kind = kind_of(text).or(self.kind),
            Fact::RequestModel => set(&mut self.request_model, text),
            Fact::ResponseModel => set(&mut self.response_model, text),
            Fact::InputTokens => count(&mut self.usage.input_tokens, text),
            Fact::OutputTokens => count(&mut self.usage.output_tokens, text),
            Fact::CachedTokens => count(&mut self.usage.cached_tokens, text),
            Fact::CacheCreationTokens => count(&mut self.usage.cache_creation_tokens, text),
            Fact::ReasoningTokens => count(&mut self.usage.reasoning_tokens, text),
            Fact::ToolName => set(&mut self.tool_name, text),
            Fact::Status => set(&mut self.status, text),
            Fact::StatusMessage => set(&mut self.status_message, text),
            Fact::ErrorType => set(&mut self.error_type, text),
            Fact::Error => set(&mut self.error, text),
            Fact::Name => {
                set(&mut self.name, text);
                return Look::Moved;
            }
            Fact::Input => {
                self.input = Some(std::mem::take(held));
                return Look::Moved;
            }
            Fact::Output => {
                self.output = Some(std::mem::take(held));
                return Look::Moved;
            }
        }
        Look::Attribute
    }

    /// Takes what was said later.
    pub(super) fn add(&mut self, later: Self) {
        let usage = &mut self.usage;
        usage.input_tokens = later.usage.input_tokens.or(usage.input_tokens);
        usage.output_tokens = later.usage.output_tokens.or(usage.output_tokens);
        usage.cached_tokens = later.usage.cached_tokens.or(usage.cached_tokens);
        usage.cache_creation_tokens = later
            .usage
            .cache_creation_tokens
            .or(usage.cache_creation_tokens);
        usage.reasoning_tokens = later.usage.reasoning_tokens.or(usage.reasoning_tokens);
        self.kind = later.kind.or(self.kind);
        for (here, later) in [
            (&mut self.request_model, later.request_model),
            (&mut self.response_model, later.response_model),
            (&mut self.tool_name, later.tool_name),
            (&mut self.name, later.name),
            (&mut self.status, later.status),
            (&mut self.status_message, later.status_message),
            (&mut self.error_type, later.error_type),
            (&mut self.error, later.error),
        ] {
            if later.is_some() {
                *here = later;
            }
        }
        self.input = later.input.or(self.input.take());
        self.output = later.output.or(self.output.take());
    }

    /// What the span is of where no field says so.
    pub(super) fn suppose(&mut self, kind: SpanKind) {
        self.kind.get_or_insert(kind);
    }

    /// What the span is of; absent where nothing says so.
    pub(super) fn kind(&self) -> Option<SpanKind> {
        self.kind
    }

    /// What the span calls itself.
    pub(super) fn name(&self) -> Option<&str> {
        let tool = self.tool_name.as_deref();
        tool.filter(|_| self.kind == Some(SpanKind::Tool))
            .or(self.name.as_deref())
    }

    /// The model that answered, else the one that was asked.
    pub(super) fn model(&self) -> Option<&str> {
        self.response_model
            .as_deref()
            .or(self.request_model.as_deref())
    }

    /// The tokens, where any number is known.
    pub(super) fn usage(&self) -> Option<Usage> {
        (self.usage != Usage::default()).then_some(self.usage)
    }

    /// What went wrong, where something says so.
    pub(super) fn error(&self) -> Option<&str> {
        let said = self.status_message.as_deref();
        if let Some(error) = self.error.as_deref().filter(|error| *error != "false") {
            return Some(if error == "true" {
                said.unwrap_or("error")
            } else {
                error
            });
        }
        let is_error = |status: &str| status.eq_ignore_ascii_case("error");
        if self.status.as_deref().is_some_and(is_error) {
            return said.or(self.error_type.as_deref()).or(Some("error"));
        }
        self.error_type.as_deref().map(|kind| said.unwrap_or(kind))
    }
}

fn set(here: &mut Option<String>, text: &str) {
    if !text.is_empty() && text != "None" {
        *here = Some(text.to_owned());
    }
}

fn count(here: &mut Option<u64>, text: &str) {
    if let Ok(number) = text.parse() {
        *here = Some(number);
    }
}

/// What stands in `Some("…")`, as `?` writes an optional value, and in the quotes of a text.
fn unwrapped(text: &str) -> &str {
    let text = text
        .strip_prefix("Some(")
        .and_then(|inside| inside.strip_suffix(')'))
        .unwrap_or(text);
    text.strip_prefix('"')
        .and_then(|inside| inside.strip_suffix('"'))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests;
