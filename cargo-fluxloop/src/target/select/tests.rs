use fluxloop::worker::protocol::AgentInfo;

use super::*;
use crate::{
    target::Mode,
    workspace::test_project::{Project, manifest},
};

const AGENT: &str = "#[fluxloop::agent]\nfn run() {}\n";
const EXAMPLE: &str = "#[fluxloop::agent]\nfn run() {}\nfn main() {}\n";
const NO_AGENT: &str = "fn main() {}\n";

/// What would be built for a target, or the error with its hint.
fn built(workspace: &Workspace, target: &str) -> String {
    let spec: Option<TargetSpec> = (!target.is_empty()).then(|| target.parse().unwrap());
    match workspace.select(spec.as_ref()) {
        Ok(selection) => shown(&selection.unit),
        Err(error) => format!("{error}\nhint: {}", error.hint()),
    }
}

fn shown(unit: &Unit) -> String {
    format!("{} as {:?}", unit.target, unit.mode)
}

/// Agents in each kind of target, some of them hidden from the scan.
fn shop() -> Project {
    let shop = manifest("shop");
    let other = manifest("other");
    Project::new(&[
        (
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"shop\", \"other\", \"plain\", \"switched\"]\n",
        ),
        ("shop/Cargo.toml", &shop),
        (
            "shop/src/lib.rs",
            "mod a { mod b { #[fluxloop::agent] fn deep() {} } }\n#[cfg(test)] mod tests { #[fluxloop::agent] fn mock() {} }\nmod shared;\nby_macro!();",
        ),
        ("shop/src/shared.rs", "#[fluxloop::agent] fn twin() {}"),
        (
            "shop/src/main.rs",
            "mod shared;\nfn main() {}\n#[fluxloop::agent] fn serve() {}",
        ),
        ("shop/examples/my_agent.rs", EXAMPLE),
        ("shop/examples/quiet.rs", NO_AGENT),
        ("shop/tests/it.rs", AGENT),
        ("other/Cargo.toml", &other),
        ("other/src/lib.rs", ""),
        ("other/examples/quiet.rs", NO_AGENT),
        (
            "other/examples/my_agent.rs",
            "fn main() {}\n#[fluxloop::agent] fn help() {}",
        ),
        (
            "plain/Cargo.toml",
            "[package]\nname = \"plain\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        ),
        ("plain/src/lib.rs", ""),
        (
            "switched/Cargo.toml",
            "[package]\nname = \"switched-off\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[features]\nagents = [\"dep:fluxloop\"]\nall = [\"fluxloop/engine\"]\n[dependencies]\nfluxloop = { path = \"FLUXLOOP\", optional = true }\n",
        ),
        ("switched/src/lib.rs", AGENT),
    ])
}

#[test]
fn a_target_picks_what_to_build() {
    let project = shop();
    let workspace = project.load();
    for (target, expected) in [
        (
            "shop.a.b:deep",
            "library `shop` of package `shop` as Library",
        ),
        ("b::deep", "library `shop` of package `shop` as Library"),
        (
            "shop.tests:mock",
            "library `shop` of package `shop` as TestHarness",
        ),
        (
            "my_agent:help",
            "example `my_agent` of package `other` as TestHarness",
        ),
        (
            "examples.my_agent:run",
            "example `my_agent` of package `shop` as TestHarness",
        ),
        ("tests.it:run", "test `it` of package `shop` as TestHarness"),
        ("serve", "binary `shop` of package `shop` as TestHarness"),
        (
            "bins.shop:serve",
            "binary `shop` of package `shop` as TestHarness",
        ),
        // One file, declared by library and binary.
        (
            "shop.shared:twin",
            "library `shop` of package `shop` as Library",
        ),
        (
            "bins.shop.shared:twin",
            "binary `shop` of package `shop` as TestHarness",
        ),
        // Built on the target's word: the scan saw nothing there.
        (
            "shop:by_macro",
            "library `shop` of package `shop` as Library",
        ),
        (
            "bins.shop:by_macro",
            "binary `shop` of package `shop` as TestHarness",
        ),
        (
            "other.hidden:run",
            "library `other` of package `other` as Library",
        ),
        (
            "shop.quiet:run",
            "example `quiet` of package `shop` as TestHarness",
        ),
    ] {
        assert_eq!(built(&workspace, target), expected, "{target}");
    }
}

#[test]
fn what_is_not_clear_is_refused_before_the_build() {
    let project = shop();
    let workspace = project.load();
    insta::assert_snapshot!(built(&workspace, "run"), @r"
    target `run` fits 2 agents:
      my_agent:run  shop/examples/my_agent.rs:2
      it:run        shop/tests/it.rs:2
    hint: name one of them as it stands in the list
    ");
    insta::assert_snapshot!(built(&workspace, "examples.quiet:run"), @r"
    target `examples.quiet:run` names several targets of cargo's: example `quiet` of package `shop`, example `quiet` of package `other`
    hint: say which is meant: shop.quiet:run or other.quiet:run
    ");
    insta::assert_snapshot!(built(&workspace, "depp"), @r"
    no agent fits target `depp`; there are:
      shop.a.b:deep     shop/src/lib.rs:1
      my_agent:help     other/examples/my_agent.rs:2
      shop:serve        shop/src/main.rs:3
      my_agent:run      shop/examples/my_agent.rs:2
      shop.shared:twin  shop/src/shared.rs:1
      shop.tests:mock   shop/src/lib.rs:2
      it:run            shop/tests/it.rs:2
    hint: did you mean `shop.a.b:deep`? (an agent that a macro writes is found if its crate is named, as in `shop:depp`)
    ");
    insta::assert_snapshot!(built(&workspace, "plain:run"), @r"
    package `plain` does not depend on fluxloop
    hint: cargo add fluxloop --package plain
    ");
    insta::assert_snapshot!(built(&workspace, "switched-off:run"), @r"
    package `switched-off` has fluxloop as an optional dependency that is off
    hint: pass --features with one of: agents, all
    ");
    insta::assert_snapshot!(built(&workspace, ""), @r#"
    no target is configured, and there are 5 agents:
      shop.a.b:deep     shop/src/lib.rs:1
      shop.shared:twin  shop/src/shared.rs:1
      shop:serve        shop/src/main.rs:3
      my_agent:run      shop/examples/my_agent.rs:2
      my_agent:help     other/examples/my_agent.rs:2
    hint: put the one to run into the configuration:
    runner:
      target: "shop.a.b:deep"
    "#);
}

#[test]
fn without_a_target_the_only_agent_is_meant() {
    let project = Project::package("one", &[("src/lib.rs", AGENT), ("tests/it.rs", AGENT)]);
    let workspace = project.load();
    assert_eq!(
        built(&workspace, ""),
        "library `one` of package `one` as Library",
        "a test's agent does not count beside another"
    );

    project.write("src/lib.rs", "");
    assert_eq!(
        built(&workspace, ""),
        "test `it` of package `one` as TestHarness"
    );

    // Nothing seen: the library may still have one.
    project.write("tests/it.rs", "");
    assert_eq!(
        built(&workspace, ""),
        "library `one` of package `one` as Library"
    );
    assert_eq!(
        built(&workspace, "run"),
        "library `one` of package `one` as Library"
    );

    // Which of two conditional agents there are is the compiler's to say.
    project.write(
        "src/lib.rs",
        "#[cfg(unix)] #[fluxloop::agent] fn a() {}\n#[cfg(windows)] #[fluxloop::agent] fn b() {}",
    );
    assert_eq!(
        built(&workspace, ""),
        "library `one` of package `one` as Library"
    );
}

#[test]
fn no_agent_at_all_says_why() {
    let project = Project::package(
        "two",
        &[("src/main.rs", NO_AGENT), ("examples/e.rs", NO_AGENT)],
    );
    let workspace = project.load();
    insta::assert_snapshot!(built(&workspace, ""), @r"
    no agent is registered in package `two`
    hint: put #[fluxloop::agent] on a function; if there is one, check that a feature does not leave it out
    ");
    project.write("src/agents/support.rs", AGENT);
    insta::assert_snapshot!(built(&workspace, ""), @r"
    no agent is registered in package `two`
    hint: src/agents/support.rs has an agent, but no `mod` item leads to that file: declare the module
    ");
}

#[test]
fn the_list_builds_every_target_with_agents() {
    let project = shop();
    let workspace = project.load();
    let units: Vec<String> = workspace.targets_with_agents().iter().map(shown).collect();
    insta::assert_snapshot!(units.join("\n"), @r"
    library `shop` of package `shop` as Library
    library `shop` of package `shop` as TestHarness
    binary `shop` of package `shop` as TestHarness
    example `my_agent` of package `shop` as TestHarness
    test `it` of package `shop` as TestHarness
    example `my_agent` of package `other` as TestHarness
    ");
}

#[test]
fn a_crate_that_only_tests_with_fluxloop_is_built_for_tests() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"dev\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dev-dependencies]\nfluxloop = { path = \"FLUXLOOP\" }\n",
        ),
        (
            "src/lib.rs",
            "#[cfg(test)] mod tests { #[fluxloop::agent] fn run() {} }",
        ),
    ]);
    let workspace = project.load();
    for target in ["", "run", "dev:run", "dev:hidden"] {
        assert_eq!(
            built(&workspace, target),
            "library `dev` of package `dev` as TestHarness",
            "{target}"
        );
    }
}

fn registered(module_path: &str, name: &str, package: &str, binary: Option<&str>) -> AgentInfo {
    AgentInfo {
        id: format!("{module_path}:{name}"),
        name: name.to_owned(),
        module_path: module_path.to_owned(),
        file: "src/file.rs".to_owned(),
        line: 7,
        package: package.to_owned(),
        binary: binary.map(str::to_owned),
    }
}

#[test]
fn the_registered_agents_have_the_last_word() {
    let project = shop();
    let workspace = project.load();
    let chosen = |target: &str, agents: &[AgentInfo]| {
        let spec: TargetSpec = target.parse().unwrap();
        let selection = workspace.select(Some(&spec)).unwrap();
        match selection.agent(agents, &workspace) {
            Ok(agent) => format!("{}::{} {:?}", agent.module_path, agent.name, agent.binary),
            Err(error) => format!("{error}\nhint: {}", error.hint()),
        }
    };
    let example = [
        registered("my_agent", "run", "shop", Some("my_agent")),
        registered("shop", "run", "shop", None),
        registered("shop::a::b", "deep", "shop", None),
    ];
    assert_eq!(
        chosen("my_agent:run", &example),
        "my_agent::run Some(\"my_agent\")"
    );
    assert_eq!(
        chosen("examples.my_agent:run", &example),
        "my_agent::run Some(\"my_agent\")"
    );

    let library = &example[1..];
    assert_eq!(chosen("shop:run", library), "shop::run None");
    assert_eq!(chosen("shop:deep", library), "shop::a::b::deep None");
    insta::assert_snapshot!(chosen("shop:rum", library), @r"
    no agent fits target `shop:rum`; there are:
      shop:run       src/file.rs:7
      shop.a.b:deep  src/file.rs:7
    hint: did you mean `shop:run`?
    ");
    insta::assert_snapshot!(chosen("shop:run", &[]), @r"
    no agent is registered in library `shop` of package `shop`
    hint: put #[fluxloop::agent] on a function; if there is one, check that a feature does not leave it out
    ");
    let twice = [
        registered("shop::x", "run", "shop", None),
        registered("shop::y", "run", "shop", None),
    ];
    insta::assert_snapshot!(chosen("shop:run", &twice), @r"
    target `shop:run` fits 2 agents:
      shop.x:run  src/file.rs:7
      shop.y:run  src/file.rs:7
    hint: name one of them as it stands in the list
    ");
}

#[test]
fn without_a_target_the_only_registered_agent_of_the_unit_is_taken() {
    let project = Project::package("one", &[("src/lib.rs", ""), ("examples/e-x.rs", EXAMPLE)]);
    let workspace = project.load();
    let selection = workspace.select(None).unwrap();
    assert_eq!(selection.unit.mode, Mode::TestHarness);
    let own = registered("e_x", "run", "one", Some("e-x"));
    let linked = registered("one", "made_by_a_macro", "one", None);
    let agents = [linked.clone(), own.clone()];
    assert_eq!(selection.agent(&agents, &workspace), Ok(&own));
    assert_eq!(selection.agent(&agents[..1], &workspace), Ok(&linked));
    assert!(selection.unit.owns(&own) && !selection.unit.owns(&linked));

    let second = registered("e_x::m", "other", "one", Some("e-x"));
    let error = selection.agent(&[own, second], &workspace).unwrap_err();
    insta::assert_snapshot!(format!("{error}\nhint: {}", error.hint()), @r#"
    no target is configured, and there are 2 agents:
      e_x:run      src/file.rs:7
      e_x.m:other  src/file.rs:7
    hint: put the one to run into the configuration:
    runner:
      target: "e_x:run"
    "#);
}
