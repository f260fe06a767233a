use super::{
    super::{
        Decision, DecisionRequest, HttpSettings, Provider, SupervisorError, SupervisorFailure,
        http::{DECISION, Question, seed},
        reply,
    },
    Moment, RecordedModel,
    error::CassetteError,
};
use crate::config::{CassetteSettings, Config, ModelSettings};

/// Answers from a cassette, and asks a model where the cassette is to be recorded.
#[derive(Debug)]
pub struct RecordedSupervisor {
    model: RecordedModel,
}

impl RecordedSupervisor {
    /// Reads what is recorded. Nothing is sent or written.
    pub(in super::super) fn new(
        settings: HttpSettings,
        model: &ModelSettings,
        cassette: &CassetteSettings,
        config: &Config,
    ) -> Result<Self, SupervisorError> {
        let model = RecordedModel::new(settings, model, cassette, config)?;
        Ok(Self { model })
    }

    /// Opens the cassette, where there may be something to record.
    pub(in super::super) fn open(&self) -> Result<(), CassetteError> {
        self.model.open()
    }

    /// Whose answers these are.
    #[must_use]
    pub fn provider(&self) -> Provider {
        self.model.settings().provider
    }

    /// The model whose answers these are.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model.settings().model
    }

    /// Decides as it is recorded; else, where that is wanted, asks the model and records the answer.
    ///
    /// # Errors
    ///
    /// When the answer is not recorded and nobody can be asked, when the model gave no decision, or when the answer could
    /// not be recorded.
    pub async fn decide(
        &self,
        request: &DecisionRequest<'_>,
    ) -> Result<Decision, SupervisorFailure> {
        let question = Question {
            prompt: self.model.settings().prompt(request),
            form: &DECISION,
            seed: seed(request),
        };
        let moment = Moment {
            case: &request.case.name,
            iteration: request.case.iteration,
            turn: request.turn,
        };
        let read = |reply: &str| reply::read(reply, request);
        Ok(self.model.put(moment, question, read).await?.into())
    }
}
