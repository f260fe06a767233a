//! What is the user's own stays as it is.

use std::process::Command;

use tests::{Finished, Project, workspace};

const LIBRARY: &str = "
#[fluxloop::agent]
fn run(input: String) -> String { e2e_patched::answer(&input) }

#[test]
fn the_only_test() {}
";

const EXAMPLE: &str = "
#[fluxloop::agent]
fn show(input: String) -> String { input }

fn main() { println!(\"the example's own main\"); }
";

/// The user's own cargo.
fn cargo(project: &Project, arguments: &str) -> Finished {
    let like_ours = project.command("");
    let mut cargo = Command::new(env!("CARGO"));
    for (name, value) in like_ours.get_envs() {
        if let Some(value) = value {
            cargo.env(name, value);
        }
    }
    cargo
        .args(arguments.split_whitespace())
        .current_dir(project.path(""));
    cargo.output().expect("cargo starts").into()
}

fn project() -> Project {
    let rest = "e2e_patched = \"1.0.7\"\n\n[patch.crates-io]\ne2e_patched = { path = \"patched\" }\n\n[workspace]\n";
    let patched = "[package]\nname = \"e2e_patched\"\nversion = \"1.0.7\"\nedition = \"2024\"\n";
    Project::bare()
        .package("", "e2e_untouched", rest)
        .locked()
        .file("patched/Cargo.toml", patched)
        .file(
            "patched/src/lib.rs",
            "pub fn answer(input: &str) -> String { format!(\"patched {input}\") }\n",
        )
        .file("src/lib.rs", LIBRARY)
        .file("examples/demo.rs", EXAMPLE)
        .config("runner: { target: 'e2e_untouched:run' }")
        .inputs("- hello")
}

#[test]
fn nothing_of_the_users_changes() {
    let project = project();
    // The lock file as the user's cargo has it.
    let _ = cargo(&project, "metadata --format-version 1 --quiet").exits(0);
    let before = project.tree();
    assert!(before.iter().any(|(path, _)| path.ends_with("Cargo.lock")));
    let _ = project.experiment("").exits(0);
    assert_eq!(
        project.latest().rows("trace_summary.jsonl")[0]["output"],
        "patched hello"
    );
    project.write(
        "configs/simulation.yaml",
        "runner: { target: 'examples.demo:show' }",
    );
    let _ = project.experiment("").exits(0);
    let _ = project.run("list").exits(0);
    let _ = project.experiment("--locked --dry-run").exits(0);
    project.write(
        "configs/simulation.yaml",
        "runner: { target: 'e2e_untouched:run' }",
    );
    assert!(
        project.tree() == before,
        "{:#?}",
        project
            .tree()
            .iter()
            .map(|(path, _)| path)
            .collect::<Vec<_>>()
    );
    let folder = std::fs::read_dir(project.path(""))
        .expect("it is there")
        .flatten();
    let mut names: Vec<_> = folder
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    let expected = [
        "Cargo.lock",
        "Cargo.toml",
        "configs",
        "examples",
        "experiments",
        "inputs",
        "patched",
        "src",
    ];
    assert_eq!(names, expected);
}

#[test]
fn the_users_tests_and_examples_are_their_own() {
    let project = Project::new(
        "e2e_own_tests",
        &LIBRARY.replace("e2e_patched::answer(&input)", "input"),
    )
    .file("examples/demo.rs", EXAMPLE)
    .config("runner: { target: run }")
    .inputs("- hello");
    let _ = project.experiment("").exits(0);
    let listed = cargo(&project, "test --all-targets --quiet -- --list").exits(0);
    let tests: Vec<_> = listed
        .stdout
        .lines()
        .filter(|line| line.ends_with(": test"))
        .collect();
    assert_eq!(tests, ["the_only_test: test"], "{listed}");
    let shown = cargo(&project, "run --quiet --example demo").exits(0);
    assert_eq!(shown.stdout, "the example's own main\n");
    // No warning of the attribute's making.
    let built = cargo(&project, "check --all-targets").exits(0);
    assert!(!built.stderr.contains("warning"), "{built}");
}

#[test]
fn the_repository_is_not_the_place_of_a_users_build() {
    // Were a member generated here, this file would say so.
    let manifest = std::fs::read_to_string(workspace().join("Cargo.toml")).expect("it is there");
    assert!(!manifest.contains("e2e"));
}
