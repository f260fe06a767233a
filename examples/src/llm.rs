//! An agent on a real language model, at any address that speaks the Chat Completions API: `api.openai.com`, a
//! gateway, llama.cpp, Ollama, vLLM.
//!
//! It reads `OPENAI_BASE_URL` (the official address unless set), `OPENAI_API_KEY` (optional with another address) and
//! `OPENAI_MODEL`, from the environment or the project's `.env`. `configs/llm.yaml` is its experiment.
//!
//! [`reader`] is another one, which searches the documentation with a tool.

pub mod reader;
#[cfg(test)]
mod tests;

use std::{error::Error, fmt, fmt::Write as _, sync::Arc};

use fluxloop::Persona;
use rig_core::{
    completion::CompletionRequest,
    error::{ProviderError, transient_transport},
    http_client,
    providers::openai::{OpenAIConfig, wire::Auth},
};

use crate::{docs, env};

/// Passages of the documentation that the model is given.
const PASSAGES: usize = 5;
/// What the model is told first.
const ROLE: &str = "You answer questions about fluxloop, a tool that runs experiments on LLM agents written in Rust.";

/// Variables that do not describe a provider.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// Which model to ask is not said.
    #[error("OPENAI_MODEL is not set: expected the name of the model to ask")]
    NoModel,
    /// The official address without a key.
    #[error(
        "OPENAI_API_KEY is not set: expected a key, or OPENAI_BASE_URL with an address that needs none"
    )]
    NoKey,
    /// A value that is not Unicode.
    #[error("{name} is set to bytes that are no text")]
    NotText {
        /// The variable.
        name: &'static str,
    },
}

/// A model, and where to reach it.
#[derive(Clone, PartialEq, Eq)]
pub struct Provider {
    base_url: String,
    api_key: Option<String>,
    model: String,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("base_url", &self.base_url)
            .field("api_key", &self.api_key.as_ref().map(|_| "***"))
            .field("model", &self.model)
            .finish()
    }
}

impl Provider {
    /// A model at an address that ends before `/chat/completions`, usually with `/v1`.
    pub fn new(
        base_url: impl Into<String>,
        api_key: Option<String>,
        model: impl Into<String>,
    ) -> Self {
        Self {
            base_url: base_url.into(),
            api_key,
            model: model.into(),
        }
    }

    /// The same, for rig.
    fn config(&self) -> OpenAIConfig {
        // A key is sent if there is one: local servers want no `Authorization` at all.
        let mut config = OpenAIConfig::new(self.api_key.clone().unwrap_or_default())
            .with_base_url(&self.base_url);
        config.auth = Auth::OptionalBearer;
        config
    }
}

/// Why a model did not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// The provider could not be reached, or broke off.
    #[error("no reply from {address}")]
    NoReply {
        /// The provider's.
        address: String,
        /// What the connection died of.
        source: Arc<http_client::Error>,
    },
    /// It replied with something that is no answer.
    #[error("{address} gave no answer")]
    Provider {
        /// The provider's.
        address: String,
        /// Its status and words, or what is wrong with the reply.
        source: Box<ProviderError>,
    },
    /// It answered without a word.
    #[error("{address} answered without text")]
    NoText {
        /// The provider's.
        address: String,
    },
}

impl AskError {
    fn new(address: &str, error: ProviderError) -> Self {
        let address = address.to_owned();
        match error {
            ProviderError::Http(source) => Self::NoReply { address, source },
            other => Self::Provider {
                address,
                source: Box::new(other),
            },
        }
    }

    /// Whether the same question may be answered in a moment: connections that break, 408, 425, 429 and 5xx.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::NoReply { source, .. } => transient_transport(source),
            // A reply without an end is what the client makes of any JSON that is no completion, as from a wrong
            // address. One that really broke off is a failure of the connection.
            Self::Provider { source, .. } => {
                !matches!(**source, ProviderError::Truncated) && source.is_retryable()
            }
            Self::NoText { .. } => false,
        }
    }
}

/// Answers a question about fluxloop with a language model that is given what the documentation says.
///
/// # Errors
///
/// When the environment describes no provider, or the provider does not answer. What may pass is marked as transient.
#[fluxloop::agent]
pub async fn ask(
    question: String,
    ctx: &fluxloop::Context,
) -> Result<String, Box<dyn Error + Send + Sync>> {
    let provider = env::provider()?;
    match ask_model(&provider, &question, ctx.persona()).await {
        Ok(answer) => Ok(answer),
        Err(error) if error.is_transient() => Err(fluxloop::transient(error).into()),
        Err(error) => Err(error.into()),
    }
}

/// Asks a model as [`ask`] does, without an experiment around it.
///
/// # Errors
///
/// When the provider does not answer.
pub async fn ask_model(
    provider: &Provider,
    question: &str,
    persona: Option<&Persona>,
) -> Result<String, AskError> {
    let request = CompletionRequest::new(question).preamble(preamble(question, persona));
    let response = provider
        .config()
        .client()
        .chat(&provider.model)
        .call(request)
        .await
        .map_err(|error| AskError::new(&provider.base_url, error))?;
    let text = response.text();
    if text.trim().is_empty() {
        return Err(AskError::NoText {
            address: provider.base_url.clone(),
        });
    }
    Ok(text)
}

/// What the model is told before the question.
fn preamble(question: &str, persona: Option<&Persona>) -> String {
    let mut text = format!(
        "{ROLE} Answer from the documentation below only, and name the page. If it does not say, say so.\n"
    );
    if let Some(persona) = persona {
        describe(&mut text, persona);
    }
    text.push_str("\nDocumentation:\n");
    for passage in docs::excerpts(question, PASSAGES) {
        text.push('\n');
        text.push_str(&passage);
        text.push('\n');
    }
    text
}

fn describe(text: &mut String, persona: &Persona) {
    let mut line = |what: &str, said: &str| {
        if !said.is_empty() {
            writeln!(text, "- {what}: {said}").expect("writing to a string cannot fail");
        }
    };
    line("You talk to", &persona.name);
    line(
        "Who that is",
        persona.description.as_deref().unwrap_or_default(),
    );
    line("Their character", &persona.characteristics.join(", "));
    line("They want to", &persona.goals.join(", "));
    line("They will not accept", &persona.constraints.join(", "));
    line("Answer in this language (BCP 47)", &persona.language);
}
