mod cases;
mod generate;
mod help;
mod record;
mod show;
mod variables;

use std::ffi::OsString;

use clap::CommandFactory as _;
use serde_json::{Value, json};

use super::*;
use crate::terminal::{Color, Progress, Verbosity};

fn parse(arguments: &str) -> Result<Cli, clap::Error> {
    let arguments = arguments.split_whitespace().map(OsString::from);
    Cli::parse_arguments(arguments)
}

fn experiment(arguments: &str) -> ExperimentArguments {
    let line = format!("cargo-fluxloop run experiment {arguments}");
    match parse(&line).unwrap().command {
        Command::Run(RunArguments {
            subject: RunSubject::Experiment(experiment),
        }) => *experiment,
        other => panic!("{line} is {other:?}"),
    }
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn options(arguments: &str, variables: &[(&str, &str)]) -> Result<RunOptions, UsageError> {
    RunOptions::resolve(experiment(arguments), &environment(variables))
}

/// The message of a wrong command line, without the usage below it.
fn refusal(arguments: &str) -> String {
    let error = parse(&format!("cargo-fluxloop {arguments}")).unwrap_err();
    assert_eq!(error.exit_code(), 2, "{error}");
    let text = error.to_string();
    text.split("\n\n").next().unwrap().to_owned()
}

#[test]
fn the_command_is_consistent() {
    Cli::command().debug_assert();
}

/// Options of the supervisor, their keys, and the values there.
fn supervisor_options() -> [(&'static str, &'static str, Value); 6] {
    [
        (
            "--supervisor-provider openai",
            "multi_turn.supervisor.provider",
            json!("openai"),
        ),
        (
            "--supervisor-model gpt-4o",
            "multi_turn.supervisor.model",
            json!("gpt-4o"),
        ),
        (
            "--supervisor-temperature 0.7",
            "multi_turn.supervisor.temperature",
            json!(0.7),
        ),
        (
            "--supervisor-api-key k",
            "multi_turn.supervisor.api_key",
            json!("k"),
        ),
        (
            "--supervisor-base-url http://x",
            "multi_turn.supervisor.base_url",
            json!("http://x"),
        ),
        (
            "--supervisor-cassette record",
            "multi_turn.supervisor.cassette.mode",
            json!("record"),
        ),
    ]
}

#[test]
fn each_option_reaches_its_key() {
    let table: &[(&str, &str, Value)] = &[
        ("--iterations 20", "iterations", json!(20)),
        ("-i 20", "iterations", json!(20)),
        ("--personas a,b", "persona_filter", json!(["a", "b"])),
        ("-p a", "persona_filter", json!(["a"])),
        ("--multi-turn", "multi_turn.enabled", json!(true)),
        ("--no-multi-turn", "multi_turn.enabled", json!(false)),
        ("--max-turns 12", "multi_turn.max_turns", json!(12)),
        (
            "--auto-approve-tools",
            "multi_turn.auto_approve_tools",
            json!(true),
        ),
        (
            "--manual-approve-tools",
            "multi_turn.auto_approve_tools",
            json!(false),
        ),
        (
            "--persona-override expert",
            "multi_turn.persona_override",
            json!("expert"),
        ),
        ("--output-dir out", "output_directory", json!("out")),
        ("--output out", "output_directory", json!("out")),
        ("-o out", "output_directory", json!("out")),
        ("--experiment-name base", "name", json!("base")),
        ("--name base", "name", json!("base")),
        ("--parallel 4", "parallel_runs", json!(4)),
        ("--seed 42", "seed", json!(42)),
        ("--timeout 1.5", "runner.timeout_seconds", json!(1.5)),
        ("--retries 0", "runner.max_retries", json!(0)),
        ("--max-failures 2", "gate.max_failures", json!(2)),
        (
            "--min-success-rate 0.95",
            "gate.min_success_rate",
            json!(0.95),
        ),
        ("--fail-fast", "fail_fast", json!(true)),
    ];
    reach(table);
    reach(&supervisor_options());
    assert_eq!(options("", &[]).unwrap().overrides, []);
}

/// Each of these command lines sets its key to its value, and nothing else.
fn reach(table: &[(&str, &str, Value)]) {
    for (arguments, key, value) in table {
        let overrides = options(arguments, &[]).unwrap().overrides;
        let [given] = overrides.as_slice() else {
            panic!("{arguments} gives {overrides:?}");
        };
        assert_eq!((given.key, &given.value), (*key, value), "{arguments}");
        let flag = arguments.split(' ').next().unwrap();
        let aliases = ["-i", "-p", "-o", "--output", "--name"];
        assert!(
            aliases.contains(&flag) || given.flag == flag,
            "{arguments}: {given:?}"
        );
        let shown = shown_config(arguments).overrides();
        assert_eq!(shown, overrides, "`config show` takes what a run takes");
    }
}

fn shown_config(arguments: &str) -> ShowConfigArguments {
    let line = format!("cargo-fluxloop config show {arguments}");
    match parse(&line).unwrap().command {
        Command::Config(ConfigArguments {
            subject: ConfigSubject::Show(show),
        }) => *show,
        other => panic!("{line} is {other:?}"),
    }
}

#[test]
fn the_project_is_selected() {
    let project = options("-c a.yaml --project shop --root loops", &[])
        .unwrap()
        .project;
    assert_eq!(project.config, Some("a.yaml".into()));
    assert_eq!(project.project.as_deref(), Some("shop"));
    assert_eq!(project.root, Some("loops".into()));
}

#[test]
fn cargo_keeps_its_names() {
    let cargo = options(
        "--manifest-path /a/Cargo.toml --package x --package y -F one,two --features three --all-features \
         --no-default-features --cargo-profile fast --target-dir /out --locked --offline",
        &[],
    )
    .unwrap()
    .cargo;
    insta::assert_debug_snapshot!(cargo, @r#"
    CargoOptions {
        manifest_path: Some(
            "/a/Cargo.toml",
        ),
        packages: [
            "x",
            "y",
        ],
        features: [
            "one,two",
            "three",
        ],
        all_features: true,
        no_default_features: true,
        release: false,
        cargo_profile: Some(
            "fast",
        ),
        target_dir: Some(
            "/out",
        ),
        locked: true,
        offline: true,
    }
    "#);
    assert!(options("--release", &[]).unwrap().cargo.release);
}

#[test]
fn a_later_opposite_wins() {
    let overrides = options(
        "--multi-turn --no-multi-turn --manual-approve-tools --auto-approve-tools",
        &[],
    )
    .unwrap()
    .overrides;
    insta::assert_debug_snapshot!(overrides, @"
    [
        --no-multi-turn multi_turn.enabled = false,
        --auto-approve-tools multi_turn.auto_approve_tools = true,
    ]
    ");
}

#[test]
fn debug_output_hides_the_key() {
    let arguments = experiment("--supervisor-api-key sk-12345");
    let parsed = format!("{arguments:?}");
    let resolved = RunOptions::resolve(arguments, &Environment::default()).unwrap();
    for debug in [parsed, format!("{resolved:?}")] {
        assert!(!debug.contains("sk-12345"), "{debug}");
    }
}

#[test]
fn wrong_values_are_refused() {
    for arguments in [
        "--iterations abc",
        "--iterations 0",
        "--max-turns 101",
        "--supervisor-temperature 1.5",
        "--supervisor-provider llama",
        "--supervisor-cassette rewind",
        "--parallel 0",
        "--filter=",
        "--sample 0",
        "--limit 0",
        "--seed -1",
        "--timeout 0",
        "--timeout inf",
        "--min-success-rate 95",
        "--min-success-rate NaN",
        "--max-failures -1",
        "--personas a,,b",
        "--progress dots",
        "-q -v",
        "--release --cargo-profile dev",
        "--target x86_64-unknown-linux-gnu",
        "surplus",
    ] {
        let error = parse(&format!("cargo-fluxloop run experiment {arguments}")).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{arguments}: {error}");
    }
    insta::assert_snapshot!(refusal("run experiment --iterations 0"), @"error: invalid value '0' for '--iterations <N>': 0 is not in 1..=4294967295");
    insta::assert_snapshot!(refusal("run experiment --min-success-rate 95"), @"error: invalid value '95' for '--min-success-rate <R>': expected a number from 0 to 1");
    insta::assert_snapshot!(refusal("run experiment --supervisor-provider opanai"), @"
    error: invalid value 'opanai' for '--supervisor-provider <PROVIDER>'
      [possible values: openai, anthropic, mock]
    ");
}

#[test]
fn both_spellings_work() {
    for line in [
        "cargo-fluxloop run experiment -y",
        "cargo-fluxloop fluxloop run experiment -y",
    ] {
        assert!(
            matches!(parse(line).unwrap().command, Command::Run(_)),
            "{line}"
        );
    }
    insta::assert_snapshot!(refusal("fluxloop fluxloop run experiment"), @"error: unrecognized subcommand 'fluxloop'");
}
