//! What is odd is said once, and fails nothing.

use super::{Suite, shown};

/// What a run of cargo's said, but for the ends of experiments and what cargo says itself.
fn told(suite: &Suite, stderr: &str) -> String {
    let stderr = shown(suite, stderr);
    let lines = stderr
        .lines()
        .filter(|line| !line.starts_with("fluxloop: "));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[test]
fn a_suite_says_what_the_command_says() {
    let suite = Suite::new(
        "itterations: 2\nmulti_turn: { auto_approve_tools: false }",
        "- { id: hi, input: hello, personna: ada }",
    );
    let of_all = "
    ";
    let finished = suite.test("").exits(0);
    insta::assert_snapshot!(told(&suite, &finished.stderr));
    let _ = of_all;
}
