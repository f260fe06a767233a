//! `cargo fluxloop init`: what it writes runs green at once, and nothing that is there is lost.

mod library;

use std::fs;

use tests::{Finished, Project, workspace};

const AGENT: &str = "#[fluxloop::agent]\npub fn run(input: String) -> String {\n    input\n}\n";

/// What a person is told, and what files say, without the path of this repository.
fn shown(project: &Project, text: &str) -> String {
    let folder = project.path("").display().to_string();
    text.replace(&workspace().display().to_string(), "[repository]")
        .replace(folder.trim_end_matches('/'), "[project]")
}

fn told(project: &Project, arguments: &str, code: i32) -> String {
    let finished = project.run(arguments).exits(code);
    shown(project, &project.told(&finished))
}

fn file(project: &Project, path: &str) -> String {
    let text = fs::read_to_string(project.path(path)).expect("it is there");
    shown(project, &text)
}

/// The experiment by the command and by `cargo test`, as a user calls them.
#[track_caller]
fn is_green(project: &Project, runs: usize) {
    let _ = project
        .run("run experiment --yes")
        .exits(0)
        .says(&format!("test result: ok. {runs} passed; "));
    let tested: Finished = project
        .cargo("test --quiet --test fluxloop")
        .output()
        .expect("cargo starts")
        .into();
    let tested = tested.exits(0);
    assert!(
        tested.stdout.contains(&format!("{runs} passed; 0 failed")),
        "{tested}"
    );
}

#[test]
fn inputs_fit_what_the_agent_takes() {
    let project = Project::bare()
        .package("", "e2e_init_typed", "serde = { version = \"1\", features = [\"derive\"] }\n\n[workspace]\n")
        .locked()
        .file(
            "src/lib.rs",
            "mod desk;\n",
        )
        .file(
            "src/desk.rs",
            "#[derive(serde::Deserialize)]\nstruct Ticket {\n    order: u32,\n    lines: Vec<Line>,\n}\n\n\
             #[derive(serde::Deserialize)]\nstruct Line {\n    text: String,\n}\n\n\
             #[fluxloop::agent]\nasync fn refund(ticket: Ticket, _ctx: &fluxloop::Context) -> Result<String, String> {\n    \
             let first = ticket.lines.first().ok_or(\"no lines\")?;\n    Ok(format!(\"{}: {}\", ticket.order, first.text))\n}\n",
        );
    let _ = project.run("init --yes").exits(0);
    insta::assert_snapshot!(file(&project, "inputs/generated.yaml"), @r#"
    # What the agent is asked. More of these: `cargo fluxloop generate inputs`.
    generated_inputs:
      - input:
          order: 1
          lines:
            - text: "How do I start?"
        persona: novice_user
      - input:
          order: 1
          lines:
            - text: "What are advanced options?"
        persona: expert_user
    "#);
    is_green(&project, 2);
    let outputs = project
        .latest()
        .runs()
        .into_values()
        .map(|run| run["output"].clone());
    let outputs: Vec<_> = outputs.collect();
    assert!(
        outputs.contains(&"1: How do I start?".into()),
        "{outputs:?}"
    );
}

#[test]
fn a_crate_without_an_agent_is_told_what_it_needs() {
    let project = Project::bare()
        .file(
            "Cargo.toml",
            &format!(
                "[workspace]\nmembers = [\"shop\"]\nresolver = \"3\"\n\n[workspace.dependencies]\nfluxloop = {{ path = {:?} }}\n",
                workspace().join("fluxloop")
            ),
        )
        .locked()
        .file(
            "shop/Cargo.toml",
            "[package]\nname = \"e2e-init-none\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        )
        .file("shop/src/lib.rs", "//! A shop.\n\n/// Sells.\npub fn sell() {}\n");
    insta::assert_snapshot!(told(&project, "init --yes --agent run", 4), @"
    error: no agent fits target `run`: the sources of package `e2e-init-none` have none
      = help: put #[fluxloop::agent] on a function, or pass --example-agent
    ");
    insta::assert_snapshot!(told(&project, "init --yes", 0), @r#"
    Package e2e-init-none in [project]/shop:
      create    configs/simulation.yaml
      create    inputs/generated.yaml
      create    tests/fluxloop.rs
      change    Cargo.toml
                +
                + [dependencies]
                + fluxloop.workspace = true
                +
                + [dev-dependencies]
                + fluxloop = { workspace = true, features = ["harness"] }
                +
                + [[test]]
                + name = "fluxloop"
                + harness = false
    [INFO] Wrote configs/simulation.yaml, inputs/generated.yaml, tests/fluxloop.rs, Cargo.toml
    [INFO] There is no agent yet: put this into src/lib.rs, or call `cargo fluxloop init --example-agent`

               /// Answers one question.
               #[fluxloop::agent]
               pub fn run(input: String) -> String {
                   format!("You said: {input}")
               }

           Next:
             cd shop
             cargo fluxloop run experiment
             cargo test --test fluxloop
    "#);
    insta::assert_snapshot!(told(&project, "init --yes --force --example-agent --package e2e-init-none", 0), @r#"
    Package e2e-init-none in [project]/shop:
      create    src/agent.rs
      change    src/lib.rs
                + pub mod agent;
                +
      change    configs/simulation.yaml
                -   # The agent: module.path:function. Not needed while there is one only.
                -   # target: "my_crate:run"
                +   # The agent: module.path:function
                +   target: "e2e_init_none:run"
      as it is  inputs/generated.yaml
      as it is  tests/fluxloop.rs
      as it is  Cargo.toml
    [INFO] Wrote src/agent.rs, src/lib.rs, configs/simulation.yaml
    [INFO] Next:
             cd shop
             cargo fluxloop run experiment
             cargo test --test fluxloop
    "#);
    insta::assert_snapshot!(file(&project, "shop/src/lib.rs"), @"
    //! A shop.

    pub mod agent;

    /// Sells.
    pub fn sell() {}
    ");
    let run = |mut command: std::process::Command| -> Finished {
        command.current_dir(project.path("shop"));
        command.output().expect("it starts").into()
    };
    let finished = run(project.command("run experiment --yes")).exits(0);
    let _ = finished.says("test result: ok. 2 passed; ");
    let finished = run(project.cargo("test --quiet")).exits(0);
    assert!(finished.stdout.contains("2 passed; 0 failed"), "{finished}");
}

#[test]
fn a_programs_agents_have_no_test_and_it_says_why() {
    let agent = AGENT.replace("fluxloop::agent", "flx::agent(crate = flx)");
    let manifest = format!(
        "[package]\nname = \"e2e_init_bin\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         flx = {{ package = \"fluxloop\", path = {:?} }} # ours\n\n[workspace]\n",
        workspace().join("fluxloop")
    );
    let project = Project::bare()
        .file("Cargo.toml", &manifest)
        .locked()
        .file("src/main.rs", &format!("{agent}\nfn main() {{}}\n"));
    insta::assert_snapshot!(told(&project, "init --yes", 0), @"
    Package e2e_init_bin in [project]:
      create    configs/simulation.yaml
      create    inputs/generated.yaml
      as it is  Cargo.toml
    [WARN] `cargo test` runs no experiment: the package has no library, and a program's agents cannot be linked into a test; move the agent into src/lib.rs, and call `cargo fluxloop init` again
    [INFO] Wrote configs/simulation.yaml, inputs/generated.yaml
    [INFO] Next:
             cargo fluxloop run experiment
    ");
    assert_eq!(
        fs::read_to_string(project.path("Cargo.toml")).expect("it is there"),
        manifest
    );
    assert!(!project.path("tests").exists());
    let finished = project.run("run experiment --yes").exits(0);
    let _ = finished.says("test result: ok. 2 passed; ");
}

#[test]
#[cfg(unix)]
fn it_asks_at_a_terminal_and_a_no_writes_nothing() {
    let project = Project::new("e2e_init_asks", AGENT);
    let before = project.tree();
    let mut terminal = tests::Terminal::start(project.command("init"), 80);
    terminal.shows("Write this? [y/N]");
    terminal.types("n\n");
    let (code, text) = terminal.finish();
    assert_eq!(code, Some(130), "{text}");
    assert!(text.contains("Nothing was written"), "{text}");
    assert_eq!(project.tree(), before);
}
