//! What an experiment leaves for CI: a JUnit report, and in GitHub Actions a summary and annotations.

use std::fs;

use serde_json::Value;
use tests::{Finished, Project, obedient, workspace};

const INPUTS: [&str; 3] = ["say hello", "fail with <this> & that", "say more"];

fn report(project: &Project, path: &str) -> String {
    fs::read_to_string(project.path(path)).expect("a report")
}

/// How many tests, failures and errors a report counts.
fn counts(xml: &str) -> [u32; 3] {
    let head = xml.split("<testsuites").nth(1).expect("a report");
    ["tests", "failures", "errors"].map(|name| {
        let value = head.split(&format!("{name}=\"")).nth(1);
        let value = value.and_then(|rest| rest.split('"').next());
        value.and_then(|value| value.parse().ok()).expect("a count")
    })
}

#[test]
fn a_report_has_each_run_and_the_gate() {
    let project = obedient("", &INPUTS);
    let _ = project
        .experiment("--junit reports/new/junit.xml --seed 5")
        .exits(100);
    let xml = report(&project, "reports/new/junit.xml");
    assert_eq!(counts(&xml), [4, 2, 0], "{xml}");
    for row in project.latest().rows("trace_summary.jsonl") {
        let case = row["case"].as_str().expect("a name");
        let at = format!("<testcase name=\"{case}\" classname=\"e2e_obedient:run\"");
        let (_, rest) = xml.split_once(&at).expect("each run is there");
        let own = rest.split("</testcase>").next().expect("it ends");
        let trace = format!(
            "name=\"trace_id\" value=\"{}\"",
            row["trace_id"].as_str().expect("one")
        );
        assert!(own.contains(&trace), "{own}");
        assert_eq!(own.contains("<failure"), row["success"] == false, "{own}");
    }
    assert!(
        xml.contains("<failure message=\"with &lt;this&gt; &amp; that\" type=\"agent_error\">"),
        "{xml}"
    );
    assert!(
        xml.contains("<property name=\"seed\" value=\"5\"/>"),
        "{xml}"
    );
    assert!(
        xml.contains("the gate does not hold: 1 run failed, at most 0 may\" type=\"gate\""),
        "{xml}"
    );
    // A variable does, too; a gate that holds is a test that passes.
    let _ = project
        .run_with(
            "FLUXLOOP_JUNIT=junit.xml",
            "run experiment --yes --max-failures 1",
        )
        .exits(0);
    assert_eq!(counts(&report(&project, "junit.xml")), [4, 1, 0]);
    // What is not run is not reported.
    let _ = project.experiment("--dry-run --junit dry.xml").exits(0);
    assert!(!project.path("dry.xml").exists());
    // A conversation is told, whole.
    let talk = "multi_turn: { enabled: true, supervisor: { provider: mock, metadata: { scripted_questions: [say yes] } } }";
    let project = project.config(talk).inputs("- say hello");
    let _ = project.experiment("--junit junit.xml").exits(0);
    let xml = report(&project, "junit.xml");
    assert!(
        xml.contains("<system-out>[1] user: say hello\n[1] assistant: hello\n[2] user: say yes\n[2] assistant: yes\nended by: "),
        "{xml}"
    );
}

#[test]
fn a_report_that_cannot_be_written_is_said_before_anything_runs() {
    let project = obedient("", &INPUTS).file("taken", "");
    let finished = project.experiment("--junit taken/junit.xml").exits(110);
    insta::assert_snapshot!(project.told(&finished).lines().take(1).collect::<String>(), @"error: cannot write the JUnit report [project]/taken/junit.xml");
    let _ = finished.says("name a file that can be written with `--junit`");
    assert!(!project.path("experiments").exists());
    // What ends before its first run leaves a report that says so.
    let _ = project
        .experiment("--junit junit.xml --output-dir taken/results")
        .exits(110);
    let xml = report(&project, "junit.xml");
    assert!(
        xml.contains("<error message=\"the experiment has not ended\""),
        "{xml}"
    );
}

/// As in a step of a job.
fn in_a_job(project: &Project, arguments: &str) -> Finished {
    let mut command = project.command(arguments);
    command
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", project.path("summary.md"))
        .env("GITHUB_WORKSPACE", workspace().join("target/e2e-projects"));
    command.output().expect("the command starts").into()
}

#[test]
fn a_job_of_github_has_a_summary_and_annotations() {
    let project = obedient("", &INPUTS);
    let finished = in_a_job(&project, "run experiment --yes").exits(100);
    let commands: Vec<_> = finished
        .stderr
        .lines()
        .filter(|line| line.starts_with("::"))
        .collect();
    assert_eq!(commands.len(), 2, "{finished}");
    let place = "::error file=e2e_obedient/src/lib.rs,line=";
    assert!(
        commands.iter().all(|command| command.starts_with(place)),
        "{finished}"
    );
    assert!(
        commands[1].contains(",title=fluxloop%3A 1 × agent_error::with <this> & that%0Arun::any::"),
        "{finished}"
    );
    let summary = report(&project, "summary.md");
    assert!(
        summary.contains("3 of 3&#58; 2 succeeded, 1 failed"),
        "{summary}"
    );
    assert!(
        summary.contains("with &#60;this&#62; &#38; that"),
        "{summary}"
    );
    // Elsewhere nothing of it.
    let finished = project.experiment("").exits(100);
    assert!(!finished.stderr.contains("::error"), "{finished}");
    assert_eq!(report(&project, "summary.md"), summary);
    // A summary that cannot be written costs nothing.
    let project = project.config("gate: { max_failures: 1 }");
    fs::remove_file(project.path("summary.md")).expect("it was written");
    fs::create_dir(project.path("summary.md")).expect("folders are made");
    let finished = in_a_job(&project, "run experiment --yes").exits(0);
    let finished = finished.says("the job's summary cannot be written");
    let _ = finished.says("::warning file=");
}

#[test]
fn what_agents_and_inputs_say_is_no_command() {
    let id = "##[error]forged";
    let project = obedient("", &[]).inputs(&format!(
        "- {{ id: {id:?}, input: \"fail x\\n::error::forged\\n ::add-mask::forged ##[error]forged\" }}"
    ));
    for arguments in ["-v", "--message-format json"] {
        let finished = in_a_job(&project, &format!("run experiment --yes {arguments}")).exits(100);
        for line in finished.stderr.lines().chain(finished.stdout.lines()) {
            let line = line.trim_start();
            let ours = line.starts_with("::error file=");
            assert!(ours || !line.contains("##["), "{line}");
            assert!(ours || !line.starts_with("::"), "{line}");
        }
        assert!(finished.stderr.contains("::error file="), "{finished}");
        let mut rows = finished
            .stdout
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let case = |row: &Value| row["case"].as_str().is_some_and(|case| case.contains(id));
        assert_eq!(rows.any(|row| case(&row)), arguments != "-v");
    }
}
