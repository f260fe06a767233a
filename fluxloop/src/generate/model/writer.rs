use crate::{
    config::Config,
    supervisor::{Answerer, SupervisorError},
};

/// A model that writes inputs, or a cassette with what one wrote.
#[derive(Debug)]
pub struct InputWriter {
    pub(super) answerer: Answerer,
    provider: &'static str,
    model: String,
}

impl InputWriter {
    /// The one that a configuration names. Nothing is sent or written.
    ///
    /// # Errors
    ///
    /// Without a key where one is needed, with settings that are of no use, or when the cassette to play cannot be read.
    pub fn new(config: &Config) -> Result<Self, SupervisorError> {
        let settings = &config.generation.model;
        // Of pauses between attempts only.
        let answerer = Answerer::new(settings, config, config.seed.unwrap_or(0))?;
        Ok(Self {
            answerer,
            provider: settings.provider.name(),
            model: settings.model.clone(),
        })
    }

    /// Makes sure that what is to be recorded can be. To be called before anything is asked.
    ///
    /// # Errors
    ///
    /// When the cassette cannot be written, or something else records to it.
    pub fn open(&self) -> Result<(), SupervisorError> {
        self.answerer.open()
    }

    /// Whose API is spoken: `openai`.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        self.provider
    }

    /// The model, as the provider calls it.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }
}
