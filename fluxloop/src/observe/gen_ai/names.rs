use tracing::Metadata;

use crate::worker::protocol::SpanKind;

/// The names by which the fields of a span or an event are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::observe) enum Names {
    /// Those that nothing else has.
    #[default]
    Conventional,
    /// Plain words as well, of a span that can be nothing but a question to a model.
    OfGeneration,
    /// Plain words as well, of a span that can be nothing but a call of a tool.
    OfTool,
}

impl Names {
    /// Those of a span, by what it declares. langchain-rust is one that uses plain words.
    pub(in crate::observe) fn of(metadata: &Metadata<'_>) -> Self {
        let fields = metadata.fields();
        let has = |name| fields.field(name).is_some();
        let counts = [
            ["prompt_tokens", "completion_tokens"],
            ["input_tokens", "output_tokens"],
        ];
        if has("model") && counts.iter().any(|pair| pair.iter().all(|name| has(name))) {
            Self::OfGeneration
        } else if metadata.name() == "tool.call" && has("tool") {
            Self::OfTool
        } else {
            Self::Conventional
        }
    }

    /// What the span is of, where they say so by themselves.
    pub(in crate::observe) fn kind(self) -> Option<SpanKind> {
        match self {
            Self::Conventional => None,
            Self::OfGeneration => Some(SpanKind::Generation),
            Self::OfTool => Some(SpanKind::Tool),
        }
    }

    /// What a field says; nothing, where it is one like any other.
    pub(in crate::observe) fn fact(self, field: &str) -> Option<Fact> {
        Fact::conventional(field).or(match (self, field) {
            (Self::OfGeneration, "model") => Some(Fact::RequestModel),
            (Self::OfGeneration, "prompt_tokens" | "input_tokens") => Some(Fact::InputTokens),
            (Self::OfGeneration, "completion_tokens" | "output_tokens") => Some(Fact::OutputTokens),
            (Self::OfGeneration, "cached_tokens") => Some(Fact::CachedTokens),
            (Self::OfGeneration, "reasoning_tokens") => Some(Fact::ReasoningTokens),
            (Self::OfTool, "tool") => Some(Fact::ToolName),
            _ => None,
        })
    }
}

/// What a field says of its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::observe) enum Fact {
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
    /// By a name that nothing else has.
    fn conventional(field: &str) -> Option<Self> {
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
            // The second is rig's, of tools.
            "error.type" | "gen_ai.tool.error.type" => Self::ErrorType,
            "error" | "exception.message" => Self::Error,
            _ => return None,
        })
    }
}

/// The kind that an operation makes of its span; absent where the operation is unknown.
pub(super) fn kind_of(operation: &str) -> Option<SpanKind> {
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

/// The fields of a tool's span that clients declare and fill in once it has begun: its start waits for them.
pub(in crate::observe) const LATE: [&str; 2] = ["gen_ai.tool.name", "gen_ai.tool.call.arguments"];
