//! What is said of an experiment that cannot be run.

use fluxloop::Experiment;

use super::project::Project;

/// As a test prints it that returns the error.
fn said(project: &Project, experiment: &Experiment) -> String {
    let error = experiment.run().expect_err("it is wrong");
    let folder = project.path("").display().to_string();
    let said = format!("Error: {error:?}").replace(&folder, "[project]/");
    let lines = said
        .lines()
        .map(|line| match line.split_once("agents.rs:") {
            Some((before, _)) => format!("{before}agents.rs:[line]"),
            None => line.trim_end().to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn configurations() {
    let project = Project::asking("echo", &["hello"]);
    let plain = || project.experiment();
    insta::assert_snapshot!(said(&project, &plain().iterations(0)), @"
    Error:
    error: `.iterations()`: expected a whole number of at least 1, found 0
    ");
    insta::assert_snapshot!(said(&project, &plain().set("runer.target", "echo")), @"
    Error:
    error: `runer.target`: there is no such key
      = help: did you mean `runner.target`?
    ");
    insta::assert_snapshot!(said(&project, &plain().set("runner.time_out_seconds", 3)), @"
    Error:
    error: `runner.time_out_seconds`: there is no such key
      = help: did you mean `runner.timeout_seconds`?
    ");
    insta::assert_snapshot!(said(&project, &plain().set("iterations.of", 3)), @"
    Error:
    error: `iterations.of`: expected a whole number of at least 1, found a mapping
    ");
    insta::assert_snapshot!(said(&project, &plain().personas(["ada"]).filter("nothing")), @"
    Error: no case is left to run: `--filter nothing` keeps none of the one case
      = help: the text must stand in a case's name, for example in `ada::hello-2cf24d::iter_0`; `cargo fluxloop list cases` prints all names
    ");
    insta::assert_snapshot!(said(&project, &plain().set("seed", "many")), @"
    Error:
    error: `seed`: expected a whole number of at least 0, found the text `many`
    ");
    insta::assert_snapshot!(said(&project, &plain().inputs("none.yaml")).replace(env!("CARGO_MANIFEST_DIR"), "[package]"), @"
    Error:
    error: inputs file not found: [package]/none.yaml
      = help: check `inputs_file` or `--inputs`
    ");
}

#[test]
fn a_file_that_is_not_there() {
    let error = Experiment::from_config("configs/none.yaml").unwrap_err();
    insta::assert_snapshot!(format!("{error:?}").trim_start().replace(env!("CARGO_MANIFEST_DIR"), "[package]"), @"
    error: configuration file not found: [package]/configs/none.yaml
      = help: a relative path is meant from the package's folder, [package]
    ");
}

#[test]
fn a_file_that_is_wrong() {
    let project = Project::new("iterations: none\nrunner: {target: echo}\n");
    insta::assert_snapshot!(said(&project, &project.experiment()), @"
    Error:
    error: `iterations`: expected a whole number of at least 1, found the text `none`
     --> [project]/configs/simulation.yaml:1:13
      |
    1 | iterations: none
      |             ^
    ");
}

#[test]
fn agents_that_are_not_there() {
    let project = Project::asking("echo", &["hello"]);
    let plain = || project.experiment();
    insta::assert_snapshot!(said(&project, &plain().target("eco")), @"
    Error: no agent fits target `eco`; there are:
      experiment.agents:echo     fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:tells    fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:fickle   fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:refunds  fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:obey     fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:rude     fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:talks    fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:patient  fluxloop/tests/experiment/agents.rs:[line]
      = help: did you mean `experiment.agents:echo`?
    ");
    insta::assert_snapshot!(said(&project, &plain().target("my_shop.desk:answer")), @"
    Error: no agent fits target `my_shop.desk:answer`; there are:
      experiment.agents:talks    fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:patient  fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:rude     fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:tells    fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:obey     fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:fickle   fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:refunds  fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:echo     fluxloop/tests/experiment/agents.rs:[line]
      = help: crate `my_shop` has no agents here: if it has any, name it in the test, `use my_shop as _;`
    ");
    let unspecified = Project::new("base_inputs: [{input: hello}]\n");
    insta::assert_snapshot!(said(&unspecified, &unspecified.experiment()), @r#"
    Error: no target is configured, and there are 8 agents:
      experiment.agents:echo     fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:fickle   fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:obey     fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:patient  fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:refunds  fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:rude     fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:talks    fluxloop/tests/experiment/agents.rs:[line]
      experiment.agents:tells    fluxloop/tests/experiment/agents.rs:[line]
      = help: put the one to run into the configuration:
              runner:
                target: "experiment.agents:echo"
    "#);
}

#[test]
fn inputs_that_do_not_fit() {
    let project = Project::new("runner: {target: refunds}\n");
    let experiment = project.experiment().input("twelve").input(12);
    insta::assert_snapshot!(said(&project, &experiment), @r#"
    Error: 1 input does not fit agent `experiment.agents:refunds` (its type said so):
    .input(): input `twelve-d1a749`: parameter `order`: invalid type: string "twelve", expected u32
      = help: change the inputs, or the types of the agent's parameters; nothing was run
    "#);
    assert!(!project.path("experiments").exists());
}

#[test]
fn what_a_test_cannot_do_is_said() {
    let project = Project::new(
        "runner:\n  target: echo\n  environment_vars: {SHOP_ADDRESS: here}\n  working_directory: .\n",
    );
    project.write(
        ".env",
        "SHOP_PASSWORD=not-shown-1234\nFLUXLOOP_PARALLEL=2\n",
    );
    let result = project.experiment().input("hello").run().unwrap();
    let warnings = result.warnings().join("\n");
    let folder = project.path("").display().to_string();
    insta::assert_snapshot!(warnings.replace(folder.trim_end_matches('/'), "[project]"), @"
    warning: agents run in the test's own process, where `runner.environment_vars` and `.env` set nothing: SHOP_ADDRESS, SHOP_PASSWORD
      = help: set them before the test runs, or run the cases with `cargo fluxloop` or `fluxloop::main!`
    warning: agents run in the working directory of the test, and not in `runner.working_directory`: [project]
    ");
    let plain = Project::asking("echo", &["hello"]);
    assert!(plain.experiment().run().unwrap().warnings().is_empty());
}
