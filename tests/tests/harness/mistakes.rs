//! What a harness says when there is nothing that it could run. None of it is a success.

use super::{Suite, package, shown};

#[track_caller]
fn refused(suite: &Suite, variables: &str) -> String {
    let listed = suite.test_with(variables, "--list").exits(101);
    let finished = suite.test_with(variables, "").exits(101);
    assert_eq!(listed.stderr, finished.stderr, "said alike");
    assert!(!finished.stdout.contains("running"), "{finished}");
    assert_eq!(suite.experiments(), 0);
    let ours = finished.stderr.split("error: test failed").next();
    shown(suite, ours.unwrap_or_default().trim_end())
}

#[test]
fn a_crate_that_is_not_linked() {
    let suite = Suite::new("", "- hello");
    let finished = suite
        .cargo("test --quiet --test unlinked", "", "")
        .exits(101);
    insta::assert_snapshot!(finished.stderr.lines().take(2).collect::<Vec<_>>().join("\n"), @"
    error: no agent is linked into this test
      = help: name the crate that holds them: `fluxloop::main!(e2e_harness);`, and put `#[fluxloop::agent]` on a function of its library or of this file
    ");
}

#[test]
fn no_configuration_no_inputs_and_no_such_agent() {
    let suite = Suite::new("", "[]");
    insta::assert_snapshot!(refused(&suite, ""), @r#"
    error: [project]/inputs/generated.yaml has no inputs
      = help: write at least one, for example:

              generated_inputs:
                - input: "How do I start?"
    "#);
    insta::assert_snapshot!(refused(&suite, "FLUXLOOP_INPUTS=/nowhere/inputs.yaml"), @"
    error: inputs file not found: /nowhere/inputs.yaml
      = help: check `inputs_file` or `--inputs`
    ");
    insta::assert_snapshot!(refused(&suite, "FLUXLOOP_CONFIG=/nowhere/config.yaml"), @"
    error: configuration file not found: /nowhere/config.yaml
      = help: check the path given by the variable `FLUXLOOP_CONFIG`
    ");
    let suite = Suite::new("runner: { target: \"e2e_harness:walk\" }", "- hello");
    insta::assert_snapshot!(refused(&suite, ""), @"
    error: no agent fits target `e2e_harness:walk`; there are:
        e2e_harness:run  src/lib.rs:5
      = help: take one of the list
              agents of a library are found if `fluxloop::main!` names its crate; those of a program or an example never are
    ");
    let suite = Suite::new("runner: { target: \"shop.desk:walk\" }", "- hello");
    insta::assert_snapshot!(refused(&suite, ""), @"
    error: no agent fits target `shop.desk:walk`; there are:
        e2e_harness:run  src/lib.rs:5
      = help: crate `shop` has no agents here: if its library has any, name it in the test, `fluxloop::main!(…, shop);`; those of a program or an example are never found
    ");
    let finished = package()
        .cargo("test --quiet --test cases")
        .output()
        .expect("cargo starts");
    let said = String::from_utf8_lossy(&finished.stderr).into_owned();
    assert!(said.contains("fluxloop::main!(…, config = "), "{said}");
}

#[test]
fn variables_that_a_test_cannot_follow() {
    let suite = Suite::new("", "- hello");
    insta::assert_snapshot!(refused(&suite, "FLUXLOOP_DRY_RUN=1"), @"
    error: `FLUXLOOP_DRY_RUN` is set: tests cannot be run dry
      = help: unset it; `cargo test -- --list` shows the cases
    ");
    insta::assert_snapshot!(refused(&suite, "FLUXLOOP_NO_FAIL=yes"), @"error: `FLUXLOOP_NO_FAIL`: expected true, false, 1 or 0, found `yes`");
}

#[test]
fn inputs_that_do_not_fit_are_told_before_the_first_call() {
    let suite = Suite::new("", "- hello\n- { id: wrong, input: { a: 1 } }");
    let report = suite.project.path("junit.xml");
    let finished = suite
        .test_with(&format!("FLUXLOOP_JUNIT={}", report.display()), "")
        .exits(101);
    let xml = std::fs::read_to_string(report).expect("a report");
    assert!(
        xml.contains("tests=\"1\" skipped=\"0\" failures=\"0\" errors=\"1\"")
            && xml.contains("<error message=\"1 input does not fit agent `e2e_harness:run`"),
        "{xml}"
    );
    let ours = finished.stderr.split("error: test failed").next();
    insta::assert_snapshot!(shown(&suite, ours.unwrap_or_default().trim_end()), @"
    error: 1 input does not fit agent `e2e_harness:run` (its type said so):
      [project]/inputs/generated.yaml:2: input `wrong`: parameter `input`: invalid type: map, expected a string
      = help: change the inputs, or the types of the agent's parameters; nothing was run
    ");
    assert!(!finished.stdout.contains("running"), "{finished}");
    assert_eq!(suite.experiments(), 0);
    // Only what is to be run has to fit.
    let _ = suite.test("hello").exits(0);
}
