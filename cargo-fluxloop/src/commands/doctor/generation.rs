use fluxloop::{
    config::{Config, GenerationMode, LoadRequest},
    generate::InputWriter,
};

use super::{failed, model::Model};
use crate::terminal::{Check, Health};

const NAME: &str = "generation";

/// The model that writes inputs, where one does. A run needs none, so that nothing of it is a failure.
pub(super) fn check(config: &Config, request: &LoadRequest) -> Option<Check> {
    if config.generation.mode == GenerationMode::Deterministic {
        return None;
    }
    let model = Model::of(&config.generation.model, request);
    if model.lacks_key() {
        let check = Check::new(NAME, Health::Warn, model.message());
        let instead = "generate by rules with `input_generation.mode: deterministic`";
        return Some(check.with_fix(model.fix(instead)));
    }
    if let Err(error) = InputWriter::new(config) {
        let mut check = failed(NAME, &error.into());
        check.status = Health::Warn;
        return Some(check);
    }
    Some(Check::new(NAME, Health::Ok, model.message()))
}
