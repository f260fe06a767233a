//! Precedence, spellings, unknown keys.

use super::*;

const FOUR: &[(&str, &str)] = &[
    (
        "configs/project.yaml",
        "name: p\niterations: 1\nrunner: {target: p}\nmetadata: {a: 1, b: 1}\n",
    ),
    (
        "configs/input.yaml",
        "iterations: 2\nseed: 2\ntags: [x, y]\npersonas: [{name: a}]\n",
    ),
    (
        "configs/simulation.yaml",
        "iterations: 3\nseed: 3\nparallel_runs: 3\nmetadata: {b: 2}\nrunner:\ntags: [z]\n",
    ),
    (
        "configs/evaluation.yaml",
        "iterations: 4\nmodel: gpt\ngate: {max_failures: 4}\n",
    ),
];

#[test]
fn sections_are_merged_in_their_order_key_by_key() {
    let project = Project::new(FOUR);
    let config = project.config();
    assert_eq!(
        (config.name.as_str(), config.iterations.get(), config.seed),
        ("p", 3, Some(3))
    );
    assert_eq!(
        config.metadata,
        serde_json::from_str(r#"{"a": 1, "b": 2}"#).unwrap()
    );
    assert_eq!(config.tags, ["z"], "lists replace");
    assert_eq!(
        config.runner.target.as_deref(),
        Some("p"),
        "an empty section changes nothing"
    );
    assert_eq!(config.gate.max_failures, 4);
    assert_eq!(config.files.len(), 4);
    assert_eq!(
        project.warnings(),
        "",
        "of evaluation.yaml, other keys are another tool's"
    );
}

#[test]
fn the_command_line_wins_over_the_environment_over_dotenv_over_files() {
    let mut project = Project::new(FOUR);
    let all = |config: &Config| {
        (
            config.iterations.get(),
            config.parallel.get(),
            config.seed.unwrap(),
        )
    };
    assert_eq!(all(&project.config()), (3, 3, 3));
    project.write(
        ".env",
        b"FLUXLOOP_ITERATIONS=5\nFLUXLOOP_PARALLEL=5\nFLUXLOOP_SEED=5\n",
    );
    assert_eq!(all(&project.config()), (5, 5, 5));
    project = project.environment(&[
        ("FLUXLOOP_ITERATIONS", "6"),
        ("FLUXLOOP_PARALLEL", "6"),
        ("FLUXLOOP_SEED", ""),
    ]);
    assert_eq!(all(&project.config()), (6, 6, 5));
    assert_eq!(all(&project.flag("iterations", "7").config()), (7, 6, 5));
}

#[test]
fn every_option_has_a_flag_and_a_variable() {
    let of_turns = "has no effect: it is about conversations, which are off";
    for option in RUN_OPTIONS {
        let (value, wrong) = match (option.name, option.kind) {
            ("supervisor-provider", _) => ("mock", "gemini"),
            ("supervisor-base-url", _) => ("http://localhost", "localhost"),
            ("supervisor-cassette", _) => ("record", "rewind"),
            ("multi-turn", _) => ("false", "maybe"),
            ("min-success-rate" | "supervisor-temperature", _) => ("0.5", "many"),
            (_, OptionKind::Whole | OptionKind::Number) => ("7", "-1"),
            (_, OptionKind::Switch) => ("1", "yes"),
            (_, OptionKind::List) => ("a,b", ","),
            (_, OptionKind::Text | OptionKind::Path | OptionKind::Paths) => ("text", "a\nb"),
        };
        let flag = Project::simulation("{}").flag(option.name, value);
        let variable = Project::simulation("{}").environment(&[(&option.variable(), value)]);
        for project in [&flag, &variable] {
            let loaded = project.load().unwrap();
            let pointer = format!("/{}", option.key.replace('.', "/"));
            let merged = serde_json::Value::Object(loaded.config.merged.clone());
            assert!(
                merged
                    .pointer(&pointer)
                    .is_some_and(|value| !value.is_null()),
                "{}",
                option.name
            );
            let is_of_turns = option.key.starts_with("multi_turn.")
                && !["multi-turn", "auto-approve-tools", "supervisor-api-key"]
                    .contains(&option.name);
            assert_eq!(
                project.warnings().contains(of_turns),
                is_of_turns,
                "{}",
                option.name
            );
        }
        if option.name == "supervisor-api-key" {
            continue;
        }
        let flag = Project::simulation("{}")
            .flag(option.name, wrong)
            .load()
            .unwrap_err();
        assert!(
            flag.to_string()
                .starts_with(&format!("`--{}`", option.name)),
            "{flag}"
        );
        let variable = Project::simulation("{}").environment(&[(&option.variable(), wrong)]);
        let variable = variable.load().unwrap_err();
        assert!(
            variable
                .to_string()
                .starts_with(&format!("`{}`", option.variable())),
            "{variable}"
        );
    }
}

#[test]
fn the_pages_spelling_wins_with_a_warning() {
    let project = Project::simulation(
        "iterations: 3\nrunner:\n  iterations: 10\noutput_directory: a\noutput: {directory: b}\n",
    );
    let config = project.config();
    assert_eq!(config.iterations.get(), 10);
    assert!(config.output.directory.ends_with("b"));
    insta::assert_snapshot!(project.warnings(), @r#"
    warning: `runner.iterations` and `iterations` differ: `runner.iterations` is used
     --> configs/simulation.yaml:1:13
      |
    1 | iterations: 3
      |             ^
      = help: keep one of them

    warning: `output.directory` and `output_directory` differ: `output.directory` is used
     --> configs/simulation.yaml:4:19
      |
    4 | output_directory: a
      |                   ^
      = help: keep one of them
    "#);
    let same = Project::simulation("iterations: 3\nrunner: {iterations: 3}\n");
    assert_eq!(same.warnings(), "");
}

#[test]
fn an_override_wins_over_both_spellings() {
    let project = Project::simulation("runner: {iterations: 10}\noutput: {directory: b}\n");
    let config = project
        .flag("iterations", "5")
        .flag("output-dir", "c")
        .config();
    assert_eq!(config.iterations.get(), 5);
    assert!(config.output.directory.ends_with("c"));
}

#[test]
fn an_override_from_code_is_named_by_its_key() {
    let mut project = Project::simulation("{}");
    project
        .request
        .overrides
        .push(Override::key("runner.timeout_seconds", 0));
    insta::assert_snapshot!(project.errors(), @"error: `runner.timeout_seconds`: expected a number of seconds above 0, found 0");
}

#[test]
fn unknown_keys_are_those_that_nothing_reads() {
    let project = Project::simulation(
        "itterations: 3\ntimeout_seconds: 5\ncolour: red\nrunner:\n  max_retry: 3\n  python_path: x\n  docker_image: y\n\
         personas:\n  - name: a\n    gaols: [x]\ncollector_url: x\ncollector_api_key: y\nsource_root: z\nevaluators: []\nvariation_count: 2\n",
    );
    insta::assert_snapshot!(project.warnings(), @r#"
    warning: unknown key `itterations`: nothing reads it
     --> configs/simulation.yaml:1:1
      |
    1 | itterations: 3
      | ^
      = help: did you mean `iterations`?

    warning: unknown key `timeout_seconds`: nothing reads it
     --> configs/simulation.yaml:2:1
      |
    2 | timeout_seconds: 5
      | ^
      = help: did you mean `runner.timeout_seconds`? indent it below `runner:`

    warning: unknown key `colour`: nothing reads it
     --> configs/simulation.yaml:3:1
      |
    3 | colour: red
      | ^
      = help: remove it, or check its spelling

    warning: unknown key `runner.max_retry`: nothing reads it
     --> configs/simulation.yaml:5:3
      |
    5 |   max_retry: 3
      |   ^
      = help: did you mean `max_retries`?

    warning: `runner.python_path` is of the Python version: it has no effect
     --> configs/simulation.yaml:6:16
      |
    6 |   python_path: x
      |                ^
      = help: remove it

    warning: `runner.docker_image` is of the Python version: it has no effect
     --> configs/simulation.yaml:7:3
      |
    7 |   docker_image: y
      |   ^
      = help: remove it

    warning: unknown key `personas[0].gaols`: nothing reads it
      --> configs/simulation.yaml:10:5
       |
    10 |     gaols: [x]
       |     ^
       = help: did you mean `goals`?
    "#);
}

#[test]
fn unknown_keys_of_generation_are_told() {
    let project = Project::simulation(
        "variation_cuont: 2\nvariation_model: m\ninput_generation:\n  modes: llm\n  llm:\n    enabled: true\n    modle: m\n    \
         top_p: 0.5\n    cassette:\n      path: x\n",
    );
    insta::assert_snapshot!(project.warnings(), @r#"
    warning: unknown key `variation_cuont`: nothing reads it
     --> configs/simulation.yaml:1:1
      |
    1 | variation_cuont: 2
      | ^
      = help: did you mean `variation_count`?

    warning: `variation_model` is of the Python version: it has no effect
     --> configs/simulation.yaml:2:18
      |
    2 | variation_model: m
      |                  ^
      = help: remove it

    warning: unknown key `input_generation.modes`: nothing reads it
     --> configs/simulation.yaml:4:3
      |
    4 |   modes: llm
      |   ^
      = help: did you mean `mode`?

    warning: unknown key `input_generation.llm.modle`: nothing reads it
     --> configs/simulation.yaml:7:5
      |
    7 |     modle: m
      |     ^
      = help: did you mean `model`?

    warning: `input_generation.llm.top_p` is of the Python version: it has no effect
     --> configs/simulation.yaml:8:12
      |
    8 |     top_p: 0.5
      |            ^
      = help: remove it

    warning: unknown key `input_generation.llm.cassette.path`: nothing reads it
      --> configs/simulation.yaml:10:7
       |
    10 |       path: x
       |       ^
       = help: remove it, or check its spelling
    "#);
}

#[test]
fn a_section_that_is_no_mapping_is_an_error_under_an_override_too() {
    let project = Project::simulation("runner: fast\n").flag("timeout", "5");
    insta::assert_snapshot!(project.errors(), @r#"
    error: `runner`: expected a mapping of keys to values, found the text `fast`
     --> configs/simulation.yaml:1:9
      |
    1 | runner: fast
      |         ^
    "#);
}
