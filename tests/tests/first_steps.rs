//! The mistakes of a new user, one after the other, and what each of them is told.

use tests::Project;

const AGENT: &str = "#[fluxloop::agent]\nfn run(input: String) -> String {\n    input\n}\n";

/// Runs, and gives what a person is told.
#[track_caller]
fn told(project: &Project, arguments: &str, code: i32) -> String {
    let finished = project.run(arguments).exits(code);
    project.told(&finished)
}

const EXPERIMENT: &str = "run experiment --yes";

#[test]
fn from_an_empty_folder_to_the_first_experiment() {
    let project = Project::bare();
    insta::assert_snapshot!(told(&project, "run experiment", 2), @"
    error: there is no terminal to ask for confirmation on
      = help: pass --yes (or set FLUXLOOP_YES=true) to run without being asked
    ");
    insta::assert_snapshot!(told(&project, EXPERIMENT, 96), @r#"
    error: configuration file not found: [project]/configs/simulation.yaml
      = help: looked for configs/simulation.yaml in [project]; run in the project's directory, name a file with `--config`, or write one:

              iterations: 1
              runner:
                target: "my_crate:run"
    "#);
    let project = project.config("runner:\n  iterations: 2\n");
    insta::assert_snapshot!(told(&project, EXPERIMENT, 96), @r#"
    error: no inputs: there is no inputs/generated.yaml, and the configuration has no `base_inputs`
      = help: name a file with `inputs_file` (`--inputs`), or write inputs/generated.yaml, for example:

              generated_inputs:
                - input: "How do I start?"
    "#);
    let project = project.inputs("generated_inputs:\n  - input: \"How do I start?\"\n");
    insta::assert_snapshot!(told(&project, EXPERIMENT, 96), @"
    error: no Cargo.toml in [project] or in a folder above it
      = help: run in a cargo project, name one with --manifest-path, or start one with `cargo new`
    ");
    let package = "[package]\nname = \"e2e_steps\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    let project = project.file("Cargo.toml", package);
    insta::assert_snapshot!(told(&project, EXPERIMENT, 101), @"
    error: cargo cannot read the workspace
      error: failed to parse manifest at `[project]/Cargo.toml`

      Caused by:
        no targets specified in the manifest
        either src/lib.rs, src/main.rs, a [lib] section, or [[bin]] section must be present
    ");
    let project = project.file("src/lib.rs", "");
    insta::assert_snapshot!(told(&project, EXPERIMENT, 4), @"
    error: package `e2e_steps` does not depend on fluxloop
      = help: cargo add fluxloop --package e2e_steps
    ");
    insta::assert_snapshot!(told(&project, "list", 4), @"
    error: package `e2e_steps` does not depend on fluxloop
      = help: cargo add fluxloop --package e2e_steps
    ");
    let project = project.package("", "e2e_steps", "").locked();
    insta::assert_snapshot!(told(&project, EXPERIMENT, 4), @"
    error: no agent is registered in library `e2e_steps` of package `e2e_steps`
      = help: put #[fluxloop::agent] on a function; if there is one, check that a feature does not leave it out
    ");
    // An agent in the wrong dress.
    project.write(
        "src/lib.rs",
        &AGENT.replace("fluxloop::agent", "fluxloop::agnt"),
    );
    let finished = project.run(EXPERIMENT).exits(101);
    let _ = finished.says("src/lib.rs:1:");
    project.write("src/lib.rs", AGENT);
    let finished = project.run(EXPERIMENT).exits(0);
    let _ = finished.says("test result: ok. 2 passed; ");
}

fn ready(name: &str) -> Project {
    Project::new(name, AGENT).inputs("- hello")
}

#[test]
fn a_configuration_in_the_wrong_place_is_found() {
    let project = ready("e2e_misplaced").file("simulation.yaml", "iterations: 2");
    insta::assert_snapshot!(told(&project, EXPERIMENT, 96), @"
    error: configuration file not found: [project]/configs/simulation.yaml
      = help: use the one that is there: `--config simulation.yaml`
    ");
    let _ = project
        .experiment("--config simulation.yaml")
        .exits(0)
        .says("2 passed");
    let project = project.file("configs/simulation.yaml", "iterations: 3");
    let inside = project.path("src");
    let finished: tests::Finished = project
        .command(EXPERIMENT)
        .current_dir(inside)
        .output()
        .expect("the command starts")
        .into();
    insta::assert_snapshot!(project.told(&finished), @"
    error: configuration file not found: [project]/src/configs/simulation.yaml
      = help: there is one in [project]: run there
    ");
    insta::assert_snapshot!(told(&project, "run experiment --yes -c configs/simulaton.yaml", 96), @"
    error: configuration file not found: [project]/configs/simulaton.yaml
      = help: check the path given by `--config`
    ");
    insta::assert_snapshot!(told(&project, "run experiment --yes -c configs", 96), @"
    error: expected a file, found a directory: [project]/configs
      = help: name the file in it, for example `configs/simulation.yaml`
    ");
    insta::assert_snapshot!(told(&project, "run experiment --yes --project e2e_misplaced", 96), @"
    error: project not found: [project]/fluxloop/e2e_misplaced
      = help: name the folder that holds the projects with `--root`
    ");
}

#[test]
fn an_indentation_that_is_yaml_and_means_something_else_is_said() {
    let project =
        ready("e2e_indented").config("runner:\ntarget: \"e2e_indented:run\"\niteration: 2\n");
    insta::assert_snapshot!(told(&project, "run experiment --yes --dry-run", 0), @r#"
    warning: unknown key `target`: nothing reads it
     --> configs/simulation.yaml:2:1
      |
    2 | target: "e2e_indented:run"
      | ^
      = help: did you mean `runner.target`? indent it below `runner:`
    warning: unknown key `iteration`: nothing reads it
     --> configs/simulation.yaml:3:1
      |
    3 | iteration: 2
      | ^
      = help: did you mean `iterations`?
    Experiment:
      Agent:       e2e_indented:run
      Inputs:      1
      Personas:    none
      Iterations:  1
      Total runs:  1
      Parallel:    1
      Output:      [project]/experiments
    [INFO] Dry run: every input fits the agent, and nothing was run
    "#);
    let project = project.config("runner:\n\ttarget: \"e2e_indented:run\"\n");
    insta::assert_snapshot!(told(&project, EXPERIMENT, 96), @r#"
    error: tabs disallowed within this context (block indentation)
     --> configs/simulation.yaml:2:2
      |
    2 |  target: "e2e_indented:run"
      |  ^
      = help: indent with spaces: YAML allows no tabs there
    "#);
    let project = project.config("iterations: 2\niterations: 3\n");
    insta::assert_snapshot!(told(&project, EXPERIMENT, 96), @"
    error: the key `iterations` stands twice in one mapping
     --> configs/simulation.yaml:2:1
      |
    2 | iterations: 3
      | ^
      = help: keep one of them
    ");
}

#[test]
fn a_misspelt_variable_is_named() {
    let project = ready("e2e_variables").config("");
    let finished = project
        .run_with("FLUXLOOP_QUITE=1", "run experiment --dry-run")
        .exits(0);
    let _ = finished.says("did you mean `FLUXLOOP_QUIET`?");
    let finished = project
        .run_with("FLUXLOOP_ITERATION=3", "run experiment --dry-run")
        .exits(0);
    insta::assert_snapshot!(project.told(&finished), @"
    warning: nothing reads the variable `FLUXLOOP_ITERATION`
      = help: did you mean `FLUXLOOP_ITERATIONS`?
    Experiment:
      Agent:       e2e_variables:run
      Inputs:      1
      Personas:    none
      Iterations:  1
      Total runs:  1
      Parallel:    1
      Output:      [project]/experiments
    [INFO] Dry run: every input fits the agent, and nothing was run
    ");
    let ours = "FLUXLOOP_QUIET=true FLUXLOOP_COLOR=never FLUXLOOP_YES=true FLUXLOOP_NO_FAIL=0";
    let finished = project.run_with(ours, "run experiment --dry-run").exits(0);
    assert!(!finished.stderr.contains("warning"), "{finished}");
}

#[test]
fn a_target_of_the_python_page_is_answered_with_what_there_is() {
    let project = ready("e2e_page").config("runner:\n  target: \"examples.my_agent:run\"\n");
    insta::assert_snapshot!(told(&project, EXPERIMENT, 96), @"
    error: no agent fits target `examples.my_agent:run`; there are:
        e2e_page:run  src/lib.rs:2
      = help: did you mean `e2e_page:run`?
    ");
    // The only agent needs no target.
    let project = project.config("runner:\n  iterations: 1\n");
    let _ = project.run(EXPERIMENT).exits(0);
    assert_eq!(project.latest().summary()["target"], "e2e_page:run");
}

#[test]
fn help_names_every_option() {
    let help = Project::bare().run("run experiment --help").exits(0).stdout;
    let words: Vec<_> = help.split([' ', ',', '\n', ']', '`']).collect();
    for option in OPTIONS.split_whitespace() {
        assert!(words.contains(&option), "{option}\n{help}");
    }
}

/// What other programs call us with.
const OPTIONS: &str = "
    --config -c --project --root --iterations -i --personas -p --multi-turn --no-multi-turn --max-turns
    --auto-approve-tools --manual-approve-tools --persona-override --supervisor-provider --supervisor-model
    --supervisor-temperature --supervisor-api-key --supervisor-base-url --supervisor-cassette --output-dir --output -o --experiment-name
    --name --yes -y --inputs --parallel --dry-run --seed --timeout --retries --max-failures --min-success-rate
    --no-fail --fail-fast --junit --progress --message-format --quiet -q --verbose -v --color --manifest-path --package
    --features --all-features --no-default-features --release --cargo-profile --target-dir --locked --offline";
