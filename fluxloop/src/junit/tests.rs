use std::fs;

use super::*;
use crate::{
    config::Gate,
    event::{Failure, FailureKind, Outcome},
    summary::{Statistics, sample::SampleRun},
};

/// An experiment with these rows.
fn experiment(rows: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let summary = r#"{"format_version": "1.0", "experiment_name": "shop <&> \"more\"", "status": "completed",
        "started_at": "2024-11-01T14:30:22Z", "planned_traces": 5, "target": "shop:run", "seed": 7,
        "fluxloop_version": "0.1.0"}"#;
    fs::write(folder.path().join("summary.json"), summary).unwrap();
    fs::write(folder.path().join("traces.jsonl"), rows.join("\n") + "\n").unwrap();
    folder
}

fn finished(successful: u64, failed: u64, interrupted: bool) -> Finished {
    let mut statistics = Statistics::new();
    for _ in 0..successful {
        statistics.record(&SampleRun::default().returns("yes"));
    }
    for _ in 0..failed {
        let failure = Failure::new(FailureKind::AgentError, "no");
        statistics.record(&SampleRun::default().ends(Outcome::Failed(failure)));
    }
    let gate = Gate {
        max_failures: 1,
        min_success_rate: None,
        min_case_pass_rate: None,
    };
    Finished {
        verdict: gate.judge(&statistics.counts(), None),
        statistics,
        at: "2024-11-01T14:30:24.5Z".parse().unwrap(),
        interrupted,
    }
}

/// The report, with the experiment's path left out.
fn report(rows: &[&str], finished: &Finished) -> String {
    report_with(rows, Ok(finished), [])
}

fn report_with<const N: usize>(
    rows: &[&str],
    end: Result<&Finished, String>,
    verdicts: [(&str, CaseVerdict); N],
) -> String {
    let folder = experiment(rows);
    let path = folder.path().join("new/folder/junit.xml");
    let file = JunitFile::begin(&path).unwrap();
    let verdicts = verdicts.map(|(case, verdict)| (case.to_owned(), verdict));
    let reported = Reported::new(folder.path(), end).with_verdicts(verdicts);
    file.finish([reported]).unwrap();
    let xml = fs::read_to_string(&path).unwrap();
    xml.replace(&folder.path().display().to_string(), "[experiment]")
}

const OK: &str = r#"{"trace_id": "trace_001", "case": "run::any::hi::iter_0", "success": true, "input": "hi",
    "output": "you said hi", "duration_ms": 1234.5, "started_at": "2024-11-01T14:30:23Z"}"#;

fn row(text: &str) -> String {
    text.replace('\n', " ")
}

#[test]
fn runs_are_cases_and_the_gate_is_one_more() {
    let failed = r#"{"trace_id": "trace_002", "case": "run::ada::no::iter_0", "success": false, "persona": "ada",
        "input": {"order": 7}, "duration_ms": 2, "attempts": 3,
        "error": {"kind": "panic", "message": "no <order>\nat all", "causes": ["it & that"], "file": "src/lib.rs", "line": 3}}"#;
    insta::assert_snapshot!(report(&[&row(OK), &row(failed)], &finished(1, 1, false)));
}

/// A check may say no more than that it does not hold.
#[test]
fn what_was_rejected_is_shown() {
    let failed = r#"{"trace_id": "t", "case": "c", "success": false, "input": "hi", "output": "obviously no",
        "error": {"kind": "expectation_failed", "message": "polite: it returned `false`"}}"#;
    let xml = report(&[&row(failed)], &finished(1, 1, false));
    let said = "polite: it returned `false`\ninput: hi\noutput: obviously no</failure>";
    assert!(xml.contains(said), "{xml}");
    let none = row(failed).replace(r#""obviously no""#, "null");
    assert!(!report(&[&none], &finished(1, 1, false)).contains("output:"));
}

#[test]
fn a_conversation_is_told_and_infrastructure_is_an_error() {
    let failed = r#"{"trace_id": "trace_001", "case": "run::any::talk::iter_0", "success": false, "duration_ms": 2,
        "error": {"kind": "supervisor_error", "message": "no answer"}, "termination_reason": "error",
        "conversation_history": [{"turn": 1, "role": "user", "content": "hi\nthere"},
        {"turn": 1, "role": "assistant", "content": "hello"}]}"#;
    insta::assert_snapshot!(report(&[&row(failed)], &finished(0, 2, false)));
}

#[test]
fn kinds_tell_whose_fault_it_is() {
    let of = |kind: &str| {
        let row = format!(
            r#"{{"trace_id": "t", "case": "c", "success": false, "error": {{"kind": "{kind}", "message": "m"}}}}"#
        );
        let xml = report(&[&row], &finished(1, 0, false));
        match (xml.contains("<failure"), xml.contains("<error")) {
            (true, false) => "failure",
            (false, true) => "error",
            other => panic!("{other:?}: {xml}"),
        }
    };
    for kind in [
        "agent_error",
        "panic",
        "timeout",
        "crash",
        "expectation_failed",
        "of tomorrow",
    ] {
        assert_eq!(of(kind), "failure", "{kind}");
    }
    for kind in ["supervisor_error", "cancelled"] {
        assert_eq!(of(kind), "error", "{kind}");
    }
}

#[test]
fn an_experiment_that_was_cut_short_is_an_error_whatever_the_gate_says() {
    let xml = report(&[&row(OK)], &finished(1, 0, true));
    assert!(xml.contains("<error message=\"interrupted after"), "{xml}");
    assert!(
        xml.contains(" of 5 runs: no run failed\" type=\"interrupted\""),
        "{xml}"
    );
}

#[test]
fn what_a_test_says_besides_its_run_is_told() {
    let rejected = CaseVerdict::Rejected {
        kind: "snapshot".to_owned(),
        message: "the answer is not that of its snapshot\n-yes\n+no".to_owned(),
    };
    let skipped = CaseVerdict::Skipped {
        reason: "the experiment ended before it".to_owned(),
    };
    let verdicts = [
        ("run::any::hi::iter_0", rejected),
        ("run::any::late::iter_0", skipped),
    ];
    insta::assert_snapshot!(report_with(
        &[&row(OK)],
        Ok(&finished(1, 0, false)),
        verdicts
    ));
}

#[test]
fn an_experiment_that_could_not_go_on_says_why_and_what_was_run() {
    let why = "no agent can be called any more: it does not start".to_owned();
    let xml = report_with(&[&row(OK)], Err(why), []);
    assert!(
        xml.contains("tests=\"2\" skipped=\"0\" failures=\"0\" errors=\"1\""),
        "{xml}"
    );
    assert!(
        xml.contains("<error message=\"no agent can be called any more: it does not start\" type=\"unfinished\""),
        "{xml}"
    );
}

#[test]
fn nothing_breaks_the_xml_and_texts_are_bounded() {
    let long = "é".repeat(50_000);
    let message = format!("\u{0}\u{1b}[31m]]>\u{fffe}\u{ffff}\u{202e} {long}");
    let row = serde_json::json!({
        "trace_id": "t", "case": "run::any::\u{7}<x>::iter_0", "success": false, "input": long,
        "error": {"kind": "agent_error", "message": message, "causes": [long, long, long]},
        "conversation_history": [{"turn": 1, "role": "user", "content": long}],
    });
    let xml = report(&[&row.to_string()], &finished(0, 1, false));
    assert!(xml.len() < 40_000, "{}", xml.len());
    let odd = |c: char| (c < ' ' && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{202e}');
    assert!(!xml.contains(odd), "{xml}");
    let read = Report::deserialize_from_str(&xml).unwrap();
    assert_eq!(read.test_suites[0].test_cases.len(), 2);
    assert_eq!((read.failures, read.errors), (1, 0), "the gate accepts one");
}

#[test]
fn what_has_not_ended_says_so_and_what_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    fs::write(&path, "of yesterday").unwrap();
    JunitFile::begin(&path).unwrap();
    insta::assert_snapshot!(fs::read_to_string(&path).unwrap(), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="fluxloop" tests="1" skipped="0" failures="0" errors="1">
        <testsuite name="fluxloop" tests="1" skipped="0" errors="1" failures="0">
            <testcase name="gate" classname="fluxloop" time="0.000">
                <error message="the experiment has not ended" type="unfinished"/>
            </testcase>
        </testsuite>
    </testsuites>
    "#);
    let error = JunitFile::begin(path.join("below/a/file")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot write the JUnit report ")
    );
    assert!(error.hint().is_some());
    assert!(JunitFile::begin(folder.path()).is_err(), "a folder");
}
