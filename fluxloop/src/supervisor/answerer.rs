use std::fmt;

use super::{
    HttpSettings, SupervisorError, SupervisorFailure,
    cassette::{Moment, RecordedModel},
    http::{Answered, Model, Question},
};
use crate::config::{Config, ModelSettings};

/// Whoever answers questions: a model, or a cassette with what one said.
#[derive(Debug)]
pub(crate) struct Answerer(Source);

#[derive(Debug)]
enum Source {
    Model(Box<Model>),
    Recorded(Box<RecordedModel>),
}

impl Answerer {
    /// Nothing is sent or written.
    pub(crate) fn new(
        settings: &ModelSettings,
        config: &Config,
        seed: u64,
    ) -> Result<Self, SupervisorError> {
        let http = HttpSettings::of(settings, seed);
        if let Some(cassette) = &settings.cassette {
            let model = RecordedModel::new(http, settings, cassette, config)?;
            return Ok(Self(Source::Recorded(Box::new(model))));
        }
        if let Some(missing) = &settings.missing_key {
            return Err(SupervisorError::new(missing.clone()));
        }
        let model = Model::new(http).map_err(|error| SupervisorError::new(error.to_string()))?;
        Ok(Self(Source::Model(Box::new(model))))
    }

    /// Makes sure that what is to be recorded can be.
    pub(crate) fn open(&self) -> Result<(), SupervisorError> {
        match &self.0 {
            Source::Model(_) => Ok(()),
            Source::Recorded(model) => Ok(model.open()?),
        }
    }

    /// Asks; once more, with the reason, if what was replied cannot be read.
    pub(crate) async fn put<T, F: fmt::Display>(
        &self,
        moment: Moment<'_>,
        question: Question,
        read: impl Fn(&str) -> Result<T, F>,
    ) -> Result<Answered<T>, SupervisorFailure> {
        match &self.0 {
            Source::Model(model) => model.put(question, read).await,
            Source::Recorded(model) => model.put(moment, question, read).await,
        }
    }
}
