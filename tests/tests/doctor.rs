//! `doctor`: what a run needs, found without building or running anything.

use serde_json::Value;
use tests::{Finished, Project};

const LIBRARY: &str = "
#[fluxloop::agent]
fn run(input: String) -> String { input }

/// Nothing here compiles: nothing is built.
#[fluxloop::agent]
fn other(input: String) -> Nothing { missing!() }
";

const KEY: &str = "sk-live-1234567890";

fn project(config: &str) -> Project {
    Project::new("e2e_doctor", LIBRARY)
        .file(
            "examples/demo.rs",
            "#[fluxloop::agent]\nfn show(input: String) -> String { input }\nfn main() {}\n",
        )
        .config(config)
        .inputs("- hello\n- hi\n")
}

/// Each check as `status name: message`, the changing versions left out.
fn checks(project: &Project, finished: &Finished) -> Vec<String> {
    assert_eq!(finished.stdout.lines().count(), 1, "{finished}");
    let document: Value = serde_json::from_str(&finished.stdout).expect("it is JSON");
    assert_eq!(document["passed"], finished.code == Some(0));
    let folder = project.path("").display().to_string();
    let folder = folder.trim_end_matches('/');
    let checks = document["checks"].as_array().expect("a list");
    let checks = checks.iter().filter(|check| {
        !["cargo", "rustc", "git"]
            .iter()
            .any(|name| check["check"] == *name)
    });
    let line = |check: &Value| {
        let text = |key: &str| {
            check[key]
                .as_str()
                .unwrap_or_default()
                .replace(folder, "[project]")
        };
        if check["status"] == "fail" {
            assert_ne!(text("fix"), "", "{check}");
        }
        format!("{} {}: {}", text("status"), text("check"), text("message"))
    };
    checks.map(line).collect()
}

fn line<'a>(checks: &'a [String], name: &str) -> &'a str {
    let found = checks
        .iter()
        .find(|check| check.contains(&format!(" {name}: ")));
    found.unwrap_or_else(|| panic!("{name}: {checks:?}"))
}

#[test]
fn a_project_in_order() {
    let project = project(
        "runner: { target: 'e2e_doctor:run', iterations: 3 }\npersonas: [{ name: novice }, { name: expert }]\n",
    );
    let before = project.tree();
    let finished = project.run("doctor").exits(0);
    assert!(
        finished.stdout.starts_with("ok    cargo: cargo 1."),
        "{finished}"
    );
    assert!(
        finished
            .stdout
            .ends_with("\nA run can go, with 1 warning\n"),
        "{finished}"
    );
    assert!(
        finished.stdout.contains("\nwarn  git: no commit"),
        "{finished}"
    );
    assert!(!finished.stdout.contains('\u{1b}'), "{finished}");
    let checks = checks(&project, &project.run("doctor --json").exits(0));
    insta::assert_snapshot!(checks.join("\n"), @"
    ok configuration: configs/simulation.yaml
    ok workspace: [project]
    ok fluxloop: package `e2e_doctor` uses fluxloop 0.1.0
    ok agents: library `e2e_doctor` of package `e2e_doctor`: e2e_doctor:run (src/lib.rs:3), e2e_doctor:other (src/lib.rs:7)
    ok agents: example `demo` of package `e2e_doctor`: demo:show (examples/demo.rs:2)
    ok target: `e2e_doctor:run` is in the library `e2e_doctor` of package `e2e_doctor`
    info harness: no tests/fluxloop.rs: `cargo test` runs no experiment (`cargo fluxloop init` writes it)
    ok inputs: 2 inputs in inputs/generated.yaml
    ok personas: 2: novice, expert
    ok plan: 12 runs of 2 inputs, by 2 personas, 3 iterations, 1 at a time
    ok supervisor: not needed: conversations are off (openai, model gpt-4o, https://api.openai.com/v1, no key)
    ok output: experiments can be written
    ");
    // But for what cargo itself writes.
    let same: Vec<_> = project
        .tree()
        .into_iter()
        .filter(|(path, _)| !path.ends_with("Cargo.lock"))
        .collect();
    let before: Vec<_> = before
        .into_iter()
        .filter(|(path, _)| !path.ends_with("Cargo.lock"))
        .collect();
    assert_eq!(same, before);
}

#[test]
fn each_failure_has_a_fix() {
    let project = project(
        "runner: { target: 'e2e_doctor:rnu' }\niterations: many\noutput: { directory: blocked/out }\n\
         multi_turn: { enabled: true, supervisor: { provider: anthropic } }\n",
    )
    .file("blocked", "a file")
    .file("tests/fluxloop.rs", "fn main() {}\n")
    .inputs("- { input: a, metadata: 3 }\n");
    let checks = checks(&project, &project.run("doctor --json").exits(96));
    insta::assert_snapshot!(checks.join("\n"), @"
    fail configuration: 2 errors; the first: configs/simulation.yaml:2:13: `iterations`: expected a whole number of at least 1, found the text `many`
    ok workspace: [project]
    ok fluxloop: package `e2e_doctor` uses fluxloop 0.1.0
    ok agents: library `e2e_doctor` of package `e2e_doctor`: e2e_doctor:run (src/lib.rs:3), e2e_doctor:other (src/lib.rs:7)
    ok agents: example `demo` of package `e2e_doctor`: demo:show (examples/demo.rs:2)
    warn target: `e2e_doctor:rnu` is to be in the library `e2e_doctor` of package `e2e_doctor`, whose sources show no such agent
    info harness: tests/fluxloop.rs
    fail inputs: inputs/generated.yaml:1:25: `inputs[0].metadata`: expected a mapping of keys to values, found 3
    ok personas: none: inputs are asked as they stand
    fail supervisor: anthropic, model claude-3-5-sonnet-latest, https://api.anthropic.com, no key
    fail output: blocked/out cannot be written: not a directory
    ");
    // The same to people, who ask for less.
    let brief = project.run("doctor --quiet").exits(96);
    assert!(
        !brief.stdout.contains("ok  ") && brief.stdout.contains("FAIL  supervisor"),
        "{brief}"
    );
}

#[test]
fn a_key_is_told_by_where_it_is_and_never_shown() {
    let config = "multi_turn: { enabled: true, supervisor: { provider: openai, api_key_env: MINE } }\nrunner: { target: run }";
    let project = project(config).file(".env", &format!("MINE={KEY}\n"));
    let finished = project.run("doctor --json").exits(0);
    assert!(!finished.stdout.contains(KEY), "{finished}");
    let checks = checks(&project, &finished);
    assert_eq!(
        line(&checks, "supervisor"),
        "ok supervisor: openai, model gpt-4o, https://api.openai.com/v1, key from MINE in .env"
    );
    let finished = project
        .run_with(&format!("FLUXLOOP_SUPERVISOR_API_KEY={KEY}"), "doctor")
        .exits(0);
    assert!(!finished.stdout.contains(KEY), "{finished}");
    assert!(
        finished
            .stdout
            .contains("key from FLUXLOOP_SUPERVISOR_API_KEY"),
        "{finished}"
    );
}

#[test]
fn the_model_that_writes_inputs_is_looked_at_and_stops_no_run() {
    let generation = |doctor: &str| {
        let project = project(&format!(
            "runner: {{ target: run }}\ninput_generation: {{ mode: llm, llm: {{ {doctor} }} }}"
        ))
        .file(".env", &format!("MINE={KEY}\n"));
        let finished = project.run("doctor --json").exits(0);
        assert!(!finished.stdout.contains(KEY), "{finished}");
        line(&checks(&project, &finished), "generation").to_owned()
    };
    let lines = [
        generation("model: a-model"),
        generation("api_key_env: MINE"),
        generation("base_url: 'http://localhost:1/v1'"),
        generation("cassette: { file: none.jsonl, mode: replay }"),
        generation("cassette: { file: none.jsonl, mode: auto }"),
    ];
    insta::assert_snapshot!(lines.join("\n"), @"
    warn generation: openai, model a-model, https://api.openai.com/v1, no key
    ok generation: openai, model gpt-4o, https://api.openai.com/v1, key from MINE in .env
    ok generation: openai, model gpt-4o, http://localhost:1/v1, no key, and none is needed
    warn generation: the cassette `none.jsonl` is not there
    warn generation: openai, model gpt-4o, https://api.openai.com/v1, cassette none.jsonl (auto, not there yet), no key
    ");
    let project = project("runner: { target: run }\ninput_generation: { mode: llm }");
    let finished = project.run("doctor").exits(0);
    assert!(
        finished.stdout.contains("fix: set OPENAI_API_KEY"),
        "{finished}"
    );
}

#[test]
fn what_is_missing_of_the_workspace_is_told() {
    let unrelated = Project::bare()
        .file("Cargo.toml", "[package]\nname = \"e2e_doctor_none\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n")
        .file("src/lib.rs", "")
        .config("")
        .inputs("- hello");
    let finished = unrelated.run("doctor --json").exits(96);
    assert!(
        line(&checks(&unrelated, &finished), "fluxloop").starts_with("fail"),
        "{finished}"
    );
    assert!(finished.stdout.contains("cargo add fluxloop"), "{finished}");
    let nothing = Project::bare();
    let finished = nothing.run("doctor --json").exits(96);
    let checks = checks(&nothing, &finished);
    assert!(
        line(&checks, "workspace").contains("no Cargo.toml"),
        "{finished}"
    );
    assert!(
        line(&checks, "configuration").starts_with("fail"),
        "{finished}"
    );
    let finished = nothing.run_with("RUSTC=/nowhere/rustc", "doctor").exits(96);
    assert!(
        finished
            .stdout
            .contains("FAIL  rustc: `/nowhere/rustc` could not be run"),
        "{finished}"
    );
}
