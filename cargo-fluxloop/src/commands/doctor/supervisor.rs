use fluxloop::config::{Config, LoadRequest, ModelSettings, SupervisorSettings};

use super::{super::inspection::Inspection, failed, model::Model};
use crate::terminal::{Check, Health};

const NAME: &str = "supervisor";

/// Who plays the user of conversations, and whether there is a key for it. The key itself is never told.
pub(super) fn check(config: &Config, inspection: &Inspection, request: &LoadRequest) -> Check {
    let conversations = &config.multi_turn;
    let (health, mut message, fix) = match &conversations.supervisor {
        SupervisorSettings::Mock(mock) => {
            let questions = match mock.scripted_questions.len() {
                0 => "no scripted question: its decision is always the same".to_owned(),
                1 => "1 scripted question".to_owned(),
                several => format!("{several} scripted questions"),
            };
            (Health::Ok, format!("mock, {questions}"), None)
        }
        SupervisorSettings::Model(model) => of_model(model, request),
        _ => (
            Health::Info,
            "of a kind that is not known here".to_owned(),
            None,
        ),
    };
    if !conversations.enabled {
        message = format!("not needed: conversations are off ({message})");
        return Check::new(NAME, Health::Ok, message);
    }
    if let Some(Err(error)) = &inspection.supervisor {
        return failed(NAME, &error.clone().into());
    }
    let check = Check::new(NAME, health, message);
    match fix {
        Some(fix) => check.with_fix(fix),
        None => check,
    }
}

fn of_model(model: &ModelSettings, request: &LoadRequest) -> (Health, String, Option<String>) {
    let model = Model::of(model, request);
    let health = match (model.lacks_key(), model.is_mute()) {
        (_, true) => Health::Fail,
        (true, false) => Health::Warn,
        (false, false) => Health::Ok,
    };
    let instead = "play a script with `multi_turn.supervisor.provider: mock`";
    let fix = model.lacks_key().then(|| model.fix(instead));
    (health, model.message(), fix)
}
