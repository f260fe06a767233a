//! `cargo fluxloop record`.

use std::fs;

use tests::Project;

const CONFIG: &str = "# How it is run.
runner:
  target: \"shop:run\" # the desk

# Calls of last week.
replay_args:
  # Off until there are some.
  override_param_path: data.content

seed: 7
";
const DOTENV: &str =
    "# Keys.\r\nexport OPENAI_API_KEY='sk-12345678' # mine\r\n\r\nFLUXLOOP_RECORD_ARGS=false\r\n";

fn project() -> Project {
    Project::bare().config(CONFIG).file(".env", DOTENV)
}

fn text(project: &Project, file: &str) -> String {
    let folder = project.path("").display().to_string();
    let text = fs::read_to_string(project.path(file)).expect("it is there");
    text.replace(folder.trim_end_matches('/'), "[project]")
}

#[test]
fn recording_is_switched_in_the_files_that_people_keep() {
    let project = project();
    let finished = project.run("record enable").exits(0);
    insta::assert_snapshot!(project.told(&finished), @"
    [INFO] Recording is on, for a service with the variables of .env
    [INFO] Recording file: [project]/recordings/args.jsonl
    [INFO] Changed .env
    [INFO] Changed configs/simulation.yaml
    [INFO] Next: `#[fluxloop::agent(record)]` on the agent, and start the service with these variables
    ");
    insta::assert_snapshot!(text(&project, "configs/simulation.yaml"), @r#"
    # How it is run.
    runner:
      target: "shop:run" # the desk

    # Calls of last week.
    replay_args:
      # Off until there are some.
      override_param_path: data.content
      enabled: false
      recording_file: recordings/args.jsonl

    seed: 7
    "#);
    assert_eq!(
        text(&project, ".env"),
        "# Keys.\r\nexport OPENAI_API_KEY='sk-12345678' # mine\r\n\r\nFLUXLOOP_RECORD_ARGS=true\r\nFLUXLOOP_RECORDING_FILE=[project]/recordings/args.jsonl\r\n"
    );
    let [config, dotenv] = [
        text(&project, "configs/simulation.yaml"),
        text(&project, ".env"),
    ];
    // Again: nothing changes.
    let finished = project.run("record enable").exits(0);
    assert!(project.told(&finished).contains("As it was: .env"));
    assert_eq!(
        [
            text(&project, "configs/simulation.yaml"),
            text(&project, ".env")
        ],
        [config.clone(), dotenv.clone()]
    );

    let finished = project.run("record status").exits(0);
    insta::assert_snapshot!(finished.stdout.replace(&project.path("").display().to_string(), "[project]"), @"
    recording: on (.env)
    recording file: [project]recordings/args.jsonl (.env)
    recorded: nothing yet in [project]recordings/args.jsonl
    replay: off (configs/simulation.yaml)
    replay file: recordings/args.jsonl (configs/simulation.yaml)
    ");
    let _ = project.run("record disable").exits(0);
    assert_eq!(
        text(&project, ".env"),
        dotenv.replace("ARGS=true", "ARGS=false")
    );
    assert_eq!(text(&project, "configs/simulation.yaml"), config);
    let finished = project.run("record status").exits(0);
    assert!(finished.stdout.starts_with("recording: off (.env)\n"));
}

#[test]
fn a_file_of_ones_own_stands_in_both() {
    let project = project();
    let _ = project
        .run("record enable --file calls/mine.jsonl")
        .exits(0);
    assert!(
        text(&project, ".env").contains("FLUXLOOP_RECORDING_FILE=[project]/calls/mine.jsonl\r\n")
    );
    assert!(
        text(&project, "configs/simulation.yaml").contains("  recording_file: calls/mine.jsonl\n")
    );
    // It stays until another is named.
    let _ = project.run("record enable").exits(0);
    assert!(text(&project, ".env").contains("calls/mine.jsonl"));
    let _ = project
        .run("record enable --file /elsewhere/a.jsonl")
        .exits(0);
    assert!(
        text(&project, "configs/simulation.yaml")
            .contains("  recording_file: /elsewhere/a.jsonl\n")
    );
    project.write("calls.jsonl", "{}\n\n{}\n");
    let finished = project
        .run_with(
            "FLUXLOOP_RECORDING_FILE=calls.jsonl FLUXLOOP_RECORD_ARGS=1",
            "record status",
        )
        .exits(0);
    assert!(finished.stdout.starts_with("recording: on (environment)\n"));
    assert!(finished.stdout.contains("recorded: 2 calls in"));
}

#[test]
fn a_project_is_found_as_everywhere() {
    let project = Project::bare().file("fluxloop/shop/configs/simulation.yaml", "seed: 1\n");
    let _ = project.run("record enable --project shop").exits(0);
    assert!(
        text(&project, "fluxloop/shop/.env")
            .contains("[project]/fluxloop/shop/recordings/args.jsonl")
    );
    let finished = project.run("record enable --project shoq").exits(96);
    assert!(
        project
            .told(&finished)
            .contains("did you mean `--project shop`?")
    );
    let project = Project::bare().file("fluxloop.yaml", "seed: 1\n");
    let _ = project.run("record enable --config fluxloop.yaml").exits(0);
    assert_eq!(
        text(&project, "fluxloop.yaml"),
        "seed: 1\nreplay_args:\n  enabled: false\n  recording_file: recordings/args.jsonl\n"
    );
    let finished = project.run("record disable").exits(96);
    assert!(project.told(&finished).contains("--config fluxloop.yaml"));
}

#[test]
fn what_cannot_be_edited_safely_is_left_alone() {
    let project = project();
    let config = "replay_args: { override_param_path: a,\n  create: true }\n";
    project.write("configs/simulation.yaml", config);
    let finished = project.run("record enable").exits(96);
    insta::assert_snapshot!(project.told(&finished), @"
    error: [project]/configs/simulation.yaml: line 1 cannot be edited safely: its value takes several lines
      = help: write it by hand:

              replay_args:
                enabled: false
    ");
    assert_eq!(text(&project, "configs/simulation.yaml"), config);
    assert_eq!(text(&project, ".env"), DOTENV, "nothing is half done");
    project.write("configs/simulation.yaml", CONFIG);
    project.write(".env", "no variable and sk-12345678\n");
    let finished = project.run("record enable").exits(96);
    insta::assert_snapshot!(project.told(&finished), @"
    error: [project]/.env: expected `NAME=value` lines in .env
      = help: write `NAME=value`, with quotes around a value that holds spaces or `#`
    ");
    assert_eq!(
        text(&project, "configs/simulation.yaml"),
        CONFIG,
        "nothing is half done"
    );
}
