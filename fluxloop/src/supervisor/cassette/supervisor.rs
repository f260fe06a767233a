use std::fmt;

use super::{
    super::{
        Decision, DecisionRequest, HttpSettings, HttpSupervisor, Prompt, Provider,
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
    /// Nothing, where all is recorded anew.
    recording: Option<Recording>,
    live: Option<Live>,
}

/// Whoever gives answers that are not recorded.
struct Live {
    /// Or why nobody can be asked.
    model: Result<Box<HttpSupervisor>, String>,
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
    ) -> Result<Self, super::super::SupervisorError> {
        let file = CassetteFile {
            path: cassette.file.clone(),
            shown: shown_path(&cassette.file, &config.shown_from),
        };
        let recording = match cassette.mode {
            CassetteMode::Record => None,
            CassetteMode::Replay => Some(full(&file)?),
            CassetteMode::Auto => Some(as_far_as_there(&file)?),
        };
        let live = || match &model.missing_key {
            Some(missing) => Err(missing.clone()),
            None => HttpSupervisor::new(settings.clone())
                .map(Box::new)
                .map_err(|error| error.to_string()),
        };
        let live = match cassette.mode {
            CassetteMode::Replay => None,
            // What it lacks is for the first question to say that has no answer.
            CassetteMode::Auto => Some(live()),
            CassetteMode::Record => Some(Ok(live().map_err(super::super::SupervisorError::new)?)),
        };
        let kept = recording.as_ref().map(|recording| recording.extent);
        let live = live.map(|model| Live {
            model,
            tape: Tape::new(file.clone(), kept),
        });
        Ok(Self {
            secrets: config.secrets.clone(),
            settings,
            file,
            recording,
            live,
        })
    }

    /// Opens the cassette, where there may be something to record.
    pub(in super::super) fn open(&self) -> Result<(), CassetteError> {
        self.live.as_ref().map_or(Ok(()), |live| live.tape.open())
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
        let missing = match &self.recording {
            None => None,
            Some(recording) => {
                match recording.find(&request.case.name, request.turn, &question.digest()) {
                    Ok(answer) => return self.decision(answer, &prompt, request),
                    Err(miss) => Some((recording, miss)),
                }
            }
        };
        let why = || {
            missing.map_or_else(String::new, |(recording, miss)| {
                let asked = Asked {
                    case: &request.case.name,
                    turn: request.turn,
                    question: &question,
                };
                recording.explain(miss, &self.file, asked)
            })
        };
        match &self.live {
            None => Err(SupervisorFailure::new(format!("{}; {RECORD}", why()))),
            Some(Live {
                model: Err(reason), ..
            }) => {
                let message = format!("{}, and nobody can be asked: {reason}", why());
                Err(SupervisorFailure::new(message))
            }
            Some(Live {
                model: Ok(model),
                tape,
            }) => self.record((model, tape), prompt, question, request).await,
        }
    }

    async fn record(
        &self,
        (model, tape): (&HttpSupervisor, &Tape),
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
        let decision = self.decision(&exchange.answer, &prompt, request)?;
        match tape.append(&exchange) {
            Ok(()) => Ok(decision),
            Err(problem) => Err(SupervisorFailure {
                usage: decision.usage,
                attempts: decision.attempts,
                latency: decision.latency,
                prompt: decision.prompt,
                reply: decision.reply,
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
    ) -> Result<Decision, SupervisorFailure> {
        answer.decision(prompt, request).map_err(|fault| {
            let (turn, case, path) = (request.turn, &request.case.name, &self.file.shown);
            SupervisorFailure::new(format!(
                "the answer after turn {turn} of `{case}` in the cassette `{path}` cannot be used: {fault}; {RECORD}"
            ))
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
