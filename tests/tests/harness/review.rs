//! `cargo insta`: somebody reviews what has changed.

use std::{fs, process::Command, sync::OnceLock};

use tests::{Finished, Project, Terminal, has_cargo, wait_until, workspace};

use super::{LIBRARY, Suite};

/// The member of a workspace, of its own: `cargo insta` looks at all snapshots of a package.
fn shop() -> &'static Project {
    static SHOP: OnceLock<Project> = OnceLock::new();
    SHOP.get_or_init(|| {
        let fluxloop = workspace().join("fluxloop");
        let rest = format!(
            "[dev-dependencies]\nfluxloop = {{ path = '{}', features = [\"harness\", \"junit\"] }}\n\n\
             [[test]]\nname = \"fluxloop\"\nharness = false\n",
            fluxloop.display()
        );
        Project::kept("insta")
            .file("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"crates/shop\"]\n")
            .package("crates/shop", "e2e_insta", &rest)
            .locked()
            .file("crates/shop/src/lib.rs", LIBRARY)
            .file("crates/shop/tests/fluxloop.rs", "fluxloop::main!(e2e_insta);\n")
    })
}

/// `cargo insta` in the workspace, on a suite's configuration and inputs.
fn insta(suite: &Suite, arguments: &str) -> Command {
    let mut command = shop().cargo(&format!("insta {arguments}"));
    let config = suite.project.path("configs/simulation.yaml");
    command.env("FLUXLOOP_CONFIG", config).env_remove("CI");
    command
}

/// The same to its end, with nobody in front of it.
fn finished(suite: &Suite, arguments: &str) -> Finished {
    insta(suite, arguments)
        .output()
        .expect("cargo starts")
        .into()
}

/// The same with somebody who presses a key at each snapshot.
fn reviewed(suite: &Suite, arguments: &str, keys: &str) -> String {
    let mut terminal = Terminal::start(insta(suite, arguments), 100);
    for (at, key) in (1..).zip(keys.chars()) {
        let title = format!("Reviewing [{at}/{}]", keys.len());
        wait_until(&title, || {
            let text = plain(&terminal.text());
            // The last line before a key is read.
            let tips = text.matches("to apply to all remaining").count();
            text.contains(&title) && tips == at
        });
        terminal.types(&key.to_string());
    }
    let (code, text) = terminal.finish();
    assert_eq!(code, Some(0), "{text}");
    text
}

/// Where the snapshots stand.
const FOLDER: &str = "crates/shop/tests/snapshots";

/// The snapshot of a case, if it has one.
fn snapshot(case: &str) -> Option<String> {
    let path = shop().path(format!("{FOLDER}/fluxloop__run__any__{case}.snap"));
    fs::read_to_string(path).ok()
}

/// One test, for there is one folder of snapshots.
#[test]
fn what_has_changed_is_reviewed_with_cargo_insta() {
    if !has_cargo("insta") {
        return;
    }
    let _ = fs::remove_dir_all(shop().path(FOLDER));
    let built = shop()
        .cargo("test --no-run")
        .status()
        .expect("cargo starts");
    assert!(built.success());
    let both = "- { id: mood, input: mood }\n- { id: other, input: hello }";
    let suite = Suite::new(
        "iterations: 2\nsnapshots: true\ngate: { max_failures: 2 }",
        both,
    );
    suite.project.write("mood", "good");

    // Everything is new: one is accepted, the other is not.
    let text = reviewed(&suite, "test --review --test fluxloop", "ar");
    assert!(
        text.contains("accepted") && text.contains("rejected"),
        "{text}"
    );
    insta::assert_snapshot!(snapshot("mood").expect("it was accepted"), @"
    ---
    source: crates/shop/tests/fluxloop.rs
    ---
    good
    ");
    assert_eq!(snapshot("other"), None);
    let _ = reviewed(&suite, "test --review --test fluxloop", "a");
    assert!(snapshot("other").is_some());
    let checked = || finished(&suite, "test --check --test fluxloop");
    let _ = checked().exits(0);

    // An answer has changed: it is not right until somebody says so.
    suite.project.write("mood", "bad");
    assert_ne!(checked().code, Some(0));
    assert_eq!(
        finished(&suite, "pending-snapshots").exits(0).stdout.trim(),
        "No pending snapshots."
    );
    let tested = finished(&suite, "test --test fluxloop").exits(1);
    let _ = tested.says("1 snapshot to review");
    let pending = finished(&suite, "pending-snapshots").exits(0).stdout;
    assert!(
        pending.contains(&format!("  {FOLDER}/fluxloop__run__any__mood.snap\n")),
        "{pending}"
    );
    let text = reviewed(&suite, "review", "r");
    let source = "crates/shop/tests/fluxloop.rs:1";
    for shown in [source, "-good", "+bad", "rejected"] {
        assert!(plain(&text).contains(shown), "{shown}: {text}");
    }
    assert!(snapshot("mood").is_some_and(|text| text.ends_with("good\n")));
    let _ = finished(&suite, "test --test fluxloop").exits(1);
    let _ = reviewed(&suite, "review", "a");
    assert!(snapshot("mood").is_some_and(|text| text.ends_with("bad\n")));
    let _ = checked().exits(0);
    suite.project.write("mood", "better");
    let accepted = finished(&suite, "test --accept --test fluxloop").exits(0);
    assert!(accepted.stdout.contains("accepted"), "{accepted}");
    let _ = checked().exits(0);
    let _ = finished(&suite, "test --check --require-full-match --test fluxloop").exits(0);

    unreferenced(&suite);
    if has_cargo("nextest") {
        suite.project.write("inputs/generated.yaml", both);
        let nextest = "--test-runner nextest --disable-nextest-doctest --test fluxloop";
        let _ = finished(&suite, &format!("test --accept {nextest}")).exits(0);
        assert!(snapshot("other").is_some());
        suite.project.write("mood", "best");
        let tested = finished(&suite, &format!("test {nextest}")).exits(1);
        let _ = tested.says("1 snapshot to review");
        let _ = reviewed(&suite, &format!("test --review {nextest}"), "a");
        let checked = format!("test --check --unreferenced=reject {nextest}");
        let _ = finished(&suite, &checked).exits(0);
    }
}

/// Snapshots that no case has are found, and no others.
fn unreferenced(suite: &Suite) {
    let test = |action: &str| {
        finished(
            suite,
            &format!("test --unreferenced={action} --test fluxloop"),
        )
    };
    let _ = test("reject")
        .exits(0)
        .says("no unreferenced snapshots found");
    // A run that failed, as the gate accepts, has no answer; its snapshot is none that nobody needs.
    let fails = "- { id: mood, input: mood }\n- { id: other, input: fail }";
    suite.project.write("inputs/generated.yaml", fails);
    let _ = test("delete")
        .exits(0)
        .says("no unreferenced snapshots found");
    assert!(snapshot("other").is_some());
    suite
        .project
        .write("inputs/generated.yaml", "- { id: mood, input: mood }");
    let name = format!("{FOLDER}/fluxloop__run__any__other.snap");
    let _ = test("reject").exits(1).says(&name);
    assert!(snapshot("other").is_some());
    let _ = test("delete").exits(0).says(&name);
    assert!(snapshot("other").is_none() && snapshot("mood").is_some());
}

/// A text without what moves the cursor and changes colours: each such sequence ends with its first letter.
fn plain(text: &str) -> String {
    let parts = text.split("\u{1b}[").enumerate();
    let parts = parts.map(
        |(at, part)| match part.find(|c: char| c.is_ascii_alphabetic()) {
            Some(end) if at > 0 => &part[end + 1..],
            _ => part,
        },
    );
    parts.collect()
}
