use super::{
    super::{Decision, DecisionRequest, Prompt, Step, SupervisorFailure, reply},
    Answered, DECISION, HttpSettings, Model, Provider, Question, SettingsError,
};

/// Asks a model what the simulated user does next. Any number of conversations may ask at the same time.
#[derive(Debug)]
pub struct HttpSupervisor {
    model: Model,
}

impl HttpSupervisor {
    /// Sets up the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When the base URL is no HTTP address, when the key cannot be sent in a header, or when the system has no
    /// certificates to trust.
    pub fn new(settings: HttpSettings) -> Result<Self, SettingsError> {
        let model = Model::new(settings)?;
        Ok(Self { model })
    }

    /// Whose API is spoken.
    #[must_use]
    pub fn provider(&self) -> Provider {
        self.model.settings().provider
    }

    /// The model that decides.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model.settings().model
    }

    /// What the model is asked. The same request gives the same prompt.
    #[must_use]
    pub fn prompt(&self, request: &DecisionRequest<'_>) -> Prompt {
        self.model.redacted(&self.model.settings().prompt(request))
    }

    /// Asks the model; once more, with the reason, if its reply cannot be used.
    ///
    /// # Errors
    ///
    /// When the provider gave no answer, or no decision twice.
    pub async fn decide(
        &self,
        request: &DecisionRequest<'_>,
    ) -> Result<Decision, SupervisorFailure> {
        let question = Question {
            prompt: self.prompt(request),
            form: &DECISION,
            seed: seed(request),
        };
        let read = |reply: &str| reply::read(reply, request);
        Ok(self.model.put(question, read).await?.into())
    }
}

/// Of the jitter in the pauses of a request.
pub(in super::super) fn seed(request: &DecisionRequest<'_>) -> u64 {
    request.case.seed ^ u64::from(request.turn)
}

impl From<Answered<Step>> for Decision {
    fn from(answered: Answered<Step>) -> Self {
        Self {
            step: answered.value,
            usage: answered.usage,
            attempts: answered.attempts,
            latency: answered.latency,
            prompt: Some(answered.prompt),
            reply: Some(answered.reply),
        }
    }
}
