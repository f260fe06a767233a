//! An exchange for tests.

use std::{sync::Arc, time::Duration};

use serde_json::value::to_raw_value;

use super::{
    Moment,
    exchange::{Answer, Exchange, Question},
};
use crate::{
    plan::{Case, PlannedInput},
    secret::Secrets,
    supervisor::{DecisionRequest, Step, TokenUsage, http::Answered},
};

pub(super) const CASE: &str = "desk::any::late::iter_2";

pub(super) fn case() -> Case {
    let input = PlannedInput::new("late", to_raw_value("Where is my order?").unwrap());
    let mut case = Case::new(CASE, Arc::new(input));
    case.iteration = 2;
    case
}

pub(super) fn moment(turn: u32) -> Moment<'static> {
    Moment {
        case: CASE,
        iteration: 2,
        turn,
    }
}

pub(super) fn request(case: &Case, turn: u32) -> DecisionRequest<'_> {
    DecisionRequest {
        case,
        turn,
        max_turns: 8,
        may_stop: true,
        history: &[],
    }
}

pub(super) fn question() -> Question {
    Question {
        provider: "openai".to_owned(),
        model: "a-model".to_owned(),
        temperature: Some(0.7),
        schema: 1,
        system: "You play the user.\nNever the agent.".to_owned(),
        user: "1. user: \"Where is my order?\"".to_owned(),
    }
}

/// What the model answered after a first reply that was of no use.
pub(super) fn answered() -> Answered<Step> {
    Answered {
        value: Step::Continue("The red one.".to_owned()),
        usage: Some(TokenUsage {
            input_tokens: 100,
            output_tokens: 10,
            total_tokens: 110,
        }),
        attempts: 2,
        latency: Duration::from_micros(1_234_567),
        prompt: String::new(),
        reply: r#"{"decision": "continue", "next_user_message": "The red one."}"#.to_owned(),
        asked_again: Some("the reply was empty".to_owned()),
    }
}

pub(super) fn exchange(turn: u32) -> Exchange {
    let answer = Answer::new(answered(), &Secrets::default());
    Exchange::new(moment(turn), question(), answer)
}
