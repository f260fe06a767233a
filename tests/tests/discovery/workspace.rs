//! Several packages, some of them with agents of one name.

use tests::Project;

use super::{answer, refusal};

const AGENTS: &str = "
pub mod agents {
    #[fluxloop::agent]
    fn run(_input: String) -> &'static str { module_path!() }
}
";

const ONLY_HERE: &str = "
#[fluxloop::agent]
fn summarize(_input: String) -> &'static str { module_path!() }
";

const PROGRAM: &str = "
#[fluxloop::agent]
fn run(_input: String) -> String { format!(\"{} of {}\", module_path!(), env!(\"CARGO_PKG_NAME\")) }

fn main() {}
";

/// `e2e-…-shop` and `e2e-…-bank` with agents of one name, and a package that has nothing to do with us.
fn project(word: &str) -> Project {
    let [shop, bank] = ["shop", "bank"].map(|name| format!("e2e-{word}-{name}"));
    Project::bare()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"shop\", \"bank\", \"plain\"]\nresolver = \"3\"\n",
        )
        .package("shop", &shop, "")
        .package("bank", &bank, "")
        .file(
            "plain/Cargo.toml",
            &format!(
                "[package]\nname = \"e2e_{word}_plain\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"
            ),
        )
        .file("plain/src/lib.rs", "")
        .locked()
        .file("shop/src/lib.rs", AGENTS)
        .file("bank/src/lib.rs", &format!("{AGENTS}{ONLY_HERE}"))
        .file("shop/examples/demo.rs", PROGRAM)
        .file("bank/examples/demo.rs", PROGRAM)
        .config("")
        .inputs("- hello")
}

#[test]
fn a_package_and_its_modules_tell_agents_apart() {
    let project = project("apart");
    for (target, expected) in [
        ("e2e_apart_shop.agents:run", "e2e_apart_shop::agents"),
        ("e2e-apart-bank.agents:run", "e2e_apart_bank::agents"),
        ("e2e_apart_bank:run", "e2e_apart_bank::agents"),
        ("lib.e2e_apart_shop.agents:run", "e2e_apart_shop::agents"),
        ("summarize", "e2e_apart_bank"),
        ("e2e_apart_shop.demo:run", "demo of e2e-apart-shop"),
        ("e2e_apart_bank.demo:run", "demo of e2e-apart-bank"),
    ] {
        assert_eq!(answer(&project, target), expected, "{target}");
    }
}

#[test]
fn what_several_packages_have_is_listed() {
    let project = project("many");
    insta::assert_snapshot!(refusal(&project, "run"), @"
    error: target `run` fits 4 agents:
        e2e_many_shop.agents:run  shop/src/lib.rs:4
        e2e_many_shop.demo:run    shop/examples/demo.rs:3
        e2e_many_bank.agents:run  bank/src/lib.rs:4
        e2e_many_bank.demo:run    bank/examples/demo.rs:3
      = help: name one of them as it stands in the list
    ");
    insta::assert_snapshot!(refusal(&project, "agents:run"), @"
    error: target `agents:run` fits 2 agents:
        e2e_many_shop.agents:run  shop/src/lib.rs:4
        e2e_many_bank.agents:run  bank/src/lib.rs:4
      = help: name one of them as it stands in the list
    ");
    insta::assert_snapshot!(refusal(&project, "examples.demo:run"), @"
    error: target `examples.demo:run` fits 2 agents:
        e2e_many_shop.demo:run  shop/examples/demo.rs:3
        e2e_many_bank.demo:run  bank/examples/demo.rs:3
      = help: name one of them as it stands in the list
    ");
    insta::assert_snapshot!(refusal(&project, "e2e_many_plain:run"), @"
    error: package `e2e_many_plain` does not depend on fluxloop
      = help: cargo add fluxloop --package e2e_many_plain
    ");
    let listed = project.run("list").exits(0).stdout;
    insta::assert_snapshot!(listed, @"
    e2e_many_shop.agents:run  shop/src/lib.rs:4
    e2e_many_shop.demo:run  shop/examples/demo.rs:3
    e2e_many_bank.agents:run  bank/src/lib.rs:4
    e2e_many_bank:summarize  bank/src/lib.rs:8
    e2e_many_bank.demo:run  bank/examples/demo.rs:3
    ");
    // What is listed is a target.
    for line in listed.lines() {
        let target = line.split_whitespace().next().unwrap_or_default();
        assert!(!answer(&project, target).is_empty(), "{line}");
    }
    let listed = project.run("list --package e2e-many-shop").exits(0).stdout;
    assert_eq!(listed.lines().count(), 2, "{listed}");
}

#[test]
fn a_crate_called_examples_wins_over_the_word() {
    let project = Project::bare()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"examples\", \"other\"]\nresolver = \"3\"\n",
        )
        .package("examples", "examples", "")
        .package("other", "e2e_beside_examples", "")
        .locked()
        .file("examples/src/lib.rs", "mod my_agent;\n")
        .file("examples/src/my_agent.rs", ONLY_HERE)
        .file("other/src/lib.rs", "")
        .file(
            "other/examples/my_agent.rs",
            &format!("{ONLY_HERE}fn main() {{}}\n"),
        )
        .config("")
        .inputs("- hello");
    assert_eq!(
        answer(&project, "examples.my_agent:summarize"),
        "examples::my_agent"
    );
    assert_eq!(
        answer(&project, "e2e_beside_examples.my_agent:summarize"),
        "my_agent"
    );
}
