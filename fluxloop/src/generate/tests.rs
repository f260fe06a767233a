//! What is generated of which inputs, and what is promised of every text.

mod forms;
mod written;

use std::{collections::BTreeSet, num::NonZeroUsize};

use serde_json::json;

use super::*;
use crate::{Persona, config::Config, input::RawInput, plan::PlanErrorKind};

fn base(text: &str) -> RawInput {
    RawInput {
        input: json!(text),
        place: "configs/input.yaml:2".to_owned(),
        ..RawInput::default()
    }
}

fn config(texts: &[&str], personas: &[&str]) -> Config {
    let mut config = Config::sample();
    config.base_inputs = texts.iter().map(|text| base(text)).collect();
    config.personas = personas.iter().copied().map(Persona::named).collect();
    config
}

fn generation<'a>(config: &'a Config, strategies: &[Strategy]) -> Generation<'a> {
    Generation {
        config,
        strategies: strategies.to_vec(),
        variations: std::num::NonZeroU32::MIN,
        seed: 1,
        limit: None,
    }
}

fn generated(config: &Config, strategies: &[Strategy]) -> Generated {
    generate(&generation(config, strategies)).unwrap()
}

const TWO: &[&str] = &[
    "How do I start the server?",
    "What is a persona, and who needs one?",
];

#[test]
fn each_base_input_persona_and_strategy_gives_one() {
    let config = config(TWO, &["novice", "expert"]);
    let inputs = generated(&config, &[Strategy::Typo, Strategy::Verbose]).inputs;
    let told: BTreeSet<_> = inputs
        .iter()
        .map(|input| (&input.source, &input.persona, input.strategy.name()))
        .collect();
    assert_eq!((inputs.len(), told.len()), (8, 8));
    let ids: BTreeSet<_> = inputs.iter().map(|input| &input.id).collect();
    assert_eq!(ids.len(), 8);
    for input in &inputs {
        assert!(
            input
                .id
                .contains(&format!(".{}.", input.variation.unwrap())),
            "{input:?}"
        );
        assert_ne!(input.input, input.source);
    }
}

#[test]
fn a_base_input_of_a_persona_is_asked_by_it_alone() {
    let mut config = config(TWO, &["novice", "expert"]);
    config.base_inputs[0].persona = Some("expert".to_owned());
    config.base_inputs[1]
        .metadata
        .insert("z".to_owned(), json!({"b": 1, "a": 2}));
    let inputs = generated(&config, &[Strategy::Typo]).inputs;
    let told: Vec<_> = inputs
        .iter()
        .map(|input| {
            (
                input.source.as_str(),
                input.persona.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [(TWO[0], "expert"), (TWO[1], "novice"), (TWO[1], "expert")]
    );
    assert_eq!(inputs[1].metadata, json!({"z": {"a": 2, "b": 1}}));
    config.persona_filter = Some(vec!["novice".to_owned()]);
    assert_eq!(generated(&config, &[Strategy::Typo]).inputs.len(), 1);
    config.base_inputs.truncate(1);
    let error = generate(&generation(&config, &[])).unwrap_err();
    let GenerateError::Personas(error) = error else {
        panic!("{error}")
    };
    assert_eq!(error.kind(), PlanErrorKind::NothingLeft);
}

#[test]
fn the_default_strategies_attack_nobody() {
    let names = |personas: &[&str]| {
        let strategies = generated(&config(TWO, personas), &[]).strategies;
        strategies
            .iter()
            .map(|strategy| strategy.name())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(names(&[]), "rephrase verbose concise error_prone typo");
    assert_eq!(
        names(&["a"]),
        "rephrase verbose concise error_prone typo persona_based"
    );
}

#[test]
fn a_limit_leaves_some_of_each() {
    let texts: Vec<String> = (0..5)
        .map(|n| format!("How do I open door number {n}?"))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let config = config(&texts, &[]);
    let mut request = generation(&config, &[]);
    let all = generate(&request).unwrap().inputs;
    request.limit = NonZeroUsize::new(5);
    let some = generate(&request).unwrap().inputs;
    assert_eq!(some, all[..5]);
    let told =
        |tell: fn(&GeneratedInput) -> &str| some.iter().map(tell).collect::<BTreeSet<_>>().len();
    assert_eq!(told(|input| input.source.as_str()), 5);
    assert_eq!(told(|input| input.strategy.name()), 5);
}

#[test]
fn more_variations_use_other_forms_and_repeat_no_text() {
    let config = config(&TWO[..1], &[]);
    let mut request = generation(&config, &[Strategy::Typo, Strategy::Adversarial]);
    request.variations = 40.try_into().unwrap();
    let inputs = generate(&request).unwrap().inputs;
    let texts: BTreeSet<_> = inputs.iter().map(|input| &input.input).collect();
    assert_eq!(texts.len(), inputs.len());
    let forms: BTreeSet<_> = inputs.iter().map(|input| input.variation).collect();
    let known = Strategy::Typo.forms().len() + Strategy::Adversarial.forms().len();
    assert_eq!(forms.len(), known, "{forms:?}");
    let first = generated(&config, &[Strategy::Typo, Strategy::Adversarial]).inputs;
    assert_eq!(first, inputs[..2]);
}

#[test]
fn the_seed_decides_and_other_inputs_do_not() {
    let one = config(&TWO[..1], &["novice"]);
    let mut request = generation(&one, &[]);
    let first = generate(&request).unwrap();
    assert_eq!(generate(&request).unwrap().yaml(), first.yaml());
    request.seed = 2;
    assert_ne!(generate(&request).unwrap().inputs, first.inputs);
    let both = generated(&config(TWO, &["novice"]), &[]).inputs;
    assert!(
        first.inputs.iter().all(|input| both.contains(input)),
        "{both:#?}"
    );
}

#[test]
fn what_cannot_be_done_is_said() {
    let failed = |config: &Config, strategies: &[Strategy]| {
        let error = generate(&generation(config, strategies)).unwrap_err();
        format!("{error}\nhelp: {}", error.hint().unwrap_or_default())
    };
    insta::assert_snapshot!(failed(&config(&[], &[]), &[]), @r#"
    the configuration has no `base_inputs` to generate inputs from
    help: write some into configs/input.yaml, for example:

    base_inputs:
      - input: "How do I start?"
    "#);
    insta::assert_snapshot!(failed(&config(TWO, &[]), &[Strategy::Typo, Strategy::Multilingual]), @"
    the strategy `multilingual` needs a model
    help: pass `--mode llm`, or take others: without a model there are rephrase, verbose, concise, error_prone, typo, persona_based, adversarial
    ");
    insta::assert_snapshot!(failed(&config(&["?"], &[]), &[Strategy::Typo]), @"
    no input could be generated: no strategy has anything to do with the base inputs
    help: write base inputs of a few words, or take other strategies
    ");
    let unknown = "typos".parse::<Strategy>().unwrap_err();
    insta::assert_snapshot!(unknown, @"expected the name of a strategy, found `typos`");
    let mut odd = config(TWO, &[]);
    odd.base_inputs[0].input = json!({"order": 7});
    let warnings = generated(&odd, &[Strategy::Typo, Strategy::PersonaBased]).warnings;
    insta::assert_snapshot!(warnings.join("\n"), @"
    configs/input.yaml:2: nothing is generated of an input that is no text
    the strategy `persona_based` has nothing to do: no persona is configured
    ");
    odd.base_inputs.truncate(1);
    assert!(failed(&odd, &[]).starts_with("no input could be generated"));
}
