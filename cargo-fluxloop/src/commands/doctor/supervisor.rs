use fluxloop::config::{
    CassetteMode, CassetteSettings, Config, LoadRequest, ModelSettings, SupervisorSettings,
    shown_address,
};

use super::{super::inspection::Inspection, failed, project::shown};
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
    let provider = model.provider;
    let own_address = provider.default_base_url();
    let address = model.base_url.as_deref().unwrap_or(own_address);
    let is_own = address == own_address;
    let cassette = model.cassette.as_ref();
    let cassette = cassette.map(|cassette| format!(", {}", of_cassette(cassette, request)));
    let message = format!(
        "{}, model {}, {}{}",
        provider.name(),
        model.model,
        shown_address(address),
        cassette.unwrap_or_default()
    );
    let replays = model
        .cassette
        .as_ref()
        .is_some_and(|cassette| cassette.mode == CassetteMode::Replay);
    if let Some(source) = &model.api_key_source {
        return (Health::Ok, format!("{message}, key from {source}"), None);
    }
    if replays || !is_own {
        return (
            Health::Ok,
            format!("{message}, no key, and none is needed"),
            None,
        );
    }
    let variable = provider.key_variable();
    let fix = format!(
        "set {variable} in the environment or in .env, or play a script with `multi_turn.supervisor.provider: mock`"
    );
    let needed = match &model.cassette {
        Some(_) => Health::Warn,
        None => Health::Fail,
    };
    (needed, format!("{message}, no key"), Some(fix))
}

fn of_cassette(cassette: &CassetteSettings, request: &LoadRequest) -> String {
    let is_there = if cassette.file.is_file() {
        ""
    } else {
        ", not there yet"
    };
    format!(
        "cassette {} ({}{is_there})",
        shown(&cassette.file, request),
        cassette.mode.name()
    )
}
