use fluxloop::{config::GenerationMode, generate::Strategy};

use super::{super::*, parse, refusal};

fn inputs(arguments: &str) -> GenerateInputsArguments {
    let line = format!("cargo-fluxloop generate inputs {arguments}");
    match parse(&line).unwrap().command {
        Command::Generate(GenerateArguments {
            subject: GenerateSubject::Inputs(inputs),
        }) => *inputs,
        other => panic!("{line} is {other:?}"),
    }
}

#[test]
fn each_option_of_a_generation_is_kept() {
    let nothing = inputs("");
    assert_eq!(nothing.overrides(), []);
    let output = nothing.output;
    assert_eq!((output.mode(), output.strategies()), (None, None));
    assert_eq!(
        (output.limit, output.output, output.overwrite),
        (None, None, false)
    );

    let all = inputs(
        "-c a.yaml --seed 7 -p a,b --mode llm --strategies typo,error_prone,typo --limit 100 \
         --output b.yaml --overwrite --parallel 4 --cassette record",
    );
    insta::assert_debug_snapshot!(all.overrides(), @r#"
    [
        --seed seed = 7,
        --personas persona_filter = ["a","b"],
        --parallel parallel_runs = 4,
        --cassette input_generation.llm.cassette.mode = "record",
    ]
    "#);
    assert_eq!(all.project.config, Some("a.yaml".into()));
    let output = all.output;
    assert_eq!(output.mode(), Some(GenerationMode::Llm));
    let strategies = vec![Strategy::Typo, Strategy::ErrorProne];
    assert_eq!(output.strategies(), Some(strategies));
    assert_eq!(output.limit, Some(100));
    assert_eq!(
        (output.output, output.overwrite),
        (Some("b.yaml".into()), true)
    );
    assert_eq!(inputs("-o c.yaml").output.output, Some("c.yaml".into()));
}

#[test]
fn wrong_values_of_a_generation_are_refused() {
    for arguments in [
        "--limit 0",
        "--mode magic",
        "--parallel 0",
        "--cassette erase",
        "--strategies",
        "--seed x",
        "--overwrite yes",
    ] {
        let error = parse(&format!("cargo-fluxloop generate inputs {arguments}")).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{arguments}: {error}");
    }
    insta::assert_snapshot!(refusal("generate inputs --strategies typos"), @"
    error: invalid value 'typos' for '--strategies <NAMES>'
      [possible values: rephrase, verbose, concise, error_prone, typo, persona_based, adversarial, multilingual, custom]
    ");
}
