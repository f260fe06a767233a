use serde_json::{Value, json};

use super::{Plan, PlanError, PlanErrorKind};
use crate::{Persona, agent::Arguments, config::Config, input::RawInput};

mod selection;

fn input(id: &str, persona: Option<&str>) -> RawInput {
    RawInput {
        id: Some(id.to_owned()),
        input: json!(format!("text of {id}")),
        persona: persona.map(str::to_owned),
        place: format!("inputs.yaml:{}", id.len()),
        ..RawInput::default()
    }
}

/// A configuration with these personas and this filter.
fn config(personas: &[&str], filter: Option<&[&str]>) -> Config {
    let mut config = Config::sample();
    config.personas = personas.iter().copied().map(Persona::named).collect();
    config.persona_filter =
        filter.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    config
}

fn names(config: &Config, inputs: &[RawInput]) -> Vec<String> {
    plan(config, inputs)
        .expect("a plan")
        .cases()
        .map(|case| case.name)
        .collect()
}

fn plan(config: &Config, inputs: &[RawInput]) -> Result<Plan, PlanError> {
    Plan::new(config, inputs, 1).map(|plan| plan.for_agent("run"))
}

fn inputs() -> Vec<RawInput> {
    vec![
        input("a", Some("novice")),
        input("b", None),
        input("c", Some("expert")),
    ]
}

#[test]
fn inputs_without_a_persona_run_with_each_configured_one() {
    let names = names(&config(&["novice", "expert"], None), &inputs());
    assert_eq!(
        names,
        [
            "run::novice::a::iter_0",
            "run::novice::b::iter_0",
            "run::expert::b::iter_0",
            "run::expert::c::iter_0"
        ]
    );
}

#[test]
fn where_none_is_configured_inputs_bring_their_own() {
    let mut inputs = inputs();
    inputs[0]
        .metadata
        .insert("persona_description".to_owned(), json!("asks a lot"));
    let plan = plan(&config(&[], None), &inputs).expect("a plan");
    let cases: Vec<_> = plan.cases().collect();
    assert_eq!(cases[1].name, "run::any::b::iter_0");
    assert_eq!(
        cases[0]
            .persona
            .as_ref()
            .and_then(|persona| persona.description.as_deref()),
        Some("asks a lot")
    );
    assert_eq!(plan.personas(), ["novice", "expert"]);
}

#[test]
fn the_filter_leaves_out_others_and_adds_its_own() {
    assert_eq!(
        names(&config(&["novice", "expert"], Some(&["expert"])), &inputs()),
        ["run::expert::b::iter_0", "run::expert::c::iter_0"]
    );
    assert_eq!(
        names(&config(&[], Some(&["expert", "other"])), &inputs()),
        [
            "run::expert::b::iter_0",
            "run::other::b::iter_0",
            "run::expert::c::iter_0"
        ]
    );
}

#[test]
fn iterations_come_first() {
    let mut config = config(&[], None);
    config.iterations = 2.try_into().expect("at least 1");
    let plan = plan(&config, &[input("a", None), input("b", None)]).expect("a plan");
    let names: Vec<_> = plan.cases().map(|case| case.name).collect();
    assert_eq!(
        names,
        [
            "run::any::a::iter_0",
            "run::any::b::iter_0",
            "run::any::a::iter_1",
            "run::any::b::iter_1"
        ]
    );
    assert_eq!(plan.len(), 4);
    assert!(plan.case(4).is_none());
    assert_eq!(
        plan.case(2)
            .map(|case| (case.index, case.iteration, case.trace_id())),
        Some((2, 1, "trace_003".into()))
    );
}

#[test]
fn seeds_depend_on_the_case_alone() {
    let seeds = |config: &Config, inputs: &[RawInput]| -> Vec<(String, u64)> {
        plan(config, inputs)
            .expect("a plan")
            .cases()
            .map(|case| (case.name, case.seed))
            .collect()
    };
    let all = seeds(&config(&["novice", "expert"], None), &inputs());
    for seed in seeds(&config(&["novice", "expert"], Some(&["expert"])), &inputs()) {
        assert!(all.contains(&seed), "{seed:?}");
    }
}

#[test]
fn an_unknown_persona_is_an_error_with_the_nearest() {
    let error = plan(
        &config(&["novice", "expert"], None),
        &[input("a", Some("expret"))],
    )
    .expect_err("unknown");
    assert_eq!(error.kind(), PlanErrorKind::UnknownPersona);
    insta::assert_snapshot!(format!("{error}\nhelp: {}", error.hint()), @r"
    inputs.yaml:1: no persona `expret` is configured
    help: did you mean `expert`? the configured personas are: expert, novice
    ");
    let error = plan(&config(&["novice"], Some(&["zzz"])), &inputs()).expect_err("unknown");
    insta::assert_snapshot!(format!("{error}\nhelp: {}", error.hint()), @r"
    `--personas` (`persona_filter`): no persona `zzz` is configured
    help: the configured personas are: novice
    ");
}

#[test]
fn nothing_left_says_what_there_was() {
    let inputs = [input("a", Some("novice"))];
    let error = plan(&config(&[], Some(&["expert"])), &inputs).expect_err("nothing is left");
    assert_eq!(error.kind(), PlanErrorKind::NothingLeft);
    insta::assert_snapshot!(format!("{error}\nhelp: {}", error.hint()), @r"
    no input is left to run: `--personas expert` keeps none of the one input
    help: the inputs name these personas: novice
    ");
}

#[test]
fn a_template_applies_where_a_persona_asks() {
    let mut config = config(&[], None);
    config.input_template = Some("As {persona}: {input}".to_owned());
    let plan = plan(&config, &inputs()[..2]).expect("a plan");
    let recorded: Vec<_> = plan
        .cases()
        .map(|case| case.input.recorded.get().to_owned())
        .collect();
    assert_eq!(recorded, [r#""As novice: text of a""#, r#""text of b""#]);
}

#[test]
fn secrets_reach_the_agent_and_no_row() {
    let mut config = config(&[], None);
    config.secrets = crate::secret::Secrets::new(["hunter2hunter2"]);
    let mut raw = input("a", None);
    raw.input = json!({"password": "hunter2hunter2"});
    raw.metadata.insert(
        "note".to_owned(),
        Value::String("hunter2hunter2".to_owned()),
    );
    let plan = plan(&config, &[raw]).expect("a plan");
    let input = plan.case(0).expect("a case").input;
    let Arguments::Input(arguments) = &input.arguments else {
        panic!("an input")
    };
    assert!(arguments.get().contains("hunter2hunter2"));
    assert_eq!(input.recorded.get(), r#"{"password":"***"}"#);
    assert_eq!(
        input
            .recorded_metadata
            .as_ref()
            .map(|metadata| metadata.get()),
        Some(r#"{"note":"***"}"#)
    );
}

#[test]
fn distinct_inputs_are_each_once() {
    let plan = plan(&config(&["novice", "expert"], None), &inputs()).expect("a plan");
    let ids: Vec<_> = plan
        .distinct_inputs()
        .map(|input| input.id.clone())
        .collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(plan.inputs(), 3);
}

#[test]
fn a_million_cases_are_made_one_by_one() {
    let mut config = config(&[], None);
    config.iterations = 1_000_000.try_into().expect("at least 1");
    let plan = plan(&config, &inputs()).expect("a plan");
    assert_eq!(plan.len(), 3_000_000);
    assert_eq!(
        plan.case(2_999_999).map(|case| case.name),
        Some("run::expert::c::iter_999999".to_owned())
    );
}

#[test]
fn a_case_is_found_by_its_name_and_no_other_name_is_one() {
    let mut config = config(&["novice", "expert"], None);
    config.iterations = 2.try_into().unwrap();
    let plan = plan(&config, &inputs()).unwrap();
    for case in plan.cases() {
        let found = plan.case_named(&case.name).expect("it is there");
        assert_eq!((found.index, found.seed), (case.index, case.seed));
    }
    for name in [
        "",
        "run",
        "run::novice::a",
        "run::novice::a::iter_2",
        "run::novice::a::iter_00",
        "walk::novice::a::iter_0",
        "run::novice::c::iter_0",
    ] {
        assert!(plan.case_named(name).is_none(), "{name}");
    }
    let one = plan.only([5, 5, 99]);
    let names: Vec<_> = one.cases().map(|case| case.name).collect();
    assert_eq!(names, ["run::novice::b::iter_1"]);
    assert_eq!((one.len(), one.left_out(), one.inputs()), (1, 7, 1));
    assert!(
        one.case_named("run::novice::a::iter_0").is_none(),
        "it is left out"
    );
}

#[cfg(feature = "harness")]
#[test]
fn a_part_has_the_cases_of_the_whole() {
    let mut config = config(&["novice", "expert"], None);
    config.iterations = 3.try_into().unwrap();
    let whole = plan(&config, &inputs()).unwrap();
    let part = plan(&config, &inputs()[1..2]).unwrap().into_part(1, 4);
    assert_eq!((part.len(), part.left_out()), (12, 0));
    for name in ["run::novice::b::iter_0", "run::expert::b::iter_2"] {
        let (of_whole, of_part) = (
            whole.case_named(name).unwrap(),
            part.case_named(name).unwrap(),
        );
        assert_eq!(
            (of_whole.index, of_whole.seed),
            (of_part.index, of_part.seed)
        );
        assert_eq!(of_whole.pair, of_part.pair);
    }
    assert!(
        part.case_named("run::novice::a::iter_0").is_none(),
        "it is not at hand"
    );
    let one = part.only([whole.case_named("run::expert::b::iter_1").unwrap().index]);
    let names: Vec<_> = one.cases().map(|case| case.name).collect();
    assert_eq!(names, ["run::expert::b::iter_1"]);
}
