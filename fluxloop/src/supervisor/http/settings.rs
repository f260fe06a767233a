use std::time::Duration;

use secrecy::SecretString;

use super::super::{
    DecisionRequest, Prompt,
    prompt::{AnswerForm, PromptSettings},
};
pub use crate::config::ModelProvider as Provider;
use crate::config::ModelSettings;

/// Whom to ask, and how. Made by [`HttpSettings::new`]; its fields are public.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HttpSettings {
    /// Whose API is spoken.
    pub provider: Provider,
    /// Where; a slash at the end does not matter.
    pub base_url: String,
    /// The model, as the provider calls it.
    pub model: String,
    /// The sampling temperature; absent, the provider's default.
    pub temperature: Option<f64>,
    /// Sent with every request; absent, none is.
    pub api_key: Option<SecretString>,
    /// How long one attempt may take, from connecting to the last byte.
    pub timeout: Duration,
    /// How often a request is tried again after a failure that may pass.
    pub max_retries: u32,
    /// The pause before the first of them; each further one is twice as long, up to 30 seconds.
    pub first_pause: Duration,
    /// Replaces the default guidance of the prompt.
    pub system_prompt: Option<String>,
    /// What the service is that the user talks to.
    pub service_context: Option<String>,
    /// Of the jitter in the pauses between attempts.
    pub seed: u64,
}

impl HttpSettings {
    /// A model at the provider's own address: 60 seconds an attempt, 5 retries, nothing else set.
    #[must_use]
    pub fn new(provider: Provider, model: impl Into<String>) -> Self {
        Self {
            provider,
            base_url: provider.default_base_url().to_owned(),
            model: model.into(),
            temperature: None,
            api_key: None,
            timeout: Duration::from_mins(1),
            max_retries: 5,
            first_pause: Duration::from_millis(500),
            system_prompt: None,
            service_context: None,
            seed: 0,
        }
    }

    /// As a configuration has it.
    pub(in super::super) fn of(settings: &ModelSettings, seed: u64) -> Self {
        let mut http = Self::new(settings.provider, &settings.model);
        if let Some(base_url) = &settings.base_url {
            http.base_url.clone_from(base_url);
        }
        http.temperature = settings.temperature;
        http.api_key = settings.api_key.clone().map(Into::into);
        http.timeout = settings.timeout;
        http.max_retries = settings.max_retries;
        http.seed = seed;
        http
    }

    /// What the model is asked, secrets not masked.
    pub(in super::super) fn prompt(&self, request: &DecisionRequest<'_>) -> Prompt {
        let settings = PromptSettings {
            guidance: self.system_prompt.as_deref(),
            service_context: self.service_context.as_deref(),
            form: match self.provider {
                Provider::OpenAi => AnswerForm::Json,
                Provider::Anthropic => AnswerForm::Tool,
            },
        };
        Prompt::new(settings, request)
    }
}

/// Settings that no supervisor can be made of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The base URL is no HTTP address.
    #[error(
        "expected an address such as `{example}` as the supervisor's base URL, found `{found}`: {problem}"
    )]
    BaseUrl {
        /// What was given.
        found: String,
        /// What is wrong with it.
        problem: String,
        /// One that would do.
        example: &'static str,
    },
    /// The base URL holds a user name or a password.
    #[error(
        "expected a base URL of the supervisor without user name and password: a key belongs into `api_key`"
    )]
    Credentials,
    /// The key cannot be sent.
    #[error(
        "the supervisor's API key holds characters that no header may hold, such as a line break"
    )]
    Key,
    /// The client cannot be made.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}
