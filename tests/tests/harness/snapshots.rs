//! Answers beside what they were.

use std::fs;

use tests::Finished;

use super::{Suite, package, shown};

/// The snapshots of the test target that compares.
fn kept() -> Vec<String> {
    let Ok(entries) = fs::read_dir(package().path("tests/snapshots")) else {
        return Vec::new();
    };
    let names = entries.map(|entry| entry.expect("entries are read").file_name());
    let mut names: Vec<_> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    names
}

/// A run that fails by its snapshots alone, and its report.
fn reported(suite: &Suite, run: impl Fn(&str) -> Finished) -> (Finished, String) {
    let report = suite.project.path("junit.xml");
    let variables = format!("INSTA_UPDATE=no FLUXLOOP_JUNIT={}", report.display());
    let finished = run(&variables).exits(101);
    (finished, fs::read_to_string(&report).expect("a report"))
}

/// One test, for they share a folder.
#[test]
fn answers_are_compared_with_those_of_before() {
    let _ = fs::remove_dir_all(package().path("tests/snapshots"));
    let suite = Suite::new(
        "iterations: 2\nparallel_runs: 1\nsnapshot: { redact: ['[0-9]{5,}'] }\nmulti_turn:\n  enabled: true\n  supervisor:\n    provider: mock\n    metadata: { scripted_questions: [\"and now?\"] }\n",
        "- { id: talk, input: hello, persona: ada }\n- { id: seed, input: seed }\n- { id: mood, input: mood }",
    );
    suite.project.write("mood", "good");
    let compared = |variables: &str| {
        let command = "test --quiet --test compared -- --test-threads 1";
        let workspace = format!(
            "INSTA_WORKSPACE_ROOT={} {variables}",
            package().path("").display()
        );
        suite.cargo(command, &workspace, "")
    };
    // Nothing is accepted unless somebody says so: not in CI, and not here.
    let finished = compared("CI=true").exits(101);
    assert_eq!(
        finished.stdout.matches("FAILED").count(),
        6 + 1,
        "{finished}"
    );
    let _ = finished.says("6 runs finished: 6 succeeded");
    assert!(kept().is_empty(), "{:?}", kept());
    let _ = compared("INSTA_UPDATE=new").exits(101);
    let pending = ["mood", "seed"].map(|case| format!("compared__run__any__{case}.snap.new"));
    assert_eq!(kept()[1..], pending, "for `cargo insta review`");
    fs::remove_dir_all(package().path("tests/snapshots")).expect("they are there");
    let _ = compared("INSTA_UPDATE=always").exits(0);
    assert_eq!(
        kept(),
        [
            "compared__run__ada__talk.snap",
            "compared__run__any__mood.snap",
            "compared__run__any__seed.snap"
        ]
    );
    let text = |case: &str| {
        let text =
            fs::read_to_string(package().path(format!("tests/snapshots/compared__{case}.snap")));
        text.expect("it was written")
    };
    insta::assert_snapshot!(text("run__ada__talk"), @"
    ---
    source: tests/compared.rs
    ---
      turn 1
        user: hello
        assistant: heard hello
      turn 2
        user: and now?
        assistant: heard and now?
    ");
    assert!(text("run__any__seed").contains("assistant: [redacted]"));
    // From then on they hold.
    let _ = compared("INSTA_UPDATE=no").exits(0);
    suite.project.write("mood", "bad");
    let (finished, xml) = reported(&suite, compared);
    // As libtest counts, and the gate besides.
    for text in [
        "tests=\"7\" skipped=\"0\" failures=\"3\" errors=\"0\"",
        "type=\"snapshot\"",
        "`cargo insta review` shows and accepts",
        "<failure message=\"2 tests failed although their runs did not, and no gate accepts that: no run failed\" type=\"gate\"",
    ] {
        assert!(xml.contains(text), "{text}: {xml}");
    }
    let said = shown(&suite, &finished.stdout);
    for text in [
        "4 passed; 2 failed",
        "-    assistant: good",
        "+    assistant: bad",
        "what has changed\ninput: mood\nexperiment: [project]/experiments/[experiment]",
    ] {
        assert!(said.contains(text), "{text}: {finished}");
    }
    // insta has shown what differs: where it stands in insta's own sources is of no use.
    assert!(!finished.stderr.contains("panicked"), "{finished}");
    let _ = finished
        .says("fluxloop: 2 tests failed although their runs did not, and no gate accepts that");
    // Without the word, the configuration decides.
    let _ = suite.test("mood").exits(0);
}

/// Tries that differ are no matter of snapshots. Nothing is written.
#[test]
fn a_case_that_is_answered_differently_is_unstable() {
    let suite = Suite::new(
        "iterations: 2\nsnapshots: true",
        "- { id: seed, input: seed }",
    );
    let (finished, xml) = reported(&suite, |variables| {
        suite.test_with(variables, "--test-threads 1")
    });
    assert!(
        xml.contains("tests=\"3\" skipped=\"0\" failures=\"3\" errors=\"0\"")
            && xml.contains("type=\"unstable\""),
        "{xml}"
    );
    assert!(finished.stdout.contains("0 passed; 2 failed"), "{finished}");
    let said =
        "---- run::any::seed::iter_1 ----\nunstable: the same case was answered in different ways";
    assert!(finished.stdout.contains(said), "{finished}");
    assert_eq!(finished.stdout.matches("unstable").count(), 1, "{finished}");
}
