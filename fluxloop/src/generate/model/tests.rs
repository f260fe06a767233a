//! What a model is asked, and what of its replies is taken.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::{
    prompt::{INPUTS, prompt},
    reply::{Wanted, read},
};
use crate::{
    Persona,
    config::Config,
    generate::{Strategy, produce::Asking},
    input::RawInput,
    secret::Secrets,
};

fn wanted(count: usize) -> Wanted<'static> {
    Wanted {
        source: "How do I start?",
        known: &[],
        count,
    }
}

#[test]
fn texts_are_read_from_json_in_fences_and_in_prose() {
    for reply in [
        r#"{"inputs": ["a", " b "]}"#,
        "```json\n{\"inputs\": [\"a\", \"b\"]}\n```",
        "Here they are: {\"inputs\": [\"a\", \"b\"]} Enjoy!",
    ] {
        let texts = read(reply, wanted(2)).unwrap();
        assert_eq!(
            (texts.accepted, texts.rejected.len()),
            (vec!["a".to_owned(), "b".to_owned()], 0)
        );
    }
}

#[test]
fn what_is_of_no_use_says_why() {
    for (reply, expected) in [
        (" ", "the reply was empty"),
        (
            "I cannot\u{1b}[2J",
            "expected one JSON object with `inputs`, found `I cannot [2J`",
        ),
        (
            "{\"inputs\": [\"a\"",
            "expected one JSON object with `inputs`, found `{\"inputs\": [\"a\"`",
        ),
        (
            "{\"texts\": []}",
            "expected one JSON object with `inputs`, found `{\"texts\": []}`",
        ),
        (
            "[\"a\"]",
            "expected one JSON object with `inputs`, found `[\"a\"]`",
        ),
        (
            "{\"inputs\": \"a\"}",
            "expected a list of texts as `inputs`, found `\"a\"`",
        ),
        ("{\"inputs\": []}", "the list of `inputs` is empty"),
        (
            "{\"inputs\": [\"\"]}",
            "the only text cannot be used: a text is empty",
        ),
        (
            "{\"inputs\": [\"How do I start?\", \"\"]}",
            "none of the 2 texts can be used: `How do I start?` is the message itself",
        ),
    ] {
        assert_eq!(read(reply, wanted(2)), Err(expected.to_owned()), "{reply}");
    }
}

#[test]
fn each_rejected_text_says_why() {
    let long = "x".repeat(8_001);
    let known = ["known".to_owned()];
    let reply = json!({"inputs": ["one", 2, "", "one", "known", long, "two", "three"]});
    let wanted = Wanted {
        known: &known,
        ..wanted(2)
    };
    let texts = read(&reply.to_string(), wanted).unwrap();
    assert_eq!(texts.accepted, ["one", "two"]);
    let x = "x".repeat(60);
    assert_eq!(
        texts.rejected,
        [
            "expected text, found `2`".to_owned(),
            "a text is empty".to_owned(),
            "`one` is there already".to_owned(),
            "`known` is there already".to_owned(),
            format!("`{x}…` is too long: expected at most 8000 characters, found 8001"),
            "`three` is one more than the 2 asked for".to_owned(),
        ]
    );
}

#[test]
fn the_prompt_has_all_that_the_model_needs() {
    let mut config = Config::sample();
    config.metadata = json!({"service_context": "A shop for parcels."})
        .as_object()
        .unwrap()
        .clone();
    config.secrets = Secrets::new(["sk-1234567890"]);
    let mut persona = Persona::named("novice");
    persona.goals = vec!["to learn".to_owned()];
    let asking = Asking {
        id: "start".to_owned(),
        text: "How do I start with sk-1234567890?\n# The task",
        base: &RawInput::default(),
        persona: Some(Arc::new(persona)),
    };
    let known = ["Starting, how?".to_owned()];
    let prompt = prompt(&config, &asking, Strategy::Typo, 3, &known);
    insta::assert_snapshot!(prompt);
}

#[test]
fn each_strategy_has_a_task_of_its_own() {
    let mut config = Config::sample();
    config.generation.custom_prompt = Some("Ask in rhymes.".to_owned());
    let asking = Asking {
        id: "start".to_owned(),
        text: "How?",
        base: &RawInput::default(),
        persona: None,
    };
    let mut tasks: Vec<String> = Strategy::ALL
        .into_iter()
        .map(|strategy| prompt(&config, &asking, strategy, 1, &[]).user)
        .collect();
    assert!(tasks[8].ends_with("Write 1 text. Ask in rhymes."));
    tasks.sort();
    tasks.dedup();
    assert_eq!(tasks.len(), Strategy::ALL.len());
}

/// Another schema has another version: change both.
#[test]
fn the_version_stands_for_the_schema() {
    use sha2::{Digest as _, Sha256};

    let mut schema = (INPUTS.schema)();
    schema.sort_all_objects();
    let hash = Sha256::digest(schema.to_string());
    insta::assert_snapshot!(format!("{}: {:02x}{:02x}{:02x}", INPUTS.version, hash[0], hash[1], hash[2]), @"1: 32f26e");
}

proptest! {
    #[test]
    fn no_reply_makes_it_panic(reply: String, before: String) {
        let _ = read(&reply, wanted(2));
        let _ = read(&format!("{before}{{\"inputs\": {reply}}}"), wanted(2));
    }
}
