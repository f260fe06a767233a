//! What the command exits with, and what it says then. Mistakes that can be seen without a build are told without one.

mod setup;
mod terminal;

use tests::{Project, obedient};

/// Expects this exit code before anything is built or written.
#[track_caller]
fn refused(project: &Project, arguments: &str, code: i32) -> String {
    let arguments = format!("--target-dir untouched {arguments}");
    let finished = project.experiment(&arguments).exits(code);
    assert!(!project.path("untouched").exists(), "built: {finished}");
    assert!(!project.path("experiments").exists(), "ran: {finished}");
    assert!(finished.stdout.is_empty(), "{finished}");
    project.told(&finished)
}

#[test]
fn success_is_0_and_a_gate_that_does_not_hold_100() {
    let project = obedient("", &["say a", "fail b"]);
    let finished = project.experiment("").exits(100);
    let _ = finished.says("test result: FAILED. 1 passed; 1 failed; ");
    let _ = project
        .experiment("--max-failures 1")
        .exits(0)
        .says("test result: ok. 1 passed; 1 failed; ");
}

#[test]
fn a_wrong_command_line_is_2() {
    let project = obedient("", &["say a"]);
    for arguments in [
        "run",
        "run experiments",
        "run experiment --iteration 3",
        "run experiment --iterations 0",
        "run experiment --parallel 0",
        "run experiment --timeout 0",
        "run experiment --min-success-rate 95",
        "run experiment --max-failures -1",
        "run experiment --personas ,",
        "run experiment extra",
        "lst",
        "",
    ] {
        let finished = project.run(arguments).exits(2);
        assert!(finished.stdout.is_empty(), "{arguments}: {finished}");
    }
    let finished = project.run("run experiment").exits(2);
    insta::assert_snapshot!(project.told(&finished), @"
    error: there is no terminal to ask for confirmation on
      = help: pass --yes (or set FLUXLOOP_YES=true) to run without being asked
    ");
    // Both spellings of the command are one.
    let _ = project.run("fluxloop run experiment --yes").exits(0);
    for arguments in ["--help", "run experiment --help", "--version"] {
        let finished = project.run(arguments).exits(0);
        assert!(
            finished.stderr.is_empty() && !finished.stdout.is_empty(),
            "{finished}"
        );
    }
}

#[test]
fn no_input_left_is_4() {
    let inputs = "[{ input: say a, persona: novice }, { input: say b, persona: critic }]";
    let project = obedient("", &[]).inputs(inputs);
    insta::assert_snapshot!(refused(&project, "-p expert", 4), @"
    error: no input is left to run: `--personas expert` keeps none of the 2 inputs
      = help: the inputs name these personas: critic, novice
    ");
    let config = "personas: [{ name: novice }, { name: critic }, { name: expert }]";
    let project = obedient(config, &[]).inputs(inputs);
    insta::assert_snapshot!(refused(&project, "-p expert", 4), @"
    error: no input is left to run: `--personas expert` keeps none of the 2 inputs
      = help: the inputs name these personas: critic, novice
    ");
}

#[test]
fn no_agent_at_all_is_4() {
    let project = Project::new(
        "e2e_empty",
        "pub fn run(input: String) -> String { input }\n",
    )
    .config("")
    .inputs("- hello");
    let finished = project.experiment("").exits(4);
    insta::assert_snapshot!(project.told(&finished), @"
    error: no agent is registered in library `e2e_empty` of package `e2e_empty`
      = help: put #[fluxloop::agent] on a function; if there is one, check that a feature does not leave it out
    ");
    assert!(!project.path("experiments").exists());
    let _ = project.run("list").exits(4).says("no agent is registered");
    let _ = project.run("list cases").exits(4);
    // A file that nothing declares is the usual reason.
    project.write(
        "src/support.rs",
        "#[fluxloop::agent]\nfn run(input: String) -> String { input }\n",
    );
    let finished = project.experiment("").exits(4);
    insta::assert_snapshot!(project.told(&finished), @"
    error: no agent is registered in library `e2e_empty` of package `e2e_empty`
      = help: src/support.rs has an agent, but no `mod` item leads to that file: declare the module
    ");
}

#[test]
fn a_build_that_fails_is_101() {
    let project = Project::new(
        "e2e_broken",
        "#[fluxloop::agent]\nfn run(input: String) -> u32 { input }\n",
    )
    .config("")
    .inputs("- hello");
    let finished = project.experiment("").exits(101);
    // The compiler's own words, and ours last.
    let finished = finished
        .says("error[E0308]: mismatched types")
        .says("src/lib.rs:2:");
    let _ = finished.says("error: the build failed: library `e2e_broken` of package `e2e_broken`");
    assert!(!project.path("experiments").exists());
    let _ = project.run("list").exits(101);
    project.write("Cargo.toml", "[package]\nname = \n");
    let _ = project.experiment("").exits(101).says("Cargo.toml");
}

#[test]
fn results_that_cannot_be_written_are_110() {
    let project = obedient("", &["say a"]).file("taken", "a file");
    for arguments in ["-o taken", "-o taken/below"] {
        let finished = project.experiment(arguments).exits(110);
        assert_eq!(
            std::fs::read_to_string(project.path("taken"))
                .ok()
                .as_deref(),
            Some("a file"),
            "{finished}"
        );
    }
    let finished = project.experiment("-o taken").exits(110);
    insta::assert_snapshot!(project.told(&finished), @"
    error: could not create the directory `[project]/taken`
      caused by: File exists (os error 17)
      = help: something else stands in the way: move it, or choose another one with `output.directory` (`--output-dir`)
    ");
}
