//! The supervisor: plays the simulated user of a conversation, and decides when it is over.

mod decision;
mod mock;

pub use decision::{Decision, DecisionRequest, Said, Speaker, Step, SupervisorFailure, TokenUsage};
pub use mock::{MockDecision, MockSupervisor};

use crate::config::{MultiTurn, SupervisorSettings};

/// Whoever supervises.
#[derive(Debug)]
#[non_exhaustive]
pub enum Supervisor {
    /// Plays a script.
    Mock(MockSupervisor),
}

impl Supervisor {
    /// Who plays the user under this configuration; nobody where inputs are single turns.
    #[must_use]
    pub fn new(config: &MultiTurn) -> Option<Self> {
        match &config.supervisor {
            SupervisorSettings::Mock(mock) if config.enabled => Some(Self::Mock(mock.clone())),
            SupervisorSettings::Mock(_) | SupervisorSettings::None => None,
        }
    }

    /// What rows call `supervisor.provider`.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        match self {
            Self::Mock(_) => "mock",
        }
    }

    /// The model that decides, where one does.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        match self {
            Self::Mock(_) => None,
        }
    }

    /// Decides how a conversation goes on after a turn.
    ///
    /// # Errors
    ///
    /// When there is no decision to be had: never the agent's fault.
    #[expect(
        clippy::unused_async,
        reason = "supervisors that ask a model are reached over the network"
    )]
    pub async fn decide(
        &self,
        request: &DecisionRequest<'_>,
    ) -> Result<Decision, SupervisorFailure> {
        match self {
            Self::Mock(mock) => Ok(mock.decide(request)),
        }
    }
}
