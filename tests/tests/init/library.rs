//! A library with an agent: what it lacks is written, once.

use std::fs;

use tests::{Finished, Project, workspace};

use super::{AGENT, file, is_green, told};

#[test]
fn a_crate_with_an_agent_is_green_at_once_and_stays_as_it_is() {
    let project = Project::bare()
        .package(
            "",
            "e2e_init",
            "# What else it needs.\n\n[workspace] # of its own\n",
        )
        .locked()
        .file("src/lib.rs", AGENT);
    insta::assert_snapshot!(told(&project, "init", 2), @"
    error: there is no terminal to ask for confirmation on
      = help: pass --yes (or set FLUXLOOP_YES=true) to run without being asked
    ");
    assert!(!project.path("configs").exists());
    writes_what_lacks(&project);
    is_green(&project, 2);
    says_what_a_report_needs(&project);
    keeps_what_is_there(&project);
    is_asked_for_one_of_several(&project);
    leaves_another_test_alone(&project);
}

/// The harness that was asked for writes none.
fn says_what_a_report_needs(project: &Project) {
    let mut command = project.cargo("test --quiet --test fluxloop");
    command.env("FLUXLOOP_JUNIT", "junit.xml");
    let finished: Finished = command.output().expect("cargo starts").into();
    let finished = finished.exits(101);
    let told = finished
        .stderr
        .lines()
        .take(2)
        .collect::<Vec<_>>()
        .join("\n");
    insta::assert_snapshot!(told, @r#"
    error: `FLUXLOOP_JUNIT` asks for a report, and fluxloop's feature `junit` is off
      = help: turn it on: `fluxloop = { version = "…", features = ["harness", "junit"] }` in [dev-dependencies]
    "#);
}

fn writes_what_lacks(project: &Project) {
    insta::assert_snapshot!(told(project, "init --yes", 0), @r#"
    Package e2e_init in [project]:
      create    configs/simulation.yaml
      create    inputs/generated.yaml
      create    tests/fluxloop.rs
      change    Cargo.toml
                +
                + [dev-dependencies]
                + fluxloop = { path = "[repository]/fluxloop", features = ["harness"] }
                +
                + [[test]]
                + name = "fluxloop"
                + harness = false
    [INFO] Wrote configs/simulation.yaml, inputs/generated.yaml, tests/fluxloop.rs, Cargo.toml
    [INFO] Next:
             cargo fluxloop run experiment
             cargo test --test fluxloop
    "#);
    insta::assert_snapshot!(file(project, "Cargo.toml"), @r#"
    [package]
    name = "e2e_init"
    version = "0.1.0"
    edition = "2024"

    [dependencies]
    fluxloop = { path = "[repository]/fluxloop" }
    # What else it needs.

    [workspace] # of its own

    [dev-dependencies]
    fluxloop = { path = "[repository]/fluxloop", features = ["harness"] }

    [[test]]
    name = "fluxloop"
    harness = false
    "#);
    insta::assert_snapshot!(file(project, "configs/simulation.yaml"), @r#"
    # What `cargo fluxloop run experiment` runs.
    name: "e2e_init"

    runner:
      # The agent: module.path:function
      target: "e2e_init:run"
      # Runs of each input.
      iterations: 1

    # Runs at once.
    parallel_runs: 4

    gate:
      # So many runs may fail.
      max_failures: 0

    # Who asks. An input that names none of them is asked by each.
    personas:
      - name: novice_user
        description: "Has never used this before, and says so."
        expertise_level: novice
      - name: expert_user
        description: "Knows the subject, and wants details."
        expertise_level: expert

    # A conversation of each input: a supervisor plays the user's next messages.
    # multi_turn:
    #   enabled: true
    #   max_turns: 4
    #   supervisor:
    #     provider: mock
    #     metadata:
    #       scripted_questions: ["Can you explain more?"]
    "#);
    insta::assert_snapshot!(file(project, "inputs/generated.yaml"), @r#"
    # What the agent is asked. More of these: `cargo fluxloop generate inputs`.
    generated_inputs:
      - input: "How do I start?"
        persona: novice_user
      - input: "What are advanced options?"
        persona: expert_user
    "#);
    insta::assert_snapshot!(file(project, "tests/fluxloop.rs"), @"
    //! The experiment of `configs/simulation.yaml`: each of its cases is a test.

    fluxloop::main!(e2e_init);
    ");
}

fn keeps_what_is_there(project: &Project) {
    let before = project.tree();
    insta::assert_snapshot!(told(project, "init --yes", 0), @"
    Package e2e_init in [project]:
      as it is  configs/simulation.yaml
      as it is  inputs/generated.yaml
      as it is  tests/fluxloop.rs
      as it is  Cargo.toml
    [INFO] Everything is there: nothing was written
    [INFO] Next:
             cargo fluxloop run experiment
             cargo test --test fluxloop
    ");
    assert_eq!(project.tree(), before);
    // What somebody has written stays, and counts: another agent is no question any more.
    let config = "iterations: 2\nrunner:\n  target: \"e2e_init:run\"\n";
    project.write("configs/simulation.yaml", config);
    project.write(
        "src/lib.rs",
        &format!("{AGENT}\npub mod other {{\n    {AGENT}}}\n"),
    );
    fs::remove_file(project.path("inputs/generated.yaml")).expect("it was written");
    let _ = project.run_with("FLUXLOOP_YES=true", "init").exits(0);
    assert_eq!(file(project, "configs/simulation.yaml"), config);
    assert!(project.path("inputs/generated.yaml").exists());
}

fn is_asked_for_one_of_several(project: &Project) {
    insta::assert_snapshot!(told(project, "init --yes --force", 96), @"
    error: no target is configured, and there are 2 agents:
        e2e_init:run        src/lib.rs:2
        e2e_init.other:run  src/lib.rs:8
      = help: say which is meant, as in `--agent e2e_init:run`
    ");
    let _ = project
        .run("init --yes --force --agent e2e_init.other:run")
        .exits(0);
    assert!(file(project, "configs/simulation.yaml").contains("target: \"e2e_init.other:run\""));
    insta::assert_snapshot!(told(project, "init --yes --agent e2e_init.other:runn", 96), @"
    error: no agent fits target `e2e_init.other:runn`; there are:
        e2e_init.other:run  src/lib.rs:8
        e2e_init:run        src/lib.rs:2
      = help: did you mean `e2e_init.other:run`?
    ");
}

/// In the manifest, too.
fn leaves_another_test_alone(project: &Project) {
    project.write("tests/fluxloop.rs", "#[test]\nfn mine() {}\n");
    let manifest = file(project, "Cargo.toml");
    let without = manifest.split("[[test]]").next().unwrap_or_default();
    project.write(
        "Cargo.toml",
        &without.replace("[repository]", &workspace().display().to_string()),
    );
    let before = project.tree();
    let _ = project
        .run("init --yes --agent e2e_init.other:run")
        .exits(0)
        .says("tests/fluxloop.rs is there already, and is another test");
    assert_eq!(project.tree(), before);
}
