use std::fmt;

use super::{
    super::{
        Decision, DecisionRequest, HttpSettings, HttpSupervisor, Prompt, Provider, SupervisorError,
        SupervisorFailure,
    },
    error::CassetteError,
    exchange::{Answer, Exchange, Question},
    recording::{Asked, CassetteFile, Recording},
    tape::Tape,
};
use crate::{
    config::{CassetteMode, CassetteSettings, Config, ModelSettings, shown_path},
    secret::Secrets,
};

/// What to do about a question that has no answer.
const RECORD: &str = "record it with `multi_turn.supervisor.cassette.mode: record`";

/// Answers from a cassette, and asks a model where the cassette is to be recorded.
pub struct RecordedSupervisor {
    settings: HttpSettings,
    secrets: Secrets,
    file: CassetteFile,
    source: Source,
}

/// Where answers come from.
enum Source {
    /// All from the model.
    Model(Live),
    /// From the cassette, as far as they are there.
    Cassette(Recording, Rest),
}

/// What becomes of questions that have no answer in the cassette.
enum Rest {
    /// They fail.
    Fails,
    /// The model is asked.
    Asked(Live),
    /// It would be asked, if it could.
    Unanswered(String),
}

/// A model that is asked, and the cassette that its answers are added to.
struct Live {
    model: Box<HttpSupervisor>,
    tape: Tape,
}

impl fmt::Debug for RecordedSupervisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedSupervisor")
            .field("provider", &self.settings.provider)
            .field("model", &self.settings.model)
            .field("file", &self.file.path)
            .finish_non_exhaustive()
    }
}

impl RecordedSupervisor {
    /// Reads what is recorded. Nothing is sent or written.
    pub(in super::super) fn new(
        settings: HttpSettings,
        model: &ModelSettings,
        cassette: &CassetteSettings,
        config: &Config,
    ) -> Result<Self, SupervisorError> {
        let file = CassetteFile {
            path: cassette.file.clone(),
            shown: shown_path(&cassette.file, &config.shown_from),
        };
        let live = |kept| match &model.missing_key {
            Some(missing) => Err(missing.clone()),
            None => match HttpSupervisor::new(settings.clone()) {
                Ok(model) => Ok(Live {
                    model: Box::new(model),
                    tape: Tape::new(file.clone(), kept),
                }),
                Err(error) => Err(error.to_string()),
            },
        };
        let source = match cassette.mode {
            CassetteMode::Record => Source::Model(live(None).map_err(SupervisorError::new)?),
            CassetteMode::Replay => Source::Cassette(full(&file)?, Rest::Fails),
            CassetteMode::Auto => {
                let recording = as_far_as_there(&file)?;
                // What is missing is for the first question to say that has no answer.
                let rest = live(Some(recording.extent)).map_or_else(Rest::Unanswered, Rest::Asked);
                Source::Cassette(recording, rest)
            }
        };
        Ok(Self {
            secrets: config.secrets.clone(),
            settings,
            file,
            source,
        })
    }

    /// Opens the cassette, where there may be something to record.
    pub(in super::super) fn open(&self) -> Result<(), CassetteError> {
        match &self.source {
            Source::Model(live) | Source::Cassette(_, Rest::Asked(live)) => live.tape.open(),
            Source::Cassette(_, Rest::Fails | Rest::Unanswered(_)) => Ok(()),
        }
    }

    /// Whose answers these are.
    #[must_use]
    pub fn provider(&self) -> Provider {
        self.settings.provider
    }

    /// The model whose answers these are.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.settings.model
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
        let prompt = self.settings.prompt(request).redacted(&self.secrets);
        let question = Question::new(&self.settings, &prompt);
        let (recording, rest) = match &self.source {
            Source::Model(live) => return self.record(live, prompt, question, request).await,
            Source::Cassette(recording, rest) => (recording, rest),
        };
        let asked = Asked {
            case: &request.case.name,
            turn: request.turn,
            question: &question,
        };
        let said = match recording.find(asked) {
            Ok(answer) => self.decision(answer, &prompt, request),
            Err(miss) => match rest {
                Rest::Asked(live) => return self.record(live, prompt, question, request).await,
                Rest::Fails => {
                    let missing = recording.explain(miss, &self.file, asked);
                    Err(format!("{missing}; {RECORD}"))
                }
                Rest::Unanswered(reason) => {
                    let missing = recording.explain(miss, &self.file, asked);
                    Err(format!("{missing}, and nobody can be asked: {reason}"))
                }
            },
        };
        said.map_err(|message| SupervisorFailure {
            prompt: Some(prompt.to_string().into()),
            ..SupervisorFailure::new(message)
        })
    }

    async fn record(
        &self,
        Live { model, tape }: &Live,
        prompt: Prompt,
        question: Question,
        request: &DecisionRequest<'_>,
    ) -> Result<Decision, SupervisorFailure> {
        // Answers that cannot be kept are not paid for.
        if let Some(problem) = tape.problem() {
            let message = format!("the model was not asked, since {problem}");
            return Err(SupervisorFailure::new(message));
        }
        let asked = model.put(prompt.clone(), request).await?;
        let exchange = Exchange::new(request, question, Answer::new(asked, &self.secrets));
        let decision = self
            .decision(&exchange.answer, &prompt, request)
            .map_err(SupervisorFailure::new)?;
        match tape.append(&exchange) {
            Ok(()) => Ok(decision),
            Err(problem) => Err(SupervisorFailure {
                usage: decision.usage,
                attempts: decision.attempts,
                latency: decision.latency,
                prompt: decision.prompt.map(Into::into),
                reply: decision.reply.map(Into::into),
                ..SupervisorFailure::new(format!("the decision was not recorded: {problem}"))
            }),
        }
    }

    /// What an answer says: also one that was just given, so that it says the same when it is played.
    fn decision(
        &self,
        answer: &Answer,
        prompt: &Prompt,
        request: &DecisionRequest<'_>,
    ) -> Result<Decision, String> {
        answer.decision(prompt, request).map_err(|fault| {
            let (turn, case, path) = (request.turn, &request.case.name, &self.file.shown);
            format!(
                "the answer after turn {turn} of `{case}` in the cassette `{path}` cannot be used: {fault}; {RECORD}"
            )
        })
    }
}

/// A recording that must be there.
fn full(file: &CassetteFile) -> Result<Recording, CassetteError> {
    let recording = Recording::read(file)?;
    if recording.is_empty() {
        return Err(CassetteError::Empty(file.shown.clone()));
    }
    Ok(recording)
}

/// A recording that may have to be begun.
fn as_far_as_there(file: &CassetteFile) -> Result<Recording, CassetteError> {
    match Recording::read(file) {
        Err(CassetteError::NotFound(_)) => Ok(Recording::default()),
        read => read,
    }
}
