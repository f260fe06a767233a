use std::{fmt, path::PathBuf, time::Duration};

use crate::config::ValueSource;

/// A model that plays the user, or writes inputs.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ModelSettings {
    /// Whose API is spoken.
    pub provider: ModelProvider,
    /// The model, as the provider calls it.
    pub model: String,
    /// The sampling temperature, 0 to 2; the provider's default where none is set.
    pub temperature: Option<f64>,
    /// Takes the place of the default guidance.
    pub system_prompt: Option<String>,
    /// Sent with every request.
    pub api_key: Option<String>,
    /// Where the key was found.
    pub api_key_source: Option<ValueSource>,
    /// The address of the API; the provider's own where none is set.
    pub base_url: Option<String>,
    /// Where the address was found.
    pub base_url_source: Option<ValueSource>,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How often a request is tried again after a failure that may pass.
    pub max_retries: u32,
    /// Where its answers are recorded.
    pub cassette: Option<CassetteSettings>,
    /// That its provider wants a key and there is none, in a sentence. Only where it may turn out that nobody need be
    /// asked: else it is an error of the configuration.
    pub missing_key: Option<String>,
}

/// A file of answers, which is played or recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CassetteSettings {
    /// Absolute.
    pub file: PathBuf,
    /// Which of the two.
    pub mode: CassetteMode,
}

/// What is done with a cassette.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CassetteMode {
    /// It is played, and nobody is asked: without network and key.
    #[default]
    Replay,
    /// The model is asked everything, and the cassette is made anew.
    Record,
    /// What is there is played; the rest is asked and added.
    Auto,
}

impl CassetteMode {
    /// What configurations call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Record => "record",
            Self::Auto => "auto",
        }
    }
}

impl fmt::Debug for ModelSettings {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelSettings")
            .field("provider", &self.provider)
            .field("model", &self.model)
            .field("base_url", &self.base_url)
            .field("cassette", &self.cassette)
            .finish_non_exhaustive()
    }
}

/// Whose API a supervisor's model is reached by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelProvider {
    /// `OpenAI`'s Chat Completions; Ollama, vLLM and many others speak it too.
    OpenAi,
    /// Anthropic's Messages.
    Anthropic,
}

impl ModelProvider {
    /// What configurations and rows call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
        }
    }

    /// The provider's own address. `OpenAI`'s ends in `/v1`, Anthropic's does not, as their own clients have it.
    #[must_use]
    pub fn default_base_url(self) -> &'static str {
        match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Anthropic => "https://api.anthropic.com",
        }
    }

    /// The variable that the provider's own clients read a key from.
    #[must_use]
    pub fn key_variable(self) -> &'static str {
        match self {
            Self::OpenAi => "OPENAI_API_KEY",
            Self::Anthropic => "ANTHROPIC_API_KEY",
        }
    }

    /// The model that is asked unless another is configured.
    #[must_use]
    pub fn default_model(self) -> &'static str {
        match self {
            Self::OpenAi => "gpt-4o",
            Self::Anthropic => "claude-3-5-sonnet-latest",
        }
    }
}
