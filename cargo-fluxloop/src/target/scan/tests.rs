use std::fmt::Write as _;

use super::*;
use crate::workspace::{Workspace, test_project::Project};

/// `crate.module:name file:line gate` of every agent in a workspace.
fn seen(workspace: &Workspace) -> String {
    let mut lines = String::new();
    for target in workspace.targets() {
        for agent in scan(target).agents {
            let file = workspace.relative(&agent.file).display();
            let gate = agent.gate;
            writeln!(lines, "{} {file}:{} {gate:?}", agent.name, agent.line).unwrap();
        }
    }
    lines
}

#[test]
fn modules_are_followed_as_the_compiler_does() {
    let project = Project::package(
        "shop",
        &[
            (
                "src/lib.rs",
                "mod a;\nmod b;\n#[path = \"odd/place.rs\"]\nmod c;\nmod d { mod e; #[path = \"x.rs\"] mod f; }\nmod missing;\nmod broken;\nmod r#type;\n#[fluxloop::agent]\nfn run() {}\n",
            ),
            ("src/a.rs", "mod inner;"),
            (
                "src/a/inner.rs",
                "#[::fluxloop::agent()]\nasync fn deep() {}",
            ),
            ("src/b/mod.rs", "mod inner;"),
            ("src/b/inner.rs", "#[fluxloop::agent]\n\nfn deep() {}"),
            (
                "src/odd/place.rs",
                "mod sibling;\n#[fluxloop::agent] fn here() {}",
            ),
            ("src/odd/sibling.rs", "#[fluxloop::agent] fn beside() {}"),
            ("src/d/e.rs", "#[fluxloop::agent] fn e() {}"),
            ("src/d/x.rs", "#[fluxloop::agent] fn f() {}"),
            ("src/broken.rs", "#[fluxloop::agent] fn { mod x;"),
            ("src/type.rs", "#[fluxloop::agent] fn r#match() {}"),
            ("src/undeclared.rs", "#[fluxloop::agent] fn lost() {}"),
        ],
    );
    insta::assert_snapshot!(seen(&project.load()), @r"
    shop.a.inner:deep src/a/inner.rs:2 Always
    shop.b.inner:deep src/b/inner.rs:3 Always
    shop.c.sibling:beside src/odd/sibling.rs:1 Always
    shop.c:here src/odd/place.rs:2 Always
    shop.d.e:e src/d/e.rs:1 Always
    shop.d.f:f src/d/x.rs:1 Always
    shop.type:match src/type.rs:1 Always
    shop:run src/lib.rs:10 Always
    ");
}

#[test]
fn a_circle_of_files_ends() {
    let project = Project::package(
        "shop",
        &[(
            "src/lib.rs",
            "#[path = \"lib.rs\"] mod again;\n#[fluxloop::agent] fn run() {}",
        )],
    );
    assert_eq!(seen(&project.load()).lines().count(), MAX_DEPTH);
}

#[test]
fn the_attribute_is_known_by_what_it_means() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nflx = { package = \"fluxloop\", path = \"FLUXLOOP\" }\n",
        ),
        (
            "src/lib.rs",
            r##"
use flx::{self, agent, agent as sim, Context};
use flx as f;
extern crate flx as g;
#[flx::agent] fn by_path() {}
#[agent] fn by_use() {}
#[sim(name = "support-bot", crate = flx)] fn by_alias() {}
#[f::agent] fn by_crate_alias() {}
#[g::agent] fn by_extern_crate() {}
#[fluxloop::agent] fn not_by_the_name_it_is_not_called() {}
#[other::agent] fn not_of_another_crate() {}
#[agent::agent] fn not_a_module_of_that_name() {}
const TEXT: &str = "#[flx::agent] fn not_in_a_string() {}";
// #[flx::agent] fn not_in_a_comment() {}
struct S; impl S { #[flx::agent] fn not_a_method() {} }
fn outer() { #[flx::agent] fn in_a_function() {} }
mod child { use super::*; #[agent] fn by_glob() {} #[super::sim] fn by_super() {} }
mod star { use flx::*; #[agent] fn by_star() {} }
mod root { use crate::sim as s; #[s] fn by_crate() {} /* agent as s */ }
mod other { use elsewhere::agent; #[agent] fn not_by_use() {} }
mod bare { #[agent] fn not_in_scope() {} }
mod circle { use self::agent; #[agent] fn not_in_a_circle() {} }
#[flx::agent(name = "first", nonsense)] fn with_a_wrong_option() {}
"##,
        ),
    ]);
    insta::assert_snapshot!(seen(&project.load()), @r"
    shop:by_path src/lib.rs:5 Always
    shop:by_use src/lib.rs:6 Always
    shop:support-bot src/lib.rs:7 Always
    shop:by_crate_alias src/lib.rs:8 Always
    shop:by_extern_crate src/lib.rs:9 Always
    shop:in_a_function src/lib.rs:16 Always
    shop.child:by_glob src/lib.rs:17 Always
    shop.child:by_super src/lib.rs:17 Always
    shop.star:by_star src/lib.rs:18 Always
    shop.root:by_crate src/lib.rs:19 Always
    shop:first src/lib.rs:23 Always
    ");
}

#[test]
fn conditions_are_those_of_item_module_and_file() {
    let project = Project::package(
        "shop",
        &[
            (
                "src/lib.rs",
                "#[cfg(test)] mod tests { #[fluxloop::agent] fn a() {} }\n#[cfg(feature = \"x\")] mod b;\n#[cfg(test)] #[fluxloop::agent] fn c() {}\nmod d;",
            ),
            ("src/b.rs", "#[fluxloop::agent] fn b() {}"),
            ("src/d.rs", "#![cfg(test)]\n#[fluxloop::agent] fn d() {}"),
            ("src/main.rs", "#[fluxloop::agent] fn m() {}\nfn main() {}"),
            (
                "examples/my-agent.rs",
                "#[fluxloop::agent] fn e() {}\nfn main() {}",
            ),
            ("tests/it.rs", "#[fluxloop::agent] fn t() {}"),
            ("benches/b.rs", "#[fluxloop::agent] fn not_in_a_bench() {}"),
        ],
    );
    insta::assert_snapshot!(seen(&project.load()), @r"
    shop.tests:a src/lib.rs:1 TestOnly
    shop.b:b src/b.rs:1 Conditional
    shop:c src/lib.rs:3 TestOnly
    shop.d:d src/d.rs:2 TestOnly
    shop:m src/main.rs:1 Always
    my_agent:e examples/my-agent.rs:1 Always
    it:t tests/it.rs:1 TestOnly
    ");
}

#[test]
fn a_thousand_files_are_all_reached() {
    let project = Project::package("big", &[]);
    let mut root = String::new();
    for folder in 0..10 {
        writeln!(root, "mod m{folder};").unwrap();
        let mut inner = String::new();
        for file in 0..100 {
            writeln!(inner, "mod f{file};").unwrap();
            // Every tenth has an agent; the others talk about agents, or declare inline modules.
            let content = match file % 10 {
                0 => "/// An agent.\n#[fluxloop::agent]\nfn run() {}\n",
                1 => "/// The user-agent header.\nfn agent_of() {}\n",
                _ => "mod tests { fn check() {} }\n",
            };
            project.write(&format!("src/m{folder}/f{file}.rs"), content);
        }
        project.write(&format!("src/m{folder}.rs"), &inner);
    }
    project.write("src/lib.rs", &root);
    let workspace = project.load();
    let scan = scan(&workspace.targets()[0]);
    assert_eq!(scan.files.len(), 1011);
    assert_eq!(scan.agents.len(), 100);
    assert!(scan.agents.iter().all(|agent| agent.line == 3));
    assert_eq!(scan.agents[99].name.to_string(), "big.m9.f90:run");
}

#[test]
fn only_files_that_can_matter_are_parsed() {
    for text in [
        "#[fluxloop::agent]",
        "#[agent (name = \"x\")]",
        "use fluxloop::agent as a;",
        "mod x;",
        "pub(crate) mod\n  r#type ;",
    ] {
        assert!(can_matter(text), "{text}");
    }
    for text in [
        "",
        "struct Agent;",
        "let agent = 1;",
        "mod tests {}",
        "modulo;",
        "model x;",
    ] {
        assert!(!can_matter(text), "{text}");
    }
}
