//! What is expected of runs: judged, told in every file and at the terminal, and judged the same when it is run again.

use std::{collections::BTreeMap, sync::OnceLock};

use serde_json::{Value, json};
use tests::{Experiment, Finished, Project};

const CONFIG: &str = r"
runner:
  timeout_seconds: 5
  retry_delay: 0
  max_retries: 1
personas: [{name: novice}]
expect:
  not_contains: Obviously
  max_tokens: 100
checks: [polite]
";

const INPUTS: &str = r#"
generated_inputs:
  - input: refund
    metadata: {topic: money}
    expect:
      equals: "Done: order 12 is refunded."
      matches: "order [0-9]+"
      json_schema: schemas/text.yaml
      tools_called:
        calls: [lookup_order, {name: refund, arguments: {order: 12}}]
        match: exact
        arguments: subset
    checks: [sees_what_happened, polite]
  - input: rude
    expect: {contains: order, tools_called: []}
  - input: flaky
    expect: {tools_called: {calls: [lookup_order], match: exact}}
  - input: fail
    expect: {contains: order}
  - input: long
    expect: {tools_called: [{name: refund, arguments: {order: 12}}]}
  - input: checked
    checks: [panics, aborts, endless, torn]
"#;

/// A folder beside the desk.
fn desk(config: &str) -> Project {
    static DESK: OnceLock<Project> = OnceLock::new();
    let desk = DESK.get_or_init(|| {
        Project::kept("e2e_desk")
            .package("", "e2e_desk", "serde_json = \"1\"\n[workspace]\n")
            .locked()
            .file("src/lib.rs", include_str!("../agents/desk.rs"))
    });
    desk.beside("e2e_desk:serve")
        .config(config)
        .inputs(INPUTS)
        .file("inputs/schemas/text.yaml", "type: string\nminLength: 5\n")
}

/// The checks of a run, each in a line: `contains failed`.
fn results(row: &Value) -> Vec<String> {
    let checks = row["checks"].as_array().map_or(&[][..], Vec::as_slice);
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    checks
        .iter()
        .map(|check| format!("{} {}", word(&check["check"]), word(&check["result"])))
        .collect()
}

fn check<'r>(row: &'r Value, name: &str) -> &'r str {
    let checks = row["checks"].as_array().expect("checks");
    let found = checks.iter().find(|check| check["check"] == name);
    found
        .and_then(|check| check["message"].as_str())
        .unwrap_or_default()
}

#[test]
fn runs_are_judged_told_and_judged_the_same_again() {
    let project = desk(CONFIG);
    let finished = project.experiment("--parallel 4").exits(100);
    let experiment = project.latest();
    let rows = experiment.audited();

    assert_rows(&rows);
    assert_told(&project, &experiment.summary(), &finished);

    // Run again from what the experiment keeps: without the files beside the inputs.
    std::fs::remove_dir_all(project.path("inputs")).unwrap();
    let again = "--config experiments/latest/config.yaml --output-dir again";
    let _ = project.experiment(again).exits(100);
    let again = Experiment::at(project.path("again/latest")).audited();
    assert_eq!(
        again.keys().collect::<Vec<_>>(),
        rows.keys().collect::<Vec<_>>()
    );
    for (input, row) in &again {
        assert_eq!(results(row), results(&rows[input]), "{input}");
    }
}

#[test]
fn checks_are_listed() {
    let project = desk(CONFIG);
    let finished = project.run("list checks").exits(0);
    insta::assert_snapshot!(finished.stdout, @"
    aborts  src/lib.rs:73
    endless  src/lib.rs:78
    panics  src/lib.rs:68
    polite  src/lib.rs:49
    sees_what_happened  src/lib.rs:55
    torn  src/lib.rs:83
    ");
    let finished = project.run("list checks --message-format json").exits(0);
    let lines: Vec<Value> = finished
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("it is JSON"))
        .collect();
    assert_eq!(lines.len(), 6, "{finished}");
    assert_eq!(
        lines[0],
        json!({"reason": "check", "name": "aborts", "file": "src/lib.rs", "line": 73})
    );
}

/// What became of each input.
#[track_caller]
fn assert_rows(rows: &BTreeMap<String, Value>) {
    let refund = &rows["refund"];
    assert_eq!(refund["success"], true, "{refund}");
    assert_eq!(
        results(refund),
        [
            "not_contains passed",
            "max_tokens not_judged",
            "equals passed",
            "matches passed",
            "json_schema passed",
            "tools_called passed",
            "polite passed",
            "sees_what_happened passed",
        ]
    );

    let rude = &rows["rude"];
    assert_eq!(rude["output"], "Obviously\nnot.");
    assert_eq!(rude["error"]["kind"], "expectation_failed");
    insta::assert_snapshot!(rude["error"]["message"].as_str().unwrap_or_default(), @r#"
    not_contains: expected no "Obviously" in the output, found "Obviously\nnot."
    contains: expected "order" in the output, found "Obviously\nnot."
    polite: expected kind words, found "Obviously\nnot."
    "#);
    assert_eq!(rude["attempts"], Value::Null, "it is not tried again");

    // The attempt that failed called another tool, and does not count.
    assert_eq!(rows["flaky"]["success"], true, "{}", rows["flaky"]);
    assert_eq!(rows["flaky"]["attempts"], 2);
    // What did not return is not judged.
    assert_eq!(rows["fail"]["error"]["kind"], "agent_error");
    assert_eq!(results(&rows["fail"]), [""; 0]);
    // Its argument was too long to be recorded.
    let long = &rows["long"];
    assert_eq!(long["success"], true, "{long}");
    assert!(
        check(long, "tools_called").contains("`observe.max_value_bytes`"),
        "{long}"
    );

    let checked = &rows["checked"];
    assert_eq!(checked["output"], "checked");
    assert!(
        check(checked, "panics").contains("no words for \"checked\""),
        "{checked}"
    );
    assert!(
        check(checked, "panics").starts_with("panicked at src/lib.rs:"),
        "{checked}"
    );
    assert!(check(checked, "aborts").contains("SIGABRT"), "{checked}");
    assert!(
        check(checked, "endless").contains("within 5 s"),
        "{checked}"
    );
    assert_eq!(check(checked, "torn"), "nobody knows");
}

/// What is said of all of them.
#[track_caller]
fn assert_told(project: &Project, summary: &Value, finished: &Finished) {
    assert_eq!(
        summary["failures_by_kind"],
        json!({"agent_error": 1, "expectation_failed": 2})
    );
    assert_eq!(
        summary["checks"]["polite"],
        json!({"passed": 4, "failed": 1, "not_judged": 0})
    );
    assert_eq!(
        summary["checks"]["max_tokens"],
        json!({"passed": 0, "failed": 0, "not_judged": 5})
    );
    for line in [
        "1 × expectation_failed: not_contains: expected no \"Obviously\" in the output; contains: ",
        "Checks:       ",
        "not judged: 5 × max_tokens: no generation was observed, so no tokens are known",
        "not judged: 1 × torn: nobody knows",
    ] {
        assert!(finished.stderr.contains(line), "{line}\n{finished}");
    }
    let shown = project.run("show rude").exits(0);
    insta::assert_snapshot!(section(&shown.stdout, "Checks"), @r#"
    Checks
      ✗ not_contains: expected no "Obviously" in the output, found "Obviously\nnot."
      ? max_tokens: not judged: no generation was observed, so no tokens are known
      ✗ contains: expected "order" in the output, found "Obviously\nnot."
      ✓ tools_called
      ✗ polite: expected kind words, found "Obviously\nnot."
    "#);
}

/// What stands below a heading.
fn section(text: &str, heading: &str) -> String {
    let lines = text.lines().skip_while(|line| *line != heading);
    let lines: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[test]
fn what_nobody_observed_is_not_judged() {
    let project = desk(&format!("{CONFIG}observe: {{level: \"off\"}}\n"));
    let _ = project.experiment("--filter refund").exits(100);
    let rows = project.latest().audited();
    let row = &rows["refund"];
    assert!(
        check(row, "tools_called").contains("`observe.level: off`"),
        "{row}"
    );
    // What asserts on it has failed: nobody told it that it cannot know.
    assert!(
        check(row, "sees_what_happened").contains("left: []"),
        "{row}"
    );
}

#[test]
fn a_check_that_nobody_has_registered_is_refused_before_the_first_run() {
    let project = desk(&CONFIG.replace("[polite]", "[polit]"));
    let finished = project.experiment("--filter rude").exits(96);
    insta::assert_snapshot!(project.told(&finished), @r"
    error: configs/simulation.yaml:10: `checks`: no check `polit` is registered with the agents
      = help: did you mean `polite`? these are registered: aborts, endless, panics, polite, sees_what_happened, torn
    ");
    assert!(!project.path("experiments").exists());
    let bare = Project::new(
        "e2e_without_checks",
        "#[fluxloop::agent]\nfn run(input: String) -> String { input }\n",
    )
    .config("checks: polite\n")
    .inputs("- a\n");
    let finished = bare.experiment("--dry-run").exits(96);
    insta::assert_snapshot!(bare.told(&finished), @r"
    error: configs/simulation.yaml:1: `checks`: no check `polite` is registered with the agents
      = help: write it beside the agent: `#[fluxloop::check] fn polite(run: &fluxloop::RunView) -> bool { … }`; a crate that is only in Cargo.toml is linked once something names it
    ");
}
