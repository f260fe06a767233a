//! The file: its form, that it loads as it was meant, and when it is not written.

use proptest::prelude::*;

use super::*;
use crate::{
    config::{LoadRequest, load},
    expect::sample,
    generate::Strategy,
    input::{Inputs, load_inputs},
};

/// Writes inputs where a project looks for them, and loads them there.
fn loaded(generated: &Generated) -> Inputs {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("configs")).unwrap();
    std::fs::write(folder.path().join("configs/simulation.yaml"), "").unwrap();
    write(
        generated,
        &folder.path().join("inputs/generated.yaml"),
        false,
    )
    .unwrap();
    let inputs = load_inputs(&load(&LoadRequest::new(folder.path())).unwrap().config);
    inputs.unwrap_or_else(|errors| panic!("{}\n{}", errors.report(), generated.yaml()))
}

fn assert_loads(generated: &Generated) {
    let inputs = loaded(generated);
    assert!(inputs.warnings.is_empty(), "{:?}", inputs.warnings);
    assert_eq!(inputs.entries.len(), generated.inputs.len());
    for (entry, input) in inputs.entries.iter().zip(&generated.inputs) {
        assert_eq!(entry.input, json!(input.input));
        assert_eq!(entry.persona, input.persona);
        assert_eq!(entry.id.as_deref(), Some(input.id.as_str()));
        assert_eq!(entry.metadata["source"], json!(input.source));
        assert_eq!(entry.metadata["strategy"], json!(input.strategy.name()));
        assert_eq!(entry.metadata["variation"], json!(input.variation));
    }
}

#[test]
fn the_file_has_the_form_of_the_page() {
    let mut config = config(&TWO[..1], &["novice_user"]);
    config.base_inputs[0]
        .metadata
        .insert("topic".to_owned(), json!("start"));
    let generated = generated(&config, &[Strategy::Typo, Strategy::PersonaBased]);
    insta::assert_snapshot!(generated.yaml(), @r#"
    generation_config:
      mode: deterministic
      seed: 1
      strategies:
      - typo
      - persona_based
    generated_inputs:
    - input: How do I staft the server?
      persona: novice_user
      id: how-do-i-start-the-server-69f48e.neighbour_key.309073
      source: How do I start the server?
      strategy: typo
      variation: neighbour_key
      metadata:
        topic: start
    - input: "Asking as novice user: How do I start the server?"
      persona: novice_user
      id: how-do-i-start-the-server-69f48e.introduction.4dab6a
      source: How do I start the server?
      strategy: persona_based
      variation: introduction
      metadata:
        topic: start
    "#);
    assert_loads(&generated);
    assert_eq!(loaded(&generated).entries[0].metadata["topic"], "start");
}

#[test]
fn every_kind_of_input_loads_as_it_was_generated() {
    let config = config(
        &["Where is 'my' \"parcel\": # no?", "Größe 🦀 – e\u{301}?"],
        &["a", "b: c"],
    );
    let strategies: Vec<_> = Strategy::ALL
        .into_iter()
        .filter(|strategy| !strategy.needs_model())
        .collect();
    let mut request = generation(&config, &strategies);
    request.variations = 12.try_into().unwrap();
    assert_loads(&generate(&request).unwrap());
}

#[test]
fn a_file_is_replaced_only_when_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/inputs.yaml");
    let generated = generated(&config(TWO, &[]), &[]);
    write(&generated, &path, false).unwrap();
    std::fs::write(&path, "mine").unwrap();
    let error = write(&generated, &path, false).unwrap_err();
    let shown = error
        .to_string()
        .replace(&folder.path().display().to_string(), "");
    insta::assert_snapshot!(format!("{shown}\nhelp: {}", error.hint().unwrap()), @"
    /deep/er/inputs.yaml is there already, and nothing was written
    help: replace it with `--overwrite`, or name another file with `--output`
    ");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    write(&generated, &path, true).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), generated.yaml());
    let left = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(left, 1, "a temporary file stays behind");
}

#[test]
fn what_would_not_be_read_as_yaml_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let generated = generated(&config(TWO, &[]), &[]);
    let error = write(&generated, &folder.path().join("inputs.csv"), false).unwrap_err();
    assert!(matches!(error, GenerateError::NotYaml(_)), "{error}");
    // A file stands where a folder is needed.
    std::fs::write(folder.path().join("file"), "").unwrap();
    let error = write(&generated, &folder.path().join("file/inputs.yaml"), true).unwrap_err();
    assert!(matches!(error, GenerateError::Write { .. }), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_text_loads_as_it_was_generated(text: String, seed: u64) {
        let config = config(&[&text], &["a"]);
        let strategies = [Strategy::Adversarial, Strategy::Verbose, Strategy::Typo, Strategy::ErrorProne];
        let mut request = generation(&config, &strategies);
        request.seed = seed;
        request.variations = 5.try_into().unwrap();
        assert_loads(&generate(&request).unwrap());
    }
}

#[test]
fn what_is_expected_is_kept_where_the_same_is_asked_for() {
    let mut config = config(&TWO[..1], &[]);
    let expect = json!({"contains": "port", "not_contains": "sorry", "max_tokens": 10});
    let (expect, checks) = sample(&expect, &["polite"]);
    config.base_inputs[0].expect = expect.clone();
    config.base_inputs[0].checks = checks;
    let generated = generated(&config, &[Strategy::Typo, Strategy::Adversarial]);
    let [typo, attack] = &generated.inputs[..] else {
        panic!("two inputs: {:?}", generated.inputs);
    };
    assert_eq!(typo.expect, json!(expect.written()));
    assert_eq!(typo.checks, ["polite"]);
    // Whatever is asked, limits hold.
    assert_eq!(
        attack.expect,
        json!({"not_contains": "sorry", "max_tokens": 10})
    );
    assert!(attack.checks.is_empty());
    let entries = loaded(&generated).entries;
    assert_eq!(entries[0].expect, expect);
    assert_eq!(entries[0].checks[0].name, "polite");
    assert_eq!(json!(entries[1].expect.written()), attack.expect);
}
