//! The supervisor: plays the simulated user of a conversation, and decides when it is over.

#[cfg(feature = "llm")]
mod answerer;
#[cfg(feature = "llm")]
mod cassette;
mod decision;
#[cfg(feature = "llm")]
pub(crate) mod excerpt;
#[cfg(feature = "llm")]
mod form;
#[cfg(feature = "llm")]
mod http;
mod mock;
#[cfg(feature = "llm")]
mod prompt;
#[cfg(feature = "llm")]
mod reply;

#[cfg(feature = "llm")]
pub use cassette::RecordedSupervisor;
pub use decision::{Decision, DecisionRequest, Said, Speaker, Step, SupervisorFailure, TokenUsage};
#[cfg(feature = "llm")]
pub use http::{HttpSettings, HttpSupervisor, Provider, SettingsError};
pub use mock::{MockDecision, MockSupervisor};
#[cfg(feature = "llm")]
pub use prompt::Prompt;

// For other questions to models than how a conversation goes on.
#[cfg(feature = "llm")]
pub(crate) use {
    answerer::Answerer,
    cassette::Moment,
    form::Form,
    http::Question,
    prompt::{described, quoted, section},
};

use crate::config::{Config, ModelSettings, SupervisorSettings};

/// A supervisor that cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SupervisorError {
    message: String,
    hint: Option<&'static str>,
}

impl SupervisorError {
    fn new(message: String) -> Self {
        Self {
            message,
            hint: None,
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        self.hint
    }
}

#[cfg(feature = "llm")]
impl From<cassette::CassetteError> for SupervisorError {
    fn from(error: cassette::CassetteError) -> Self {
        Self {
            message: error.to_string(),
            hint: Some(error.hint()),
        }
    }
}

/// Whoever supervises.
#[derive(Debug)]
#[non_exhaustive]
pub enum Supervisor {
    /// Plays a script.
    Mock(MockSupervisor),
    /// Asks a model.
    #[cfg(feature = "llm")]
    Http(Box<HttpSupervisor>),
    /// Plays what a model said, or records it.
    #[cfg(feature = "llm")]
    Recorded(Box<RecordedSupervisor>),
}

impl Supervisor {
    /// Who plays the user under this configuration; nobody where inputs are single turns.
    ///
    /// # Errors
    ///
    /// When the settings of a model are of no use, or this build has no client to ask one (feature `llm`).
    pub fn new(config: &Config, seed: u64) -> Result<Option<Self>, SupervisorError> {
        if !config.multi_turn.enabled {
            return Ok(None);
        }
        match &config.multi_turn.supervisor {
            SupervisorSettings::Mock(mock) => Ok(Some(Self::Mock(mock.clone()))),
            SupervisorSettings::Model(settings) => Self::asking(config, settings, seed).map(Some),
        }
    }

    #[cfg(feature = "llm")]
    fn asking(
        config: &Config,
        settings: &ModelSettings,
        seed: u64,
    ) -> Result<Self, SupervisorError> {
        let mut http = HttpSettings::of(settings, seed);
        http.system_prompt.clone_from(&settings.system_prompt);
        let context = config
            .metadata
            .get("service_context")
            .and_then(serde_json::Value::as_str);
        http.service_context = context.map(|context| config.secrets.redact(context).into_owned());
        if let Some(cassette) = &settings.cassette {
            let supervisor = RecordedSupervisor::new(http, settings, cassette, config)?;
            return Ok(Self::Recorded(Box::new(supervisor)));
        }
        let supervisor =
            HttpSupervisor::new(http).map_err(|error| SupervisorError::new(error.to_string()))?;
        Ok(Self::Http(Box::new(supervisor)))
    }

    #[cfg(not(feature = "llm"))]
    fn asking(_: &Config, settings: &ModelSettings, _: u64) -> Result<Self, SupervisorError> {
        Err(SupervisorError::new(format!(
            "this build cannot ask {}: fluxloop was built without its feature `llm`",
            settings.provider.name()
        )))
    }

    /// Makes sure that what is to be recorded can be. To be called before the first run; what is not called for opens by
    /// itself at the first decision.
    ///
    /// # Errors
    ///
    /// When the cassette cannot be written, or another experiment records to it.
    pub fn open(&self) -> Result<(), SupervisorError> {
        match self {
            #[cfg(feature = "llm")]
            Self::Recorded(recorded) => Ok(recorded.open()?),
            _ => Ok(()),
        }
    }

    /// What rows call `supervisor.provider`.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        match self {
            Self::Mock(_) => "mock",
            #[cfg(feature = "llm")]
            Self::Http(http) => http.provider().name(),
            #[cfg(feature = "llm")]
            Self::Recorded(recorded) => recorded.provider().name(),
        }
    }

    /// The model that decides, where one does.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        match self {
            Self::Mock(_) => None,
            #[cfg(feature = "llm")]
            Self::Http(http) => Some(http.model()),
            #[cfg(feature = "llm")]
            Self::Recorded(recorded) => Some(recorded.model()),
        }
    }

    /// Decides how a conversation goes on after a turn.
    ///
    /// # Errors
    ///
    /// When there is no decision to be had: never the agent's fault.
    #[cfg_attr(
        not(feature = "llm"),
        expect(
            clippy::unused_async,
            reason = "supervisors that ask a model are reached over the network"
        )
    )]
    pub async fn decide(
        &self,
        request: &DecisionRequest<'_>,
    ) -> Result<Decision, SupervisorFailure> {
        match self {
            Self::Mock(mock) => Ok(mock.decide(request)),
            #[cfg(feature = "llm")]
            Self::Http(http) => http.decide(request).await,
            #[cfg(feature = "llm")]
            Self::Recorded(recorded) => recorded.decide(request).await,
        }
    }
}
