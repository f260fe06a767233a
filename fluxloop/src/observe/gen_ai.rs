//! The names by which clients of models say what a span is: OpenTelemetry's conventions for generative AI, the older and
//! other names that crates still use, and what bridges to OpenTelemetry say of any span.

use super::text::Held;
use crate::worker::protocol::{SpanKind, Usage};

/// What a field says of its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fact {
    Operation,
    RequestModel,
    ResponseModel,
    InputTokens,
    OutputTokens,
    CachedTokens,
    CacheCreationTokens,
    ReasoningTokens,
    ToolName,
    Input,
    Output,
    Name,
    Status,
    StatusMessage,
    ErrorType,
    Error,
}

impl Fact {
    fn of(field: &str) -> Option<Self> {
        Some(match field {
            // OpenInference and OpenLLMetry have names of their own for the same.
            "gen_ai.operation.name"
            | "openinference.span.kind"
            | "traceloop.span.kind"
            | "llm.request.type" => Self::Operation,
            "gen_ai.request.model" | "llm.request.model" | "llm.model_name" => Self::RequestModel,
            "gen_ai.response.model" | "llm.response.model" => Self::ResponseModel,
            "gen_ai.usage.input_tokens"
            | "gen_ai.usage.prompt_tokens"
            | "llm.usage.input_tokens"
            | "llm.usage.prompt_tokens"
            | "llm.token_count.prompt" => Self::InputTokens,
            "gen_ai.usage.output_tokens"
            | "gen_ai.usage.completion_tokens"
            | "llm.usage.output_tokens"
            | "llm.usage.completion_tokens"
            | "llm.token_count.completion" => Self::OutputTokens,
            "gen_ai.usage.cache_read.input_tokens"
            | "gen_ai.usage.cache_read_input_tokens"
            | "gen_ai.usage.cached_input_tokens"
            | "gen_ai.usage.cached_tokens"
            | "llm.usage.cache_read_input_tokens"
            | "llm.usage.cached_tokens"
            | "llm.token_count.prompt_details.cache_read" => Self::CachedTokens,
            "gen_ai.usage.cache_creation.input_tokens"
            | "gen_ai.usage.cache_creation_input_tokens"
            | "llm.usage.cache_creation_input_tokens"
            | "llm.token_count.prompt_details.cache_write" => Self::CacheCreationTokens,
            "gen_ai.usage.reasoning_tokens"
            | "gen_ai.usage.reasoning.output_tokens"
            | "llm.usage.reasoning_tokens"
            | "llm.token_count.completion_details.reasoning" => Self::ReasoningTokens,
            "gen_ai.tool.name" | "tool.name" => Self::ToolName,
            "gen_ai.tool.call.arguments"
            | "gen_ai.input.messages"
            | "gen_ai.prompt"
            | "llm.prompts"
            | "input.value" => Self::Input,
            "gen_ai.tool.call.result"
            | "gen_ai.output.messages"
            | "gen_ai.completion"
            | "llm.completions"
            | "output.value" => Self::Output,
            "otel.name" => Self::Name,
            "otel.status_code" => Self::Status,
            "otel.status_description" | "otel.status_message" => Self::StatusMessage,
            "error.type" => Self::ErrorType,
            "error" | "exception.message" => Self::Error,
            _ => return None,
        })
    }
}

/// The kind that an operation makes of its span; absent where the operation is unknown.
fn kind_of(operation: &str) -> Option<SpanKind> {
    Some(match operation.to_ascii_lowercase().as_str() {
        // OpenTelemetry's, the older ones of rig, and those of OpenInference and OpenLLMetry.
        "chat" | "text_completion" | "generate_content" | "embeddings" | "chat_streaming"
        | "completion" | "rerank" | "transcription" | "image_generation" | "audio_generation"
        | "llm" | "embedding" | "reranker" => SpanKind::Generation,
        "execute_tool" | "tool" => SpanKind::Tool,
        "invoke_agent" | "create_agent" | "invoke_workflow" | "agent" | "chain" | "workflow"
        | "task" | "retriever" | "guardrail" | "evaluator" => SpanKind::Span,
        _ => return None,
    })
}

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
    /// Whether a field says anything here.
    pub(super) fn concern(field: &str) -> bool {
        Fact::of(field).is_some()
    }

    /// Looks at a field.
    pub(super) fn look(&mut self, field: &str, held: &mut Held) -> Look {
        let Some(fact) = Fact::of(field) else {
            return Look::Attribute;
        };
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

/// The fields of a tool's span that clients declare and fill in once it has begun: its start waits for them.
pub(super) const LATE: [&str; 2] = ["gen_ai.tool.name", "gen_ai.tool.call.arguments"];

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(fields: &[(&str, &str)]) -> Facts {
        let mut facts = Facts::default();
        for (field, value) in fields {
            facts.look(field, &mut Held::text(value));
        }
        facts
    }

    #[test]
    fn operations_decide_the_kind() {
        for (operation, kind) in [
            ("chat", Some(SpanKind::Generation)),
            ("text_completion", Some(SpanKind::Generation)),
            ("generate_content", Some(SpanKind::Generation)),
            ("embeddings", Some(SpanKind::Generation)),
            ("LLM", Some(SpanKind::Generation)),
            ("execute_tool", Some(SpanKind::Tool)),
            ("TOOL", Some(SpanKind::Tool)),
            ("invoke_agent", Some(SpanKind::Span)),
            ("create_agent", Some(SpanKind::Span)),
            ("dance", None),
        ] {
            assert_eq!(
                facts(&[("gen_ai.operation.name", operation)]).kind(),
                kind,
                "{operation}"
            );
        }
    }

    #[test]
    fn every_name_of_a_count_is_known() {
        let named = [
            [
                "gen_ai.usage.input_tokens",
                "gen_ai.usage.output_tokens",
                "gen_ai.usage.cache_read.input_tokens",
                "gen_ai.usage.cache_creation.input_tokens",
                "gen_ai.usage.reasoning_tokens",
            ],
            [
                "gen_ai.usage.prompt_tokens",
                "gen_ai.usage.completion_tokens",
                "gen_ai.usage.cached_tokens",
                "gen_ai.usage.cache_creation_input_tokens",
                "gen_ai.usage.reasoning.output_tokens",
            ],
            [
                "llm.usage.prompt_tokens",
                "llm.usage.completion_tokens",
                "llm.usage.cache_read_input_tokens",
                "llm.usage.cache_creation_input_tokens",
                "llm.usage.reasoning_tokens",
            ],
            [
                "llm.token_count.prompt",
                "llm.token_count.completion",
                "llm.token_count.prompt_details.cache_read",
                "llm.token_count.prompt_details.cache_write",
                "llm.token_count.completion_details.reasoning",
            ],
        ];
        for [input, output, read, written, reasoning] in named {
            let usage = facts(&[
                (input, "5"),
                (output, "Some(4)"),
                (read, "3"),
                (written, "2"),
                (reasoning, "1"),
            ])
            .usage();
            let expected = Usage {
                input_tokens: Some(5),
                output_tokens: Some(4),
                cached_tokens: Some(3),
                cache_creation_tokens: Some(2),
                reasoning_tokens: Some(1),
            };
            assert_eq!(usage, Some(expected), "{input}");
        }
    }

    #[test]
    fn what_is_unknown_is_absent() {
        assert_eq!(facts(&[]).usage(), None);
        let half = facts(&[
            ("gen_ai.usage.input_tokens", "None"),
            ("gen_ai.usage.output_tokens", "0"),
        ]);
        let expected = Usage {
            output_tokens: Some(0),
            ..Usage::default()
        };
        assert_eq!(half.usage(), Some(expected));
    }

    #[test]
    fn names_models_and_errors_are_found() {
        let tool = facts(&[
            ("gen_ai.operation.name", "execute_tool"),
            ("gen_ai.tool.name", "look"),
            ("otel.name", "execute_tool look"),
        ]);
        assert_eq!(tool.name(), Some("look"));
        let chat = facts(&[
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.tool.name", "look"),
            ("otel.name", "chat m"),
        ]);
        assert_eq!(chat.name(), Some("chat m"));
        let both = facts(&[
            ("gen_ai.request.model", "m"),
            ("gen_ai.response.model", "Some(\"m-1\")"),
        ]);
        assert_eq!(
            (both.model(), facts(&[("llm.model_name", "m")]).model()),
            (Some("m-1"), Some("m"))
        );
        for (fields, error) in [
            (&[("otel.status_code", "ERROR")][..], Some("error")),
            (
                &[
                    ("otel.status_code", "ERROR"),
                    ("otel.status_description", "no route"),
                ],
                Some("no route"),
            ),
            (&[("otel.status_code", "OK")], None),
            (&[("error.type", "timeout")], Some("timeout")),
            (
                &[("error", "it broke"), ("error.type", "timeout")],
                Some("it broke"),
            ),
            (
                &[("error", "true"), ("otel.status_message", "why")],
                Some("why"),
            ),
            (&[("error", "false")], None),
        ] {
            assert_eq!(facts(fields).error(), error, "{fields:?}");
        }
    }
}
