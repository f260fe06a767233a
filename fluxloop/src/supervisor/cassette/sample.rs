//! An exchange for tests.

use std::{sync::Arc, time::Duration};

use serde_json::value::to_raw_value;

use super::exchange::{Answer, Exchange, Question};
use crate::{
    plan::{Case, PlannedInput},
    secret::Secrets,
    supervisor::{Decision, DecisionRequest, Step, TokenUsage, http::Asked},
};

pub(super) const CASE: &str = "desk::any::late::iter_2";

pub(super) fn case() -> Case {
    let input = PlannedInput::new("late", to_raw_value("Where is my order?").unwrap());
    let mut case = Case::new(CASE, Arc::new(input));
    case.iteration = 2;
    case
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
pub(super) fn asked() -> Asked {
    Asked {
        decision: Decision {
            step: Step::Continue("The red one.".to_owned()),
            usage: Some(TokenUsage {
                input_tokens: 100,
                output_tokens: 10,
                total_tokens: 110,
            }),
            attempts: 2,
            latency: Duration::from_micros(1_234_567),
            prompt: None,
            reply: Some(
                r#"{"decision": "continue", "next_user_message": "The red one."}"#.to_owned(),
            ),
        },
        asked_again: Some("the reply was empty".to_owned()),
    }
}

pub(super) fn exchange(turn: u32) -> Exchange {
    let answer = Answer::new(asked(), &Secrets::default());
    Exchange::new(&request(&case(), turn), question(), answer)
}
