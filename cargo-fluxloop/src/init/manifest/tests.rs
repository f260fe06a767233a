use similar::{ChangeTag, TextDiff};

use super::*;
use crate::workspace::{OwnPackage, test_project::Project};

const PACKAGE: &str =
    "[package]\nname = \"shop\" # ours\nversion = \"1.0.0\"\nedition = \"2024\"\n";

/// What is added to this manifest, in a workspace of its own: the lines that change, and that a second time changes nothing.
#[track_caller]
fn added(rest: &str) -> String {
    let manifest = format!("{PACKAGE}{rest}\n[workspace]\n");
    let project = Project::new(&[("Cargo.toml", &manifest), ("src/lib.rs", "")]);
    let before = std::fs::read_to_string(project.path("Cargo.toml")).unwrap();
    let after = once_more(&project);
    project.write("Cargo.toml", &after);
    assert_eq!(once_more(&project), after, "again changes nothing");
    let diff = TextDiff::from_lines(&before, &after);
    let lines = diff.iter_all_changes().filter_map(|line| {
        let sign = match line.tag() {
            ChangeTag::Equal => return None,
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        let library = project_library();
        Some(format!(
            "{sign}{}",
            line.value().replace(&library, "FLUXLOOP")
        ))
    });
    lines.collect()
}

fn project_library() -> String {
    let repository = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    repository.unwrap().join("fluxloop").display().to_string()
}

fn once_more(project: &Project) -> String {
    let cargo = project.cargo(&[]);
    let own = OwnPackage::find(&cargo, None, &"0.1.0".parse().unwrap()).unwrap();
    let manifest = std::fs::read_to_string(project.path("Cargo.toml")).unwrap();
    let workspace = std::fs::read_to_string(&own.workspace_manifest).unwrap();
    let inherited = inherited_name(&workspace);
    let entries = Entries {
        package: &own.package,
        version: "0.1",
        inherited: inherited.as_deref(),
        test: true,
    };
    entries.added_to(&manifest).unwrap()
}

#[test]
fn a_crate_without_anything_gets_all() {
    insta::assert_snapshot!(added(""), @r#"
    +
    +[dependencies]
    +fluxloop = "0.1"
    +
    +[dev-dependencies]
    +fluxloop = { version = "0.1", features = ["harness"] }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
    insta::assert_snapshot!(added("\n[dependencies]\nanyhow = \"1\" # errors\nserde = \"1\"\n\n[features]\nx = []\n"), @r#"
    +fluxloop = "0.1"
    +
    +[dev-dependencies]
    +fluxloop = { version = "0.1", features = ["harness"] }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
    // In the order that is there.
    insta::assert_snapshot!(added("\n[dependencies]\nserde = \"1\"\nanyhow = \"1\"\n"), @r#"
    +fluxloop = "0.1"
    +
    +[dev-dependencies]
    +fluxloop = { version = "0.1", features = ["harness"] }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
}

#[test]
fn every_way_to_declare_fluxloop_is_kept() {
    insta::assert_snapshot!(added("\n[dependencies]\nfluxloop = { path = \"FLUXLOOP\", default-features = false } # here\n"), @r#"
    +
    +[dev-dependencies]
    +fluxloop = { path = "FLUXLOOP", features = ["harness"] }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
    insta::assert_snapshot!(added("\n[dependencies.fluxloop]\npath = \"FLUXLOOP\"\nversion = \"0.1\"\n"), @r#"
    +
    +[dev-dependencies]
    +fluxloop = { path = "FLUXLOOP", version = "0.1", features = ["harness"] }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
    insta::assert_snapshot!(added("\n[dependencies]\nfluxloop.path = \"FLUXLOOP\"\n"), @r#"
    +
    +[dev-dependencies]
    +fluxloop = { path = "FLUXLOOP", features = ["harness"] }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
    insta::assert_snapshot!(added("\n[dependencies]\nflx = { package = \"fluxloop\", path = \"FLUXLOOP\" }\n"), @r#"
    +
    +[dev-dependencies]
    +flx = { path = "FLUXLOOP", package = "fluxloop", features = ["harness"] }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
    insta::assert_snapshot!(added("\n[target.'cfg(unix)'.dependencies]\nfluxloop = { path = \"FLUXLOOP\" }\n"), @r#"
    +
    +[dev-dependencies]
    +fluxloop = { path = "FLUXLOOP", features = ["harness"] }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
    // For tests only.
    insta::assert_snapshot!(added("\n[dev-dependencies]\nfluxloop = { path = \"FLUXLOOP\" } # tests\n"), @r#"
    -fluxloop = { path = "FLUXLOOP" } # tests
    +fluxloop = { path = "FLUXLOOP", features = ["harness"] } # tests
    +
    +[dependencies]
    +fluxloop = { path = "FLUXLOOP" }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
}

#[test]
fn features_are_added_to_an_entry_for_tests() {
    let with = |entry: &str| {
        added(&format!(
            "\n[dependencies]\nfluxloop = \"0.1\"\n\n[dev-dependencies]\n{entry}\n"
        ))
    };
    insta::assert_snapshot!(with("fluxloop = \"0.1\" # why"), @r#"
    -fluxloop = "0.1" # why
    +fluxloop = { version = "0.1", features = ["harness"] } # why
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
    insta::assert_snapshot!(with("fluxloop = { version = \"0.1\", features = [\"llm\"] }"), @r#"
    -fluxloop = { version = "0.1", features = ["llm"] }
    +fluxloop = { version = "0.1", features = ["llm", "harness"] }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
    insta::assert_snapshot!(with("fluxloop = { version = \"0.1\", features = [\n  \"llm\", # asks\n] }"), @r#"
    -  "llm", # asks
    +  "llm", "harness", # asks
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
    insta::assert_snapshot!(with("fluxloop.version = \"0.1\""), @r#"
    +fluxloop.features = ["harness"]
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
    insta::assert_snapshot!(with("[dev-dependencies.fluxloop]\nversion = \"0.1\" # why"), @r#"
    +features = ["harness"]
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    "#);
}

#[test]
fn what_the_workspace_has_is_inherited() {
    let table = |entry: &str| format!("\n[workspace.dependencies]\n{entry}\n");
    let with = |rest: &str, entry: &str| added(&format!("{rest}{}", table(entry)));
    insta::assert_snapshot!(with("", "fluxloop = { path = \"FLUXLOOP\" }"), @r#"
    +[dependencies]
    +fluxloop.workspace = true
    +
    +[dev-dependencies]
    +fluxloop = { workspace = true, features = ["harness"] }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    +
    "#);
    insta::assert_snapshot!(with("", "flx = { path = \"FLUXLOOP\", package = \"fluxloop\" }"), @r#"
    +[dependencies]
    +flx.workspace = true
    +
    +[dev-dependencies]
    +flx = { workspace = true, features = ["harness"] }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    +
    "#);
    insta::assert_snapshot!(with("\n[dependencies]\nfluxloop.workspace = true\n", "fluxloop = { path = \"FLUXLOOP\" }"), @r#"
    +[dev-dependencies]
    +fluxloop = { workspace = true, features = ["harness"] }
    +
    +[[test]]
    +name = "fluxloop"
    +harness = false
    +
    "#);
    insta::assert_snapshot!(with("\n[dependencies]\nfluxloop = { workspace = true }\n[dev-dependencies]\nfluxloop.workspace = true\n", "fluxloop = { path = \"FLUXLOOP\" }"), @r#"
    +fluxloop.features = ["harness"]
    +[[test]]
    +name = "fluxloop"
    +harness = false
    +
    "#);
}

#[test]
fn tests_that_are_declared_stay() {
    let with = |tests: &str| {
        added(&format!(
            "\n[dependencies]\nfluxloop = \"0.1\"\n\n[dev-dependencies]\nfluxloop = {{ version = \"0.1\", features = [\"harness\"] }}\n{tests}"
        ))
    };
    insta::assert_snapshot!(with("\n[[test]]\nname = \"other\" # mine\npath = \"src/lib.rs\"\n\n[[bench]]\nname = \"b\"\npath = \"src/lib.rs\"\n"), @r#"
    +[[test]]
    +name = "fluxloop"
    +harness = false
    +
    "#);
    insta::assert_snapshot!(with("\n[[test]]\nname = \"fluxloop\"\npath = \"src/lib.rs\"\nharness = true # yet\n"), @"
    -harness = true # yet
    +harness = false # yet
    ");
    let inline = "test = [{ name = \"other\", path = \"src/lib.rs\" }]\n";
    let manifest = format!("{inline}{PACKAGE}");
    let mut document: DocumentMut = manifest.parse().unwrap();
    add_test(document.as_table_mut());
    add_test(document.as_table_mut());
    insta::assert_snapshot!(document.to_string(), @r#"
    test = [{ name = "other", path = "src/lib.rs" }, { name = "fluxloop", harness = false }]
    [package]
    name = "shop" # ours
    version = "1.0.0"
    edition = "2024"
    "#);
}
