//! The conversation that supervisors are asked about.

use std::{sync::Arc, time::Duration};

use fluxloop::{
    plan::{Case, PlannedInput},
    supervisor::{
        Decision, DecisionRequest, HttpSettings, HttpSupervisor, Provider, Said, Speaker, Step,
        SupervisorFailure,
    },
};
use serde_json::{Value, json, value::to_raw_value};

use crate::server::Server;

pub(crate) const KEY: &str = "sk-test-1234567890abcdef";

/// Of a server on this machine, quick to try again.
pub(crate) fn settings(provider: Provider, server: &Server) -> HttpSettings {
    let mut settings = HttpSettings::new(provider, "a-model");
    settings.base_url = match provider {
        Provider::OpenAi => format!("{}/v1", server.address),
        Provider::Anthropic => server.address.clone(),
    };
    settings.api_key = Some(KEY.into());
    settings.first_pause = Duration::from_millis(1);
    settings
}

pub(crate) fn openai(server: &Server) -> HttpSupervisor {
    HttpSupervisor::new(settings(Provider::OpenAi, server)).unwrap()
}

pub(crate) fn anthropic(server: &Server) -> HttpSupervisor {
    HttpSupervisor::new(settings(Provider::Anthropic, server)).unwrap()
}

/// Asks after the first turn.
pub(crate) async fn decide(supervisor: &HttpSupervisor) -> Result<Decision, SupervisorFailure> {
    decide_when(supervisor, true).await
}

pub(crate) async fn decide_when(
    supervisor: &HttpSupervisor,
    may_stop: bool,
) -> Result<Decision, SupervisorFailure> {
    let input = PlannedInput::new("late", to_raw_value("Where is my order?").unwrap());
    let case = Case::new("desk::any::late::iter_0", Arc::new(input));
    let said = |speaker, content: &str| Said {
        turn: 1,
        speaker,
        content: content.to_owned(),
        closing: false,
    };
    let history = [
        said(Speaker::User, "Where is my order?"),
        said(Speaker::Assistant, "Which one do you mean?"),
    ];
    supervisor
        .decide(&DecisionRequest {
            case: &case,
            turn: 1,
            max_turns: 8,
            may_stop,
            history: &history,
        })
        .await
}

pub(crate) fn go_on() -> Value {
    json!({
        "decision": "continue", "next_user_message": "The red one.",
        "termination_reason": null, "closing_user_message": null,
    })
}

pub(crate) fn stop() -> Value {
    json!({
        "decision": "terminate", "next_user_message": null,
        "termination_reason": "found", "closing_user_message": "Thanks!",
    })
}

pub(crate) fn goes_on() -> Step {
    Step::Continue("The red one.".to_owned())
}

pub(crate) fn stops() -> Step {
    Step::Stop {
        reason: Some("found".to_owned()),
        closing: Some("Thanks!".to_owned()),
    }
}
