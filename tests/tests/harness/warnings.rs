//! What is odd is said once, and fails nothing.

use tests::{Finished, has_cargo};

use super::{Suite, package, shown};

const ODD: &str = "FLUXLOOP_ITERATION=2";

fn odd(input: &str) -> Suite {
    let project = package()
        .beside("e2e_harness:run")
        .config("itterations: 2\nmulti_turn: { auto_approve_tools: false }")
        .inputs(&format!("- {{ id: hi, input: {input}, personna: ada }}"));
    Suite { project }
}

/// The messages of warnings, whoever says them: of the last, only what is the same in a test and elsewhere.
fn warnings(finished: &Finished) -> Vec<String> {
    let lines = finished.stderr.lines();
    let messages = lines.filter_map(|line| {
        let message = line.trim_start();
        let message = message
            .strip_prefix("warning: ")
            .or(message.strip_prefix("[WARN] "))?;
        Some(
            message
                .split(", and ")
                .next()
                .unwrap_or_default()
                .to_owned(),
        )
    });
    messages.collect()
}

#[test]
fn tests_say_what_the_command_says() {
    let suite = odd("hello");
    let by_command = warnings(&suite.project.run_with(ODD, "run experiment --yes").exits(0));
    insta::assert_snapshot!(by_command.join("\n"), @"
    nothing reads the variable `FLUXLOOP_ITERATION`
    unknown key `itterations`: nothing reads it
    unknown key `inputs[0].personna`: nothing reads it
    every tool will be refused: tools have to be approved
    ");
    let finished = suite.test_with(ODD, "").exits(0);
    assert_eq!(warnings(&finished), by_command, "{finished}");
    insta::assert_snapshot!(shown(&suite, &finished.stderr));
    // Two tests, and what is odd about their one configuration.
    let command = "test --quiet --test ordinary -- --nocapture";
    let finished = suite.cargo(command, ODD, "").exits(0);
    assert!(finished.stdout.contains("2 passed"), "{finished}");
    let mut said = warnings(&finished);
    let mut expected = by_command.clone();
    said.retain(|message| !message.starts_with("agents run in the"));
    expected.sort_unstable();
    said.sort_unstable();
    assert_eq!(said, expected, "{finished}");
    let of_each = "the result says: warning: unknown key `itterations`";
    assert_eq!(finished.stdout.matches(of_each).count(), 2, "{finished}");
    // To list is not to run.
    let finished = suite.test_with(ODD, "--list").exits(0);
    assert_eq!(warnings(&finished), by_command[..3], "{finished}");
}

/// nextest shows what a test has said that failed, so each of its processes speaks for itself.
#[test]
fn a_test_of_nextest_that_fails_says_what_is_odd() {
    if !has_cargo("nextest") {
        return;
    }
    let finished = odd("fail").nextest("").exits(100);
    let odd = warnings(&finished);
    assert_eq!(odd.len(), 3, "{finished}");
}
