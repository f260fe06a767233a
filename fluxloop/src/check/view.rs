use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{
    Map, Value,
    error::Category,
    value::{RawValue, to_raw_value},
};

use crate::{Conversation, Message, Persona};

/// A run that returned, as a check sees it: what was asked, what came of it, and how. Secrets are masked in all of it.
///
/// To call a check from a test of your own, start from [`of`](Self::of) and set what the test is about:
///
/// ```
/// use fluxloop::{RunView, ToolCall};
///
/// #[fluxloop::check]
/// fn looked_it_up(run: &RunView) -> bool {
///     run.tool_calls().iter().any(|call| call.name() == "lookup_order")
/// }
///
/// let run = RunView::of("Where is order 12?", "It left today.");
/// assert!(!looked_it_up(&run));
/// let call = ToolCall::new("lookup_order", serde_json::json!({"order": 12}));
/// assert!(looked_it_up(&run.with_tool_call(call)));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunView {
    pub(crate) case: String,
    pub(crate) iteration: u32,
    pub(crate) input: Box<RawValue>,
    pub(crate) output: Box<RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) persona: Option<Persona>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) metadata: Map<String, Value>,
    /// Without a conversation, it has no messages.
    #[serde(default)]
    pub(crate) conversation: Conversation,
    pub(crate) turns: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) termination_reason: Option<String>,
    #[serde(default)]
    pub(crate) tool_calls: Vec<ToolCall>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) missing_tool_calls: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token_usage: Option<TokenUsage>,
    pub(crate) duration_ns: u64,
}

/// The tokens of a run's generations, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TokenUsage {
    /// Read by the models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Written by the models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// Whether each generation told all of its tokens: else there were more.
    pub is_complete: bool,
}

/// A call of a tool.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ToolCall {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) arguments: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

impl ToolCall {
    /// A call that has not answered.
    pub fn new(name: impl Into<String>, arguments: impl Into<Value>) -> Self {
        Self {
            name: name.into(),
            arguments: Some(arguments.into()),
            output: None,
            error: None,
        }
    }

    /// The tool.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it was called with, by name; absent where that was not recorded, or not as a whole.
    #[must_use]
    pub fn arguments(&self) -> Option<&Value> {
        self.arguments.as_ref()
    }

    /// What it answered; absent where it did not, or that was not recorded as a whole.
    #[must_use]
    pub fn output(&self) -> Option<&Value> {
        self.output.as_ref()
    }

    /// What it failed with.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

impl RunView {
    /// A run in which nothing is known to have happened. A value that has no form in JSON is null.
    pub fn of(input: impl Serialize, output: impl Serialize) -> Self {
        Self {
            case: String::new(),
            iteration: 0,
            input: json(&input),
            output: json(&output),
            persona: None,
            metadata: Map::new(),
            conversation: Conversation::default(),
            turns: 1,
            termination_reason: None,
            tool_calls: Vec::new(),
            missing_tool_calls: None,
            token_usage: None,
            duration_ns: 0,
        }
    }

    /// The case's name: `<agent>::<persona or any>::<input id>::iter_<i>`.
    #[must_use]
    pub fn case(&self) -> &str {
        &self.case
    }

    /// Which repetition of its input the run is, from 0.
    #[must_use]
    pub fn iteration(&self) -> u32 {
        self.iteration
    }

    /// What the agent was asked, as JSON.
    #[must_use]
    pub fn input(&self) -> &RawValue {
        &self.input
    }

    /// What the agent returned, as JSON; of a conversation, in its last turn.
    #[must_use]
    pub fn output(&self) -> &RawValue {
        &self.output
    }

    /// What the agent returned: a text as it is, anything else as its JSON.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::from_str(self.output.get()).unwrap_or_else(|_| self.output.get().to_owned())
    }

    /// What the agent returned, as a type: its own, or one that knows what the check needs of it. A text that is not of
    /// the type is read as the JSON that it holds, as models write it.
    ///
    /// ```
    /// # use fluxloop::RunView;
    /// #[derive(serde::Deserialize)]
    /// struct Reply {
    ///     cents: u64,
    /// }
    ///
    /// #[fluxloop::check]
    /// fn refunds_little(run: &RunView) -> Result<bool, serde_json::Error> {
    ///     Ok(run.parse::<Reply>()?.cents <= 5_000)
    /// }
    /// # let run = RunView::of("Refund!", serde_json::json!({"cents": 1999}));
    /// # assert!(refunds_little(&run).unwrap());
    /// ```
    ///
    /// # Errors
    ///
    /// When the output is not of this type, and holds no JSON that is.
    pub fn parse<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(self.output.get()).or_else(|error| {
            match serde_json::from_str::<String>(self.output.get()) {
                // What is no JSON at all is told of as the text that it is.
                Ok(text) => serde_json::from_str(&text).map_err(|inner| match inner.classify() {
                    Category::Data => inner,
                    _ => error,
                }),
                Err(_) => Err(error),
            }
        })
    }

    /// Who asked.
    #[must_use]
    pub fn persona(&self) -> Option<&Persona> {
        self.persona.as_ref()
    }

    /// The input's metadata.
    #[must_use]
    pub fn metadata(&self) -> &Map<String, Value> {
        &self.metadata
    }

    /// Everything that was said, oldest first; without messages where the run was no conversation.
    #[must_use]
    pub fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    /// The agent's turns: 1 where the run was no conversation.
    #[must_use]
    pub fn turns(&self) -> u32 {
        self.turns
    }

    /// How the conversation ended: `supervisor_stop` or `max_turns`.
    #[must_use]
    pub fn termination_reason(&self) -> Option<&str> {
        self.termination_reason.as_deref()
    }

    /// The tools that were called on the way to the answers, in the order in which they were. Calls of attempts that
    /// came to nothing are not among them.
    #[must_use]
    pub fn tool_calls(&self) -> &[ToolCall] {
        &self.tool_calls
    }

    /// Why tools may have been called that nobody knows of; absent where none were.
    #[must_use]
    pub fn missing_tool_calls(&self) -> Option<&str> {
        self.missing_tool_calls.as_deref()
    }

    /// The tokens that the run used, where anything is known.
    #[must_use]
    pub fn token_usage(&self) -> Option<TokenUsage> {
        self.token_usage
    }

    /// The agent's own time, all attempts.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.duration_ns)
    }

    /// The same run, asked by this persona.
    #[must_use]
    pub fn with_persona(mut self, persona: Persona) -> Self {
        self.persona = Some(persona);
        self
    }

    /// The same run, of an input with this metadata.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.metadata = metadata;
        self
    }

    /// The same run as a conversation in which this was said.
    #[must_use]
    pub fn with_conversation(mut self, messages: impl IntoIterator<Item = Message>) -> Self {
        self.conversation = messages.into_iter().collect();
        self
    }

    /// The same run with one more call of a tool.
    #[must_use]
    pub fn with_tool_call(mut self, call: ToolCall) -> Self {
        self.tool_calls.push(call);
        self
    }

    /// The same run, having taken this long.
    #[must_use]
    pub fn with_duration(mut self, duration: Duration) -> Self {
        self.duration_ns = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self
    }
}

fn json(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_parsed_as_what_it_holds() {
        #[derive(Debug, Deserialize, PartialEq)]
        struct Reply {
            cents: u64,
        }
        let parse = |output: Value| {
            let reply = RunView::of("Refund!", output).parse::<Reply>();
            reply.map_err(|error| error.to_string())
        };
        assert_eq!(
            parse(serde_json::json!({"cents": 5})),
            Ok(Reply { cents: 5 })
        );
        assert_eq!(parse(r#" {"cents": 5}"#.into()), Ok(Reply { cents: 5 }));
        let other = parse(r#"{"cents": "5"}"#.into()).unwrap_err();
        assert!(other.contains("expected u64"), "{other}");
        let prose = parse("I refunded it.".into()).unwrap_err();
        assert!(
            prose.contains("string \"I refunded it.\", expected struct Reply"),
            "{prose}"
        );
        let text = RunView::of("Refund!", r#"{"cents": 5}"#).parse::<String>();
        assert_eq!(text.unwrap(), r#"{"cents": 5}"#);
    }
}
