//! The supervisor: plays the simulated user of a conversation, and decides when it is over.

mod decision;
#[cfg(feature = "llm")]
mod excerpt;
#[cfg(feature = "llm")]
mod http;
mod mock;
#[cfg(feature = "llm")]
mod prompt;
#[cfg(feature = "llm")]
mod reply;

pub use decision::{Decision, DecisionRequest, Said, Speaker, Step, SupervisorFailure, TokenUsage};
#[cfg(feature = "llm")]
pub use http::{HttpSettings, HttpSupervisor, Provider, SettingsError};
pub use mock::{MockDecision, MockSupervisor};
#[cfg(feature = "llm")]
pub use prompt::Prompt;

/// Whoever supervises.
#[derive(Debug)]
#[non_exhaustive]
pub enum Supervisor {
    /// Plays a script.
    Mock(MockSupervisor),
    /// Asks a model.
    #[cfg(feature = "llm")]
    Http(Box<HttpSupervisor>),
}

impl Supervisor {
    /// What rows call `supervisor.provider`.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        match self {
            Self::Mock(_) => "mock",
            #[cfg(feature = "llm")]
            Self::Http(http) => http.provider().name(),
        }
    }

    /// The model that decides, where one does.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        match self {
            Self::Mock(_) => None,
            #[cfg(feature = "llm")]
            Self::Http(http) => Some(http.model()),
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
        }
    }
}
