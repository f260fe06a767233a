//! Cargo's own options, passed on to it.

use tests::{Finished, Project, obedient};

use super::outputs;

const SAYS: &str = "#[fluxloop::agent]\nfn run(input: String) -> String {\n    format!(\"{}: {input}\", env!(\"CARGO_PKG_NAME\"))\n}\n";

/// Two packages with an agent of one name each. Each test has packages of its own: their builds stand beside each other.
fn two_packages(names: [&str; 2]) -> Project {
    Project::bare()
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"3\"\n",
        )
        .package("one", names[0], "")
        .package("two", names[1], "")
        .locked()
        .file("one/src/lib.rs", SAYS)
        .file("two/src/lib.rs", SAYS)
        .config("")
        .inputs("- hello")
}

#[test]
fn a_package_may_be_named() {
    let project = two_packages(["e2e_one", "e2e_two"]);
    let finished = project.experiment("").exits(96);
    insta::assert_snapshot!(project.told(&finished), @r#"
    error: no target is configured, and there are 2 agents:
        e2e_one:run  one/src/lib.rs:2
        e2e_two:run  two/src/lib.rs:2
      = help: put the one to run into the configuration:
              runner:
                target: "e2e_one:run"
    "#);
    for package in ["e2e_one", "e2e_two"] {
        let _ = project.experiment(&format!("--package {package}")).exits(0);
        assert_eq!(outputs(&project.latest()), [format!("{package}: hello")]);
        let listed = project.run(&format!("list --package {package}")).exits(0);
        assert_eq!(listed.stdout.lines().count(), 1, "{listed}");
    }
    let finished = project.experiment("--package e2e_tow").exits(96);
    insta::assert_snapshot!(project.told(&finished), @"
    error: no package `e2e_tow` in the workspace
      = help: did you mean `e2e_two`?
    ");
}

#[test]
fn the_manifest_may_be_named() {
    let project = two_packages(["e2e_left", "e2e_right"]);
    let place = Project::bare()
        .config("runner: { target: run }")
        .inputs("- hello");
    let manifest = project.path("two/Cargo.toml").display().to_string();
    let finished = place.experiment("").exits(96);
    let _ = finished.says("no Cargo.toml in ").says("--manifest-path");
    let _ = place
        .experiment(&format!("--manifest-path {manifest} --package e2e_right"))
        .exits(0);
    assert_eq!(outputs(&place.latest()), ["e2e_right: hello"]);
    // A relative path is meant from where it is typed, not from where cargo runs.
    let folder = project.path("").display().to_string();
    place.write(
        "configs/simulation.yaml",
        &format!("runner: {{ target: run, working_directory: {folder} }}"),
    );
    place.write("Cargo.toml", "[package]\nname = \"e2e_decoy\"\n");
    let _ = place
        .experiment("--manifest-path nowhere/Cargo.toml")
        .exits(96)
        .says("(from --manifest-path)");
    let _ = project
        .experiment("--manifest-path one/Cargo.toml --package e2e_left")
        .exits(0);
    assert_eq!(outputs(&project.latest()), ["e2e_left: hello"]);
}

const GATED: &str = r#"
#[cfg(feature = "by_default")]
#[fluxloop::agent]
fn by_default(_input: String) -> &'static str { "by default" }

#[cfg(feature = "extra")]
#[fluxloop::agent]
fn extra(_input: String) -> &'static str { "extra" }
"#;

#[test]
fn features_decide_which_agents_there_are() {
    let features =
        "[features]\ndefault = [\"by_default\"]\nby_default = []\nextra = []\n[workspace]\n";
    let project = Project::bare()
        .package("", "e2e_features", features)
        .locked()
        .file("src/lib.rs", GATED)
        .config("")
        .inputs("- hello");
    let listed = |arguments: &str| -> Vec<String> {
        let finished = project.run(&format!("list {arguments}")).exits(0);
        let names = finished
            .stdout
            .lines()
            .filter_map(|line| line.split_whitespace().next());
        names
            .map(|name| name.trim_start_matches("e2e_features:").to_owned())
            .collect()
    };
    assert_eq!(listed(""), ["by_default"]);
    assert_eq!(listed("--features extra"), ["by_default", "extra"]);
    assert_eq!(listed("-F extra"), ["by_default", "extra"]);
    assert_eq!(listed("--all-features"), ["by_default", "extra"]);
    assert_eq!(listed("--no-default-features --features extra"), ["extra"]);
    let _ = project.run("list --no-default-features").exits(4);
    let _ = project.experiment("--no-default-features").exits(4);
    let _ = project
        .experiment("--no-default-features --features extra")
        .exits(0);
    assert_eq!(outputs(&project.latest()), ["extra"]);
    project.write(
        "configs/simulation.yaml",
        "runner: { target: 'e2e_features:extra' }",
    );
    let _ = project
        .experiment("")
        .exits(96)
        .says("no agent fits target `e2e_features:extra`");
    let _ = project.experiment("--all-features").exits(0);
    assert_eq!(outputs(&project.latest()), ["extra"]);
    let _ = project
        .experiment("--features nonsense")
        .exits(101)
        .says("nonsense");
}

#[test]
fn the_profile_is_the_one_that_was_asked_for() {
    let project = obedient("", &["profile"]);
    let _ = project.experiment("").exits(0);
    assert_eq!(outputs(&project.latest()), ["true"]);
    let _ = project.experiment("--release").exits(0);
    assert_eq!(outputs(&project.latest()), ["false"]);
    let _ = project.experiment("--cargo-profile release").exits(0);
    assert_eq!(outputs(&project.latest()), ["false"]);
    let _ = project
        .experiment("--cargo-profile nonsense")
        .exits(101)
        .says("nonsense");
    let _ = project.experiment("--release --cargo-profile dev").exits(2);
}

/// Builds without an agent: what can be said of cargo's folders without building `fluxloop` again.
fn stand_alone(name: &str) -> Project {
    Project::bare()
        .file("fluxloop/Cargo.toml", "[package]\nname = \"fluxloop\"\nversion = \"9.9.9\"\nedition = \"2024\"\n")
        .file("fluxloop/src/lib.rs", "")
        .file(
            "Cargo.toml",
            &format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nfluxloop = {{ path = \"fluxloop\" }}\n[workspace]\n"),
        )
        .file("src/lib.rs", "fn broken() -> u32 { \"\" }")
        .config("")
        .inputs("- hello")
}

#[test]
fn cargo_builds_where_it_is_told_to() {
    let project = stand_alone("e2e_folder");
    let run = "run experiment --yes --target-dir elsewhere";
    let finished = project.run_with("CARGO_TARGET_DIR=usual", run).exits(101);
    assert!(project.path("elsewhere/debug").is_dir(), "{finished}");
    assert!(!project.path("usual").exists(), "{finished}");
}

#[test]
fn a_locked_build_leaves_the_lock_file_alone() {
    let project = stand_alone("e2e_locked");
    let finished = project.experiment("--locked").exits(101);
    let _ = finished.says("--locked");
    assert!(!project.path("Cargo.lock").exists());
    let _ = project.experiment("").exits(101);
    assert!(project.path("Cargo.lock").exists());
    let _ = project.experiment("--locked").exits(101);
}

/// Asks for a crate that nobody has, from a registry where nobody answers.
fn unreachable(arguments: &str) -> Finished {
    let project = stand_alone("e2e_offline").file(
        ".cargo/config.toml",
        "[source.crates-io]\nreplace-with = \"nobody\"\n[source.nobody]\nregistry = \"sparse+http://127.0.0.1:9/\"\n",
    );
    let manifest = std::fs::read_to_string(project.path("Cargo.toml")).unwrap_or_default();
    let more = manifest.replace("[workspace]", "e2e_nobodys_crate = \"1\"\n[workspace]");
    project.write("Cargo.toml", &more);
    let variables = "CARGO_NET_OFFLINE=false CARGO_NET_RETRY=0";
    project
        .run_with(variables, &format!("run experiment --yes {arguments}"))
        .exits(101)
}

#[test]
fn an_offline_build_asks_nobody() {
    let _ = unreachable("").says("127.0.0.1");
    let finished = unreachable("--offline");
    assert!(finished.stderr.contains("offline"), "{finished}");
    assert!(!finished.stderr.contains("download"), "{finished}");
}
