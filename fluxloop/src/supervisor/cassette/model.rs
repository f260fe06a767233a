use std::fmt;

use super::{
    super::{
        HttpSettings, SupervisorError, SupervisorFailure,
        http::{Answered, Model, Question},
    },
    Moment,
    error::CassetteError,
    exchange::{self, Answer, Exchange},
    recording::{Asked, CassetteFile, Recording},
    tape::Tape,
};
use crate::{
    config::{CassetteMode, CassetteSettings, Config, ModelSettings, shown_path},
    secret::Secrets,
};

/// A cassette of what a model said, and the model where the cassette is to be recorded.
pub(in super::super) struct RecordedModel {
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
    model: Box<Model>,
    tape: Tape,
}

impl fmt::Debug for RecordedModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedModel")
            .field("provider", &self.settings.provider)
            .field("model", &self.settings.model)
            .field("file", &self.file.path)
            .finish_non_exhaustive()
    }
}

impl RecordedModel {
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
            None => match Model::new(settings.clone()) {
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

    pub(in super::super) fn settings(&self) -> &HttpSettings {
        &self.settings
    }

    /// Answers as it is recorded; else, where that is wanted, asks the model and records what it said.
    pub(in super::super) async fn put<T, F: fmt::Display>(
        &self,
        moment: Moment<'_>,
        question: Question,
        read: impl Fn(&str) -> Result<T, F>,
    ) -> Result<Answered<T>, SupervisorFailure> {
        let question = Question {
            prompt: question.prompt.redacted(&self.secrets),
            ..question
        };
        let (recording, rest) = match &self.source {
            Source::Model(live) => {
                return self.record(live, moment, question, read).await;
            }
            Source::Cassette(recording, rest) => (recording, rest),
        };
        let asked = Asked {
            moment,
            question: &self.recorded(&question),
            form: question.form,
        };
        let said = match recording.find(asked) {
            Ok(answer) => self.answered(answer, moment, &question, read),
            Err(miss) => match rest {
                Rest::Asked(live) => {
                    return self.record(live, moment, question, read).await;
                }
                Rest::Fails => {
                    let missing = recording.explain(miss, &self.file, asked);
                    Err(format!("{missing}; {}", how_to_record(&question)))
                }
                Rest::Unanswered(reason) => {
                    let missing = recording.explain(miss, &self.file, asked);
                    Err(format!("{missing}, and nobody can be asked: {reason}"))
                }
            },
        };
        said.map_err(|message| SupervisorFailure {
            prompt: Some(question.prompt.to_string().into()),
            ..SupervisorFailure::new(message)
        })
    }

    async fn record<T, F: fmt::Display>(
        &self,
        Live { model, tape }: &Live,
        moment: Moment<'_>,
        question: Question,
        read: impl Fn(&str) -> Result<T, F>,
    ) -> Result<Answered<T>, SupervisorFailure> {
        // Answers that cannot be kept are not paid for.
        if let Some(problem) = tape.problem() {
            let message = format!("the model was not asked, since {problem}");
            return Err(SupervisorFailure::new(message));
        }
        let asked = model.put(question.clone(), &read).await?;
        let answer = Answer::new(asked, &self.secrets);
        let exchange = Exchange::new(moment, self.recorded(&question), answer);
        let answered = self
            .answered(&exchange.answer, moment, &question, read)
            .map_err(SupervisorFailure::new)?;
        match tape.append(&exchange) {
            Ok(()) => Ok(answered),
            Err(problem) => Err(SupervisorFailure {
                usage: answered.usage,
                attempts: answered.attempts,
                latency: answered.latency,
                prompt: Some(answered.prompt.into()),
                reply: Some(answered.reply.into()),
                ..SupervisorFailure::new(format!(
                    "the {} was not recorded: {problem}",
                    question.form.noun
                ))
            }),
        }
    }

    /// A question as cassettes have it.
    fn recorded(&self, question: &Question) -> exchange::Question {
        exchange::Question::new(&self.settings, &question.prompt, question.form)
    }

    /// What an answer says: also one that was just given, so that it says the same when it is played.
    fn answered<T, F: fmt::Display>(
        &self,
        answer: &Answer,
        moment: Moment<'_>,
        question: &Question,
        read: impl Fn(&str) -> Result<T, F>,
    ) -> Result<Answered<T>, String> {
        let answered = answer.read(&question.prompt, question.form, read);
        answered.map_err(|fault| {
            let (turn, case, path) = (moment.turn, moment.case, &self.file.shown);
            let [at, unit] = question.form.moment;
            format!(
                "the answer {at} {unit} {turn} of `{case}` in the cassette `{path}` cannot be used: {fault}; {}",
                how_to_record(question)
            )
        })
    }
}

/// What to do about a question that has no answer.
fn how_to_record(question: &Question) -> String {
    format!("record it with `{}.mode: record`", question.form.cassette)
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
