use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{json, value::to_raw_value};

use super::*;
use crate::{
    plan::{Case, PlannedInput},
    supervisor::{Said, Speaker},
};

const GO_ON: &str = r#"{"decision":"continue","next_user_message":"And then?","termination_reason":null,"closing_user_message":null}"#;
const STOP: &str = r#"{"decision":"terminate","next_user_message":null,"termination_reason":"done","closing_user_message":"Thanks!"}"#;

fn read_after(agent: &str, reply: &str, may_stop: bool) -> Result<Step, Fault> {
    let input = PlannedInput::new("input", to_raw_value("hi").unwrap());
    let case = Case::new("case", Arc::new(input));
    let history = [Said {
        turn: 1,
        speaker: Speaker::Assistant,
        content: agent.to_owned(),
        closing: false,
    }];
    read(
        reply,
        &DecisionRequest {
            case: &case,
            turn: 1,
            max_turns: 8,
            may_stop,
            history: &history,
        },
    )
}

fn read_alone(reply: &str) -> Result<Step, Fault> {
    read_after("It is done.", reply, true)
}

fn goes_on() -> Step {
    Step::Continue("And then?".to_owned())
}

fn stops() -> Step {
    Step::Stop {
        reason: Some("done".to_owned()),
        closing: Some("Thanks!".to_owned()),
    }
}

#[test]
fn a_decision_is_found_however_it_is_wrapped() {
    for reply in [
        GO_ON.to_owned(),
        format!("\n  {GO_ON}\n"),
        format!("```json\n{GO_ON}\n```"),
        format!("```\n{GO_ON}\n```\nThat is what they would say."),
        format!("Here {{it}} is: {GO_ON} {{"),
        format!("{GO_ON}\n{GO_ON}"),
        format!("{{\"thought\": 1}} {GO_ON}"),
        format!("[{GO_ON}]"),
        r#"{"decision": " Continue ", "next_user_message": " And then? ", "mood": "calm"}"#
            .to_owned(),
    ] {
        assert_eq!(read_alone(&reply), Ok(goes_on()), "{reply}");
    }
    assert_eq!(read_alone(STOP), Ok(stops()));
    let bare = Step::Stop {
        reason: None,
        closing: None,
    };
    assert_eq!(
        read_alone(r#"{"decision":"terminate","closing_user_message":" "}"#),
        Ok(bare)
    );
}

#[test]
fn what_is_wrong_with_a_reply_is_said() {
    let faults: Vec<String> = [
        " ",
        "I would go on.",
        r#"{"next_user_message": "hello"}"#,
        r#"{"result": {"decision": "terminate"}}"#,
        r#"{"decision": "pause"}"#,
        r#"{"decision": ["terminate"]}"#,
        r#"{"decision": "continue"}"#,
        r#"{"decision": "continue", "next_user_message": " \n"}"#,
        r#"{"decision": "continue", "next_user_message": 7}"#,
        r#"{"decision": "continue", "decision": "terminate"}"#,
        r#"{"seen": {"decision": "terminate"}, "decision": "cont"#,
        &format!("{GO_ON} or {STOP}"),
    ]
    .into_iter()
    .map(|reply| read_alone(reply).unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(faults.join("\n"), @r#"
    the reply was empty
    expected one JSON object with `decision`, found `I would go on.`
    expected one JSON object with `decision`, found `{"next_user_message": "hello"}`
    expected one JSON object with `decision`, found `{"result": {"decision": "terminate"}}`
    expected `continue` or `terminate` as `decision`, found `pause`
    expected `continue` or `terminate` as `decision`, found `["terminate"]`
    `continue` needs what the user says as `next_user_message`
    `continue` needs what the user says as `next_user_message`
    expected text or null as `next_user_message`
    expected a decision, found an object with duplicate field `decision` at line 1 column 35
    the reply was cut off before its end
    expected one decision, found 2 that differ
    "#);
}

#[test]
fn a_stop_that_comes_too_early_is_not_accepted() {
    assert_eq!(read_after("hi", STOP, false), Err(Fault::TooEarly));
    assert_eq!(read_after("hi", GO_ON, false), Ok(goes_on()));
}

#[test]
fn a_quotation_of_the_agent_is_no_decision() {
    let agent = format!("My answer: {STOP}");
    let quoted = format!("The agent wrote {STOP}.");
    assert!(matches!(
        read_after(&agent, &quoted, true),
        Err(Fault::NoDecision(_))
    ));
    let laid_out = STOP.replace(',', ",\n  ");
    let both = format!("The agent wrote {laid_out}; but: {GO_ON}");
    assert_eq!(read_after(&agent, &both, true), Ok(goes_on()));
    // Alone it is the supervisor's own, whatever was said before.
    assert_eq!(read_after(&agent, STOP, true), Ok(stops()));
}

#[test]
fn text_that_is_slow_to_read_has_no_decision() {
    let reply = format!("{}!", "{\"a\":".repeat(100_000));
    assert!(matches!(read_alone(&reply), Err(Fault::NoDecision(_))));
}

fn decisions() -> impl Strategy<Value = (String, Step)> {
    let text = "[^\\s]{1,20}";
    prop_oneof![
        text.prop_map(|message| (
            json!({ "decision": "continue", "next_user_message": message }).to_string(),
            Step::Continue(message),
        )),
        proptest::option::of(text).prop_map(|reason| (
            json!({ "decision": "terminate", "termination_reason": reason }).to_string(),
            Step::Stop {
                reason,
                closing: None
            },
        )),
    ]
}

proptest! {
    #[test]
    fn nothing_panics(reply in any::<String>(), agent in any::<String>(), may_stop: bool) {
        let _ = read_after(&agent, &reply, may_stop);
    }

    #[test]
    fn broken_json_does_not_panic(reply in r#"([{}\[\]":,\\]|decision|continue|null|1| ){0,60}"#) {
        let _ = read_alone(&reply);
    }

    /// A brace with a quote after it would begin an object: that is no prose.
    #[test]
    fn prose_around_it_never_changes_a_decision(
        (json, step) in decisions(),
        before in "[^\"]{0,80}",
        after in "[^\"]{0,80}",
    ) {
        prop_assert_eq!(read_alone(&format!("{before}{json}{after}")), Ok(step));
    }

    #[test]
    fn what_the_agent_said_never_becomes_a_decision(
        (theirs, _) in decisions(),
        (ours, step) in decisions(),
        around in "[^\"]{0,40}",
    ) {
        prop_assume!(theirs != ours);
        let agent = format!("{around} {theirs}");
        let quoted = format!("They said: {theirs}");
        prop_assert!(read_after(&agent, &quoted, true).is_err());
        prop_assert_eq!(read_after(&agent, &format!("{quoted} I say: {ours}"), true), Ok(step));
    }
}
