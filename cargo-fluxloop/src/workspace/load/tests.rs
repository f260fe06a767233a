use std::fs;

use super::*;
use crate::workspace::test_project::{Project, manifest};

fn members(workspace: &Workspace) -> Vec<String> {
    let targets = workspace.targets().iter();
    targets.map(ToString::to_string).collect()
}

fn message(error: &WorkspaceError) -> String {
    let hint = error.hint().unwrap_or_default();
    format!("{error}\nhint: {hint}")
}

/// Members with a normal, a renamed, an optional, a development-only and no dependency.
fn mixed() -> Project {
    let normal = manifest("normal");
    let dependency = |name: &str, table: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{table}\n"
        )
    };
    Project::new(&[
        (
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"*-dep\"]\n",
        ),
        ("a-dep/Cargo.toml", &normal),
        ("a-dep/src/lib.rs", ""),
        ("a-dep/src/main.rs", "fn main() {}"),
        ("a-dep/examples/my-agent.rs", "fn main() {}"),
        ("a-dep/tests/it.rs", ""),
        ("a-dep/benches/fast.rs", ""),
        ("a-dep/build.rs", "fn main() {}"),
        (
            "b-dep/Cargo.toml",
            &dependency(
                "renamed",
                "[dependencies]\nflx = { package = \"fluxloop\", path = \"FLUXLOOP\" }",
            ),
        ),
        ("b-dep/src/lib.rs", ""),
        (
            "c-dep/Cargo.toml",
            &dependency(
                "optional",
                "[features]\nagents = [\"dep:fluxloop\"]\n[dependencies]\nfluxloop = { path = \"FLUXLOOP\", optional = true }",
            ),
        ),
        ("c-dep/src/lib.rs", ""),
        (
            "d-dep/Cargo.toml",
            &dependency(
                "dev-only",
                "[dev-dependencies]\nfluxloop = { path = \"FLUXLOOP\" }",
            ),
        ),
        ("d-dep/src/lib.rs", ""),
        ("e-dep/Cargo.toml", &dependency("plain-one", "")),
        ("e-dep/src/lib.rs", ""),
    ])
}

#[test]
fn members_are_told_apart_by_their_dependency() {
    let project = mixed();
    let workspace = project.load();
    insta::assert_snapshot!(members(&workspace).join("\n"), @r"
    library `normal` of package `normal`
    binary `normal` of package `normal`
    example `my-agent` of package `normal`
    test `it` of package `normal`
    library `renamed` of package `renamed`
    library `dev_only` of package `dev-only`
    ");
    let linked = |name: &str| {
        let of_package = |target: &&CargoTarget| target.member().package.name.as_str() == name;
        let target = workspace.targets().iter().find(of_package).unwrap();
        target.member().clone()
    };
    assert_eq!(linked("normal").local_names(), ["fluxloop"]);
    assert_eq!(linked("renamed").local_names(), ["flx"]);
    assert!(linked("renamed").links_fluxloop());
    assert!(!linked("dev-only").links_fluxloop());
    assert_eq!(
        linked("dev-only").fluxloop_version().to_string(),
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(
        workspace.bystanders(),
        [
            Bystander::FeatureOff {
                package: "optional".to_owned(),
                features: vec!["agents".to_owned()],
            },
            Bystander::Unrelated {
                package: "plain-one".to_owned(),
            },
        ]
    );
    for name in ["normal", "plain_one", "dev_only"] {
        assert!(workspace.crate_names().has(name), "{name}");
    }
    assert!(!workspace.crate_names().has("fluxloop"), "not a member");
    assert!(
        !workspace.crate_names().has("my_agent"),
        "not a library or package"
    );

    let with_feature = project.try_load(&["--features", "agents"]).unwrap();
    assert!(
        members(&with_feature).contains(&"library `optional` of package `optional`".to_owned())
    );
}

#[test]
fn packages_are_filtered_by_name() {
    let project = mixed();
    let workspace = project.try_load(&["--package", "renamed"]).unwrap();
    assert_eq!(
        members(&workspace),
        ["library `renamed` of package `renamed`"]
    );

    let refused = |flags: &[&str]| message(&project.try_load(flags).unwrap_err());
    insta::assert_snapshot!(refused(&["--package", "renmaed"]), @r"
    no package `renmaed` in the workspace
    hint: did you mean `renamed`?
    ");
    insta::assert_snapshot!(refused(&["--package", "plain-one"]), @r"
    package `plain-one` does not depend on fluxloop
    hint: cargo add fluxloop --package plain-one
    ");
    insta::assert_snapshot!(refused(&["--package", "optional"]), @r"
    fluxloop is an optional dependency of package `optional`, and no feature turns it on
    hint: pass --features agents
    ");
}

#[test]
fn a_folder_without_a_project_says_where_it_looked() {
    let project = Project::new(&[]);
    fs::remove_file(project.path("Cargo.lock")).unwrap();
    let shown = |error: WorkspaceError| {
        message(&error).replace(project.path("").to_str().unwrap(), "/project/")
    };
    insta::assert_snapshot!(shown(project.try_load(&[]).unwrap_err()), @r"
    no Cargo.toml in /project/ or in a folder above it
    hint: run in a cargo project, name one with --manifest-path, or start one with `cargo new`
    ");
    let missing = project.path("Cargo.toml");
    let flags = ["--manifest-path", missing.to_str().unwrap()];
    insta::assert_snapshot!(shown(project.try_load(&flags).unwrap_err()), @r"
    no file /project/Cargo.toml (from --manifest-path)
    hint: --manifest-path takes the path of a Cargo.toml file
    ");
}

#[test]
fn cargos_own_words_are_kept() {
    let project = Project::new(&[("Cargo.toml", "[package]\nname = \"x\"\nversion = 1\n")]);
    let error = project.try_load(&[]).unwrap_err().to_string();
    assert!(
        error.starts_with("cargo cannot read the workspace\nerror: "),
        "{error}"
    );
    assert!(error.contains("version = 1"), "{error}");

    let mut cargo = project.cargo(&[]);
    cargo.program = "no-such-cargo".into();
    let error = Workspace::load(cargo, &mut |_| {}).unwrap_err();
    insta::assert_snapshot!(message(&error), @r"
    cargo could not be run (`no-such-cargo`)
    hint: install Rust from https://rustup.rs, or set CARGO to the cargo to use
    ");
}

#[test]
fn two_versions_of_fluxloop_are_each_members_own() {
    let other = "[package]\nname = \"fluxloop\"\nversion = \"0.2.0-alpha.1\"\nedition = \"2024\"\n";
    let old = manifest("old");
    let new = "[package]\nname = \"new\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nfluxloop = { path = \"../next\" }\n";
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"old\", \"new\"]\n",
        ),
        ("old/Cargo.toml", &old),
        ("old/src/lib.rs", ""),
        ("new/Cargo.toml", new),
        ("new/src/lib.rs", ""),
        ("next/Cargo.toml", other),
        ("next/src/lib.rs", ""),
    ]);
    let workspace = project.load();
    let versions: Vec<String> = workspace
        .targets()
        .iter()
        .map(|target| target.member().fluxloop_version().to_string())
        .collect();
    assert_eq!(versions, [env!("CARGO_PKG_VERSION"), "0.2.0-alpha.1"]);
}
