use std::{fs, path::PathBuf};

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json, value::RawValue};
use tempfile::TempDir;

use super::*;
use crate::{
    artifact::{ArtifactInput, Artifacts},
    config::Gate,
    engine::Recording,
    event::{self, Consumer as _, Event, Failure, FailureKind, Finished, Outcome, Started},
    summary::{Statistics, sample::SampleRun},
};

mod attempts;
mod trees;

/// The directory of an experiment with these files.
struct Directory(TempDir);

impl Directory {
    fn new(summary: &Value) -> Self {
        let directory = Self(tempfile::tempdir().unwrap());
        directory.write("summary.json", summary.to_string());
        directory
    }

    fn write(&self, file: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.path().join(file), contents).unwrap();
    }

    fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    fn open(&self) -> Result<RecordedExperiment, ReadError> {
        RecordedExperiment::open(self.path())
    }

    /// The ids of the runs of `trace_summary.jsonl`, and how many lines were left out.
    fn runs(&self) -> (Vec<String>, u64) {
        let mut rows = self.open().unwrap().runs().unwrap();
        let ids = rows.by_ref().map(|run| run.unwrap().trace_id).collect();
        (ids, rows.damaged())
    }
}

fn run(id: usize) -> Value {
    json!({"trace_id": format!("trace_{id}"), "case": format!("run::any::{id}::iter_0"), "success": true})
}

fn lines(rows: impl IntoIterator<Item = Value>) -> String {
    let rows: Vec<_> = rows.into_iter().map(|row| row.to_string()).collect();
    rows.iter().flat_map(|row| [row, "\n"]).collect()
}

/// An experiment with one run that succeeded and one that panicked, and when it ended.
fn written(directory: &Directory) -> Timestamp {
    let mut started = Started::new(
        "baseline",
        directory.path(),
        "examples.my_agent:run",
        "2024-11-01T14:30:22Z".parse().unwrap(),
    );
    started.planned = 2;
    let mut artifacts = Artifacts::open(ArtifactInput {
        started,
        config_yaml: String::new(),
        inputs_yaml: String::new(),
        recording_jsonl: None,
        config_snapshot: Value::Null,
        gate: Gate::default(),
        save_traces: true,
        save_aggregated_metrics: true,
        git: None,
    })
    .unwrap();
    assert_eq!(
        directory.open().unwrap().summary().status,
        ExperimentStatus::Running
    );
    let answer = RawValue::from_string("\"With the README.\"".to_owned()).unwrap();
    let mut failure = Failure::new(FailureKind::Panic, "no shelf");
    failure.file = Some("src/desk.rs".to_owned());
    failure.line = Some(30);
    let outcomes = [Outcome::Returned(answer), Outcome::Failed(failure)];
    let mut statistics = Statistics::new();
    for (index, outcome) in (0..).zip(outcomes) {
        let run = SampleRun {
            index,
            ..SampleRun::default()
        }
        .ends(outcome);
        statistics.record(&run);
        let mut tell = |observation: &event::Observation<'_>| {
            let run = run.case.index;
            artifacts
                .event(&Event::Observed { run, observation })
                .unwrap();
        };
        Recording::begin(&run.case, run.started_at, 0, &mut tell).close(&run, &mut tell);
        let so_far = &statistics;
        artifacts
            .event(&Event::RunFinished { run: &run, so_far })
            .unwrap();
    }
    let verdict = Gate::default().judge(&statistics.counts(), None);
    let end = "2024-11-01T14:35:10.25Z".parse().unwrap();
    let finished = Finished::new(statistics, verdict, end);
    artifacts
        .event(&Event::ExperimentFinished(&finished))
        .unwrap();
    end
}

#[test]
fn what_was_written_is_read() {
    let directory = Directory(tempfile::tempdir().unwrap());
    let end = written(&directory);
    let experiment = directory.open().unwrap();
    let summary = experiment.summary();
    assert_eq!(summary.status, ExperimentStatus::Completed);
    assert_eq!(
        (summary.planned_traces, summary.counts().successful),
        (2, 1)
    );
    assert_eq!(summary.gate.passed, Some(false));
    assert_eq!(summary.failures_by_kind["panic"], 1);
    assert_eq!(summary.by_persona["novice_user"].failed, 1);
    assert_eq!(summary.completed_at, Some(end));
    assert!(summary.duration_ms.unwrap().p95 > 0.0);
    let runs: Vec<_> = experiment.runs().unwrap().map(Result::unwrap).collect();
    assert_eq!(
        runs[0].output.as_ref().unwrap().get(),
        "\"With the README.\""
    );
    let error = runs[1].error.as_ref().unwrap();
    assert_eq!(
        (&error.kind, &error.file),
        (&Some("panic".to_owned()), &Some("src/desk.rs".to_owned()))
    );
    let whole = experiment.trace(&runs[1].trace_id).unwrap().unwrap();
    assert!(whole.started_at.is_some());
    let tree = experiment
        .observations_of(&runs[1].trace_id)
        .unwrap()
        .unwrap();
    let root = tree.walk().next().unwrap();
    assert_eq!((tree.len(), &root.observation.name[..]), (1, "agent_run"));
    assert_eq!(root.observation.error.as_ref().unwrap().line, Some(30));
    assert!(root.observation.has_ended && !root.observation.is_unfinished());
}

#[test]
fn versions_that_may_be_misread_are_refused() {
    for (version, known) in [
        (json!("1.0"), true),
        (json!("1.7"), true),
        (json!("0.9"), true),
        (Value::Null, true),
        (json!("2.0"), false),
        (json!("10.1"), false),
        (json!("next"), false),
        (json!(2), false),
    ] {
        let directory = Directory::new(&json!({"format_version": version}));
        assert_eq!(directory.open().is_ok(), known, "{version}");
    }
    let directory = Directory::new(&json!({"format_version": "2.0"}));
    let error = directory.open().unwrap_err();
    let told = error
        .to_string()
        .replace(&directory.path().display().to_string(), "[experiment]");
    insta::assert_snapshot!(told, @"`[experiment]` has format version 2.0, and this fluxloop reads versions up to 1.x");
    assert!(error.hint().is_some());
}

#[test]
fn what_is_no_experiment_is_told_from_a_broken_one() {
    let directory = Directory(tempfile::tempdir().unwrap());
    assert!(matches!(
        directory.open(),
        Err(ReadError::NotAnExperiment { .. })
    ));
    directory.write("summary.json", "{\"format_version\": \"1.0\", ");
    assert!(matches!(directory.open(), Err(ReadError::Summary { .. })));
}

#[test]
fn missing_files_have_no_rows() {
    let directory = Directory::new(&json!({}));
    let experiment = directory.open().unwrap();
    assert_eq!(directory.runs(), (Vec::new(), 0));
    assert!(experiment.trace("trace_1").unwrap().is_none());
    assert!(experiment.observations_of("trace_1").unwrap().is_none());
    directory.write("observations.jsonl", "");
    assert!(
        experiment
            .observations_of("trace_1")
            .unwrap()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn fields_of_later_versions_cost_no_row() {
    let directory = Directory::new(&json!({"status": "dreaming", "gate": [], "cost": {"eur": 3}}));
    let mut row = run(1);
    row["duration_ms"] = json!("long");
    row["conversation_history"] = json!([{"turn": "first", "role": "oracle", "content": [1, 2]}]);
    row["token_usage"] = json!({"input_tokens": 3, "output_tokens": -1});
    row["error"] = json!({"kind": "expectation_failed", "message": "no greeting", "where": {}});
    row["started_at"] = json!("yesterday");
    row["mood"] = json!("good");
    // Deeper than JSON values are built.
    let deep = format!("{}{}", "[".repeat(400), "]".repeat(400));
    let line = row.to_string().replace("\"good\"", &deep);
    directory.write("traces.jsonl", format!("{line}\n"));
    let experiment = directory.open().unwrap();
    assert_eq!(experiment.summary().status, ExperimentStatus::Unknown);
    assert_eq!(experiment.summary().cost, None);
    let run = experiment.trace("trace_1").unwrap().unwrap();
    let said = &run.conversation_history[0];
    assert_eq!(
        (said.turn, &said.role[..], &said.content[..]),
        (0, "oracle", "[1,2]")
    );
    assert_eq!(run.token_usage.unwrap().total(), Some(3));
    assert_eq!(
        run.error.unwrap().kind.as_deref(),
        Some("expectation_failed")
    );
    assert_eq!((run.started_at, run.attempts), (None, None));
}

#[test]
fn lines_that_are_no_rows_are_counted() {
    let directory = Directory::new(&json!({}));
    let text = format!(
        "{}\n\n[]\n{{\"case\": \"x\"}}\n{}\n{}",
        run(1),
        run(2),
        run(3)
    );
    directory.write("trace_summary.jsonl", text);
    // The last one is whole, but for the line break that says so.
    assert_eq!(
        directory.runs(),
        (vec!["trace_1".to_owned(), "trace_2".to_owned()], 3)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_file_torn_anywhere_has_its_whole_lines(count in 0_usize..6, cut in any::<prop::sample::Index>()) {
        let directory = Directory::new(&json!({}));
        let text = lines((0..count).map(run));
        let torn = &text[..cut.index(text.len() + 1)];
        directory.write("trace_summary.jsonl", torn);
        let whole = torn.matches('\n').count();
        let expected: Vec<_> = (0..whole).map(|id| format!("trace_{id}")).collect();
        prop_assert_eq!(directory.runs(), (expected, 0));
    }

    #[test]
    fn any_bytes_are_rows_or_damage(
        pieces in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..20),
                "[\\[\\]{}\":,0-9a-z\\n]{0,20}".prop_map(String::into_bytes),
                Just(b"{\"trace_id\":\"t\",\"type\":\"event\",\"case\":\"c\",\"success\":true}\n".to_vec()),
                Just(b"{\"trace_id\":\"t\",\"type\":\"span_end\",\"attributes\":{\"a\":".to_vec()),
            ],
            0..12,
        ),
    ) {
        let bytes = pieces.concat();
        let directory = Directory::new(&json!({}));
        for file in ["trace_summary.jsonl", "traces.jsonl", "observations.jsonl"] {
            directory.write(file, &bytes);
        }
        let lines = bytes.split(|byte| *byte == b'\n').count() as u64 - 1;
        let (ids, damaged) = directory.runs();
        prop_assert_eq!(ids.len() as u64 + damaged, lines);
        let experiment = directory.open().unwrap();
        prop_assert_eq!(experiment.trace("t").unwrap().is_some(), ids.iter().any(|id| id == "t"));
        let tree = experiment.observations_of("t").unwrap().unwrap();
        prop_assert_eq!(tree.walk().count(), tree.len());
        directory.write("summary.json", &bytes);
        let _ = directory.open();
    }
}

#[test]
fn inputs_and_outputs_are_read_as_types() {
    let read = |row: Value| serde_json::from_str::<RecordedRun>(&row.to_string()).unwrap();
    let typed = read(json!({
        "trace_id": "trace_1", "case": "c", "success": true, "duration_ms": 1500,
        "input": {"order": 12}, "output": "It \"left\" today.",
        "conversation_history": [{"role": "user"}, {"actions": ["tool:look_up"]}, {"actions": ["tool:refund"]}],
    }));
    assert_eq!(typed.input_as::<Value>().unwrap()["order"], 12);
    assert_eq!(typed.input_text(), r#"{"order":12}"#);
    assert_eq!(typed.output_as::<String>().unwrap(), typed.output_text());
    assert!(typed.output_as::<u32>().is_err());
    assert_eq!(typed.duration(), std::time::Duration::from_millis(1500));
    assert_eq!(
        typed.actions().collect::<Vec<_>>(),
        ["tool:look_up", "tool:refund"]
    );
    let failed =
        read(json!({"trace_id": "trace_1", "case": "c", "success": false, "output": null}));
    assert_eq!(failed.output_as::<Option<String>>().unwrap(), None);
    assert_eq!(
        (failed.output_text(), failed.input_text()),
        ("".into(), "".into())
    );
}
