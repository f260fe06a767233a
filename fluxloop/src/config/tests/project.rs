//! Where files are looked for, and what paths are relative to.

use super::*;

#[test]
fn a_missing_configuration_says_what_to_write() {
    insta::assert_snapshot!(Project::new(&[]).errors(), @r#"
    error: configuration file not found: /my_project/configs/simulation.yaml
      = help: looked for configs/simulation.yaml in /my_project; run in the project's directory, name a file with `--config`, or write one:

              iterations: 1
              runner:
                target: "my_crate:run"
    "#);
    insta::assert_snapshot!(Project::new(&[("setting.yaml", "")]).errors(), @r#"
    error: configuration file not found: /my_project/configs/simulation.yaml
      = help: use the one that is there: `--config setting.yaml`
    "#);
    let misplaced = [("simulation.yaml", ""), ("configs/simulation.yml", "")];
    for (file, text) in misplaced {
        let errors = Project::new(&[(file, text)]).errors();
        assert!(errors.contains(&format!("`--config {file}`")), "{errors}");
    }
    let mut project = Project::new(&[("configs/simulation.yaml", ""), ("src/lib.rs", "")]);
    project.request.current_directory.push("src");
    insta::assert_snapshot!(project.errors(), @r"
    error: configuration file not found: /my_project/src/configs/simulation.yaml
      = help: there is one in /my_project: run there
    ");
    let mut project = Project::new(&[]);
    project.request.config = Some("configs/nightly.yaml".into());
    insta::assert_snapshot!(project.errors(), @r#"
    error: configuration file not found: /my_project/configs/nightly.yaml
      = help: check the path given by `--config`
    "#);
    project.write("configs/nightly.yaml/x", b"");
    insta::assert_snapshot!(project.errors(), @r#"
    error: expected a file, found a directory: /my_project/configs/nightly.yaml
      = help: name the file in it, for example `configs/simulation.yaml`
    "#);
}

#[test]
fn a_project_lies_below_the_root() {
    let mut project = Project::new(&[
        ("fluxloop/shop/configs/simulation.yaml", "name: s"),
        ("other/a/one.yaml", "name: o"),
    ]);
    project.request.project = Some("shop".to_owned());
    assert_eq!(project.config().name, "s");
    assert_eq!(
        project.config().project_directory,
        project.path("fluxloop/shop")
    );
    project.request.project = Some("shp".to_owned());
    insta::assert_snapshot!(project.errors(), @r#"
    error: project not found: /my_project/fluxloop/shp
      = help: did you mean `--project shop`?
    "#);
    project.request.root = Some("other".into());
    project.request.project = Some("a".to_owned());
    project.request.config = Some("one.yaml".into());
    assert_eq!(
        project.config().name,
        "o",
        "the file is looked for in the project"
    );
    for outside in ["..", "/tmp", "a/../..", ""] {
        project.request.project = Some(outside.to_owned());
        assert!(
            project.errors().starts_with("error: `--project`: expected"),
            "{outside}"
        );
    }
}

#[test]
fn the_environment_names_the_file_where_no_flag_does() {
    let variables = [
        ("FLUXLOOP_PROJECT", "a"),
        ("FLUXLOOP_ROOT", "r"),
        ("FLUXLOOP_CONFIG", "c.yaml"),
    ];
    let project = Project::new(&[("r/a/c.yaml", "name: x")]).environment(&variables);
    assert_eq!(project.config().name, "x");
}

#[test]
fn paths_are_relative_to_where_they_were_set() {
    let text = "output_directory: ./out\ninputs_file: in.yaml\nrunner: {working_directory: ..}\n";
    let mut project = Project::new(&[("p/configs/simulation.yaml", text)]);
    project.request.config = Some("p/configs/simulation.yaml".into());
    let config = project.config();
    assert_eq!(config.output.directory, project.path("p/out"));
    assert_eq!(config.inputs_files, [project.path("p/in.yaml")]);
    assert_eq!(config.runner.working_directory, project.path("p/.."));
    let project = project
        .flag("output-dir", "mine")
        .environment(&[("FLUXLOOP_INPUTS", "i.yaml, j.csv")]);
    assert_eq!(project.config().output.directory, project.path("mine"));
    assert_eq!(
        project.config().inputs_files,
        [project.path("i.yaml"), project.path("j.csv")]
    );
}

#[test]
fn another_file_is_complete_by_itself_and_a_variant_wins_over_the_sections() {
    let files = [
        ("all.yaml", "name: all"),
        ("configs/simulation.yaml", "seed: 1\nname: s"),
        ("configs/nightly.yaml", "name: n"),
    ];
    let mut project = Project::new(&files);
    project.request.config = Some("all.yaml".into());
    let config = project.config();
    assert_eq!((config.name.as_str(), config.seed), ("all", None));
    project.request.config = Some("configs/nightly.yaml".into());
    let config = project.config();
    assert_eq!((config.name.as_str(), config.seed), ("n", Some(1)));
    assert_eq!(config.project_directory, project.path(""));
}

#[test]
fn the_name_falls_back_to_the_folder() {
    let project = Project::simulation("{}");
    assert_eq!(project.config().name, "my_project");
    assert_eq!(
        project
            .flag("experiment-name", "baseline-test")
            .config()
            .name,
        "baseline-test"
    );
}

#[test]
fn the_default_inputs_file_is_used_if_it_is_there() {
    let project = Project::simulation("{}");
    assert!(project.config().inputs_files.is_empty());
    project.write("inputs/generated.yaml", b"- a");
    assert_eq!(
        project.config().inputs_files,
        [project.path("inputs/generated.yaml")]
    );
}

#[test]
fn the_agents_environment_is_what_was_said_last() {
    let text =
        "runner: {environment_vars: {A: own, API_KEY: '***', PORT: 08080, ON: true, NONE: null}}";
    let project = Project::new(&[
        ("configs/simulation.yaml", text),
        (
            ".env",
            "A=dotenv\nB=dotenv\nC=dotenv\nD=dotenv\nE=\nAPI_KEY=sk-dotenv\n",
        ),
    ])
    .environment(&[("A", "set"), ("B", "set"), ("C", "")]);
    let environment = project.config().runner.environment;
    let environment: Vec<String> = environment
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        environment,
        [
            "A=own",
            "API_KEY=sk-dotenv",
            "C=dotenv",
            "D=dotenv",
            "ON=true",
            "PORT=08080"
        ]
    );
    assert_eq!(project.warnings(), "");
    project.write(".env", b"");
    insta::assert_snapshot!(project.warnings(), @r#"
    warning: `runner.environment_vars.API_KEY` was masked when this file was written: it is not set
     --> configs/simulation.yaml:1:37
      |
    1 | runner: {environment_vars: {A: own, API_KEY: ***
      |                                     ^
      = help: set API_KEY in the environment or in `.env`
    "#);
}

#[test]
fn experiments_do_not_add_to_what_the_service_records() {
    let project =
        Project::simulation("runner: {environment_vars: {FLUXLOOP_RECORDING_FILE: own.jsonl}}\n");
    project.write(
        ".env",
        b"FLUXLOOP_RECORD_ARGS=true\nFLUXLOOP_RECORDING_FILE=args.jsonl\nFLUXLOOP_RECORDING_MAX_BYTES=9\nA=b\n",
    );
    let environment = project.config().runner.environment;
    let variables: Vec<String> = environment
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(variables, ["A=b", "FLUXLOOP_RECORDING_FILE=own.jsonl"]);
    assert_eq!(
        project
            .environment(&[("FLUXLOOP_RECORD_ARGS", "true")])
            .warnings(),
        ""
    );
}

#[test]
fn a_bad_dotenv_is_an_error() {
    let project = Project::new(&[
        ("configs/simulation.yaml", ""),
        (".env", "A=1\nnot a variable\n"),
    ]);
    assert!(
        project.errors().contains(".env:2:1"),
        "{}",
        project.errors()
    );
}

/// Every key that the Python version's `init` writes, in its files and its form.
#[test]
fn what_the_original_sets_up_loads_with_warnings_only() {
    let project = Project::new(&[
        (
            "configs/project.yaml",
            "# Project\nname: shop\ndescription: simulation\nversion: 1.0.0\n\nsource_root: \"\"\n\ncollector_url: null\n\
             collector_api_key: null\n\ntags:\n  - simulation\n\nmetadata:\n  team: development\n  environment: local\n",
        ),
        (
            "configs/input.yaml",
            "personas:\n  - name: novice_user\n    description: New here\n    characteristics:\n      - Asks basic questions\n    \
             language: en\n    expertise_level: novice\n    goals:\n      - Complete basic tasks\n\nbase_inputs:\n  \
             - input: \"How do I begin?\"\n    expected_intent: help\n\nvariation_strategies:\n  - rephrase\n  - verbose\n  \
             - error_prone\n\nvariation_count: 2\nvariation_temperature: 0.7\n\ninputs_file: inputs/generated.yaml\n\n\
             input_generation:\n  mode: llm\n  llm:\n    enabled: true\n    provider: openai\n    model: gpt-4o-mini\n    \
             api_key: null\n",
        ),
        (
            "configs/simulation.yaml",
            "name: shop_experiment\ndescription: simulation\n\niterations: 10\nparallel_runs: 1\nrun_delay_seconds: 0\nseed: 42\n\n\
             runner:\n  module_path: \"examples.simple_agent\"\n  function_name: \"run\"\n  \
             target: \"examples.simple_agent:run\"\n  working_directory: .\n  python_path:\n  timeout_seconds: 120\n  \
             max_retries: 3\n\nreplay_args:\n  enabled: false\n  recording_file: recordings/args_recording.jsonl\n  \
             override_param_path: data.content\n\noutput_directory: experiments\nsave_traces: true\n\
             save_aggregated_metrics: true\n",
        ),
        (
            "configs/evaluation.yaml",
            "evaluators:\n  - name: success_checker\n    type: rule_based\n    enabled: true\n    rules:\n      \
             - check: output_not_empty\n        weight: 1.0\n  - name: quality\n    type: llm_judge\n    enabled: false\n    \
             model: gpt-4o-mini\n    prompt_template: |\n      Rate {input} and {output}\n",
        ),
        (
            ".env",
            "# Settings\nFLUXLOOP_COLLECTOR_URL=http://localhost:8000\nFLUXLOOP_API_KEY=your-api-key-here\nFLUXLOOP_ENABLED=true\n\
             FLUXLOOP_DEBUG=false\nFLUXLOOP_SAMPLE_RATE=1.0\nFLUXLOOP_RECORD_ARGS=false\n\
             FLUXLOOP_RECORDING_FILE=recordings/args_recording.jsonl\nFLUXLOOP_SERVICE_NAME=my-agent\n\
             FLUXLOOP_ENVIRONMENT=development\n",
        ),
    ]);
    let config = project.config();
    assert_eq!(config.name, "shop_experiment");
    assert_eq!(config.iterations.get(), 10);
    assert_eq!(
        config.runner.target.as_deref(),
        Some("examples.simple_agent:run")
    );
    insta::assert_snapshot!(project.warnings(), @"");
}
