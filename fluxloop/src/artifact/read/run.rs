use std::{borrow::Cow, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::lenient::{lenient, moment, text};

/// A run: a line of `trace_summary.jsonl`, or one of `traces.jsonl`, which has more fields.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct RecordedRun {
    /// Unique in the experiment.
    pub trace_id: String,
    /// The case's name: `<agent>::<persona or any>::<input id>::iter_<i>`.
    pub case: String,
    /// Whether it succeeded.
    pub success: bool,
    /// From 0.
    #[serde(default, deserialize_with = "lenient")]
    pub iteration: u32,
    /// Who asked.
    #[serde(default, deserialize_with = "lenient")]
    pub persona: Option<String>,
    /// What the agent was asked, as JSON.
    #[serde(default)]
    pub input: Option<Box<RawValue>>,
    /// What it answered, as JSON, right or not; absent when it did not answer, and when it answered null.
    #[serde(default)]
    pub output: Option<Box<RawValue>>,
    /// The agent's own time in milliseconds.
    #[serde(default, deserialize_with = "lenient")]
    pub duration_ms: f64,
    /// Why it failed.
    #[serde(default, deserialize_with = "lenient")]
    pub error: Option<RecordedFailure>,
    /// What the run was judged by, and what became of that.
    #[serde(default, deserialize_with = "lenient")]
    pub checks: Vec<RecordedCheck>,
    /// How often the agent was called; absent when once a turn.
    #[serde(default, deserialize_with = "lenient")]
    pub attempts: Option<u32>,
    /// Tokens that the agent's models used, where they are known.
    #[serde(default, deserialize_with = "lenient")]
    pub token_usage: Option<RecordedUsage>,
    /// What these tokens cost, in the currency of the configured prices.
    #[serde(default, deserialize_with = "lenient")]
    pub cost: Option<f64>,
    /// Of conversations: `completed` or `terminated`.
    #[serde(default, deserialize_with = "lenient")]
    pub conversation_state: Option<String>,
    /// Of conversations: `supervisor_stop`, `max_turns` or `error`.
    #[serde(default, deserialize_with = "lenient")]
    pub termination_reason: Option<String>,
    /// Of conversations: turns of the agent.
    #[serde(default, deserialize_with = "lenient")]
    pub turn_count: Option<u32>,

    /// In `traces.jsonl`: from start to end in milliseconds, waiting included.
    #[serde(default, deserialize_with = "lenient")]
    pub wall_ms: Option<f64>,
    /// In `traces.jsonl`.
    #[serde(default, deserialize_with = "moment")]
    pub started_at: Option<Timestamp>,
    /// In `traces.jsonl`.
    #[serde(default, deserialize_with = "moment")]
    pub completed_at: Option<Timestamp>,
    /// In `traces.jsonl`: the input's metadata, as JSON.
    #[serde(default)]
    pub metadata: Option<Box<RawValue>>,
    /// In `traces.jsonl`: lines of this run in `observations.jsonl`.
    #[serde(default, deserialize_with = "lenient")]
    pub observation_count: u64,
    /// In `traces.jsonl`: observations that were not kept, for there were too many.
    #[serde(default, deserialize_with = "lenient")]
    pub observations_dropped: u64,
    /// In `traces.jsonl`, of conversations: why the supervisor ended it, in its own words.
    #[serde(default, deserialize_with = "lenient")]
    pub termination_detail: Option<String>,
    /// In `traces.jsonl`, of conversations: what was said; empty else.
    #[serde(default, deserialize_with = "lenient")]
    pub conversation_history: Vec<Said>,
    /// In `traces.jsonl`, of conversations: who played the user.
    #[serde(default, deserialize_with = "lenient")]
    pub supervisor: Option<RecordedSupervisor>,
}

impl RecordedRun {
    /// What the agent was asked, as a type of yours.
    ///
    /// # Errors
    ///
    /// When it does not fit the type.
    pub fn input_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        typed(self.input.as_deref())
    }

    /// What the agent answered, as a type of yours; in a conversation its last answer. A run that failed has `null`, which
    /// an `Option` takes.
    ///
    /// # Errors
    ///
    /// When it does not fit the type.
    pub fn output_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        typed(self.output.as_deref())
    }

    /// What the agent was asked: the text, or JSON where it is none.
    #[must_use]
    pub fn input_text(&self) -> Cow<'_, str> {
        shown(self.input.as_deref())
    }

    /// What the agent answered: the text, or JSON where it is none; empty where there is no answer.
    #[must_use]
    pub fn output_text(&self) -> Cow<'_, str> {
        shown(self.output.as_deref())
    }

    /// The agent's own time.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::try_from_secs_f64(self.duration_ms / 1e3).unwrap_or_default()
    }

    /// Of conversations, in `traces.jsonl`: what the agent did for its answers, in order, such as `tool:lookup_order`.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        let said = self.conversation_history.iter();
        said.flat_map(|said| said.actions.iter().map(String::as_str))
    }
}

fn typed<T: DeserializeOwned>(json: Option<&RawValue>) -> serde_json::Result<T> {
    serde_json::from_str(json.map_or("null", RawValue::get))
}

fn shown(json: Option<&RawValue>) -> Cow<'_, str> {
    let Some(json) = json else {
        return Cow::Borrowed("");
    };
    match serde_json::from_str(json.get()) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(json.get()),
    }
}

/// An `error` of a run or an observation. Any part may be missing.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct RecordedFailure {
    /// `agent_error`, `panic`, `timeout` … ; absent on observations whose error is all that is known.
    #[serde(default, deserialize_with = "lenient")]
    pub kind: Option<String>,
    /// In a sentence, or several lines.
    #[serde(default, deserialize_with = "text")]
    pub message: String,
    /// The error's source chain, outermost first.
    #[serde(default, deserialize_with = "lenient")]
    pub causes: Vec<String>,
    /// Whether it was worth a retry.
    #[serde(default, deserialize_with = "lenient")]
    pub transient: bool,
    /// Where it panicked.
    #[serde(default, deserialize_with = "lenient")]
    pub file: Option<String>,
    /// Where it panicked, from 1.
    #[serde(default, deserialize_with = "lenient")]
    pub line: Option<u32>,
    /// The signal that ended its process.
    #[serde(default, deserialize_with = "lenient")]
    pub signal: Option<i32>,
    /// The code that its process exited with.
    #[serde(default, deserialize_with = "lenient")]
    pub exit_code: Option<i32>,
    /// Of an observation: it ended in a panic.
    #[serde(default, deserialize_with = "lenient")]
    pub panic: bool,
}

/// A check of a run. Any part may be missing.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct RecordedCheck {
    /// The key under `expect`, or the name of a check that is written in Rust.
    #[serde(default, deserialize_with = "text")]
    pub check: String,
    /// `passed`, `failed` or `not_judged`.
    #[serde(default, deserialize_with = "text")]
    pub result: String,
    /// What was expected and found, or why it could not be judged.
    #[serde(default, deserialize_with = "text")]
    pub message: String,
}

/// Tokens, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RecordedUsage {
    /// Read by the model.
    #[serde(default, deserialize_with = "lenient")]
    pub input_tokens: Option<u64>,
    /// Written by the model.
    #[serde(default, deserialize_with = "lenient")]
    pub output_tokens: Option<u64>,
    /// Both.
    #[serde(default, deserialize_with = "lenient")]
    pub total_tokens: Option<u64>,
    /// Of those read: how many the provider had from earlier.
    #[serde(default, deserialize_with = "lenient")]
    pub cached_tokens: Option<u64>,
    /// Of those read: how many the provider has put aside for later.
    #[serde(default, deserialize_with = "lenient")]
    pub cache_creation_tokens: Option<u64>,
    /// Of those written: how many were thoughts.
    #[serde(default, deserialize_with = "lenient")]
    pub reasoning_tokens: Option<u64>,
}

impl RecordedUsage {
    /// All tokens: as recorded, else the sum of what is known; absent when nothing is.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        let sum = || match (self.input_tokens, self.output_tokens) {
            (None, None) => None,
            (input, output) => Some(
                input
                    .unwrap_or_default()
                    .saturating_add(output.unwrap_or_default()),
            ),
        };
        self.total_tokens.or_else(sum)
    }
}

/// A message of a conversation.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct Said {
    /// From 1.
    #[serde(default, deserialize_with = "lenient")]
    pub turn: u32,
    /// `user` or `assistant`.
    #[serde(default, deserialize_with = "text")]
    pub role: String,
    /// What was said; JSON where it is no text.
    #[serde(default, deserialize_with = "text")]
    pub content: String,
    /// `input`, `agent` or `supervisor`.
    #[serde(default, deserialize_with = "lenient")]
    pub source: Option<String>,
    /// What the user said when it was over.
    #[serde(default, deserialize_with = "lenient")]
    pub closing: bool,
    /// Of the assistant: what was done for the answer, such as `tool:lookup_order`.
    #[serde(default, deserialize_with = "lenient")]
    pub actions: Vec<String>,
}

/// Who played the user of a conversation.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct RecordedSupervisor {
    /// `openai`, `anthropic`, `mock`.
    #[serde(default, deserialize_with = "text")]
    pub provider: String,
    /// Where it is known.
    #[serde(default, deserialize_with = "lenient")]
    pub model: Option<String>,
    /// Tokens of its decisions, where they are known.
    #[serde(default, deserialize_with = "lenient")]
    pub token_usage: Option<RecordedUsage>,
}
