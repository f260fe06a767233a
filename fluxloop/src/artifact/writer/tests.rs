use std::{
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use proptest::prelude::*;
use serde_json::{json, value::RawValue};

use super::*;
use crate::{
    engine::Recording,
    event::{Failure, FailureKind, Outcome},
    summary::sample::SampleRun,
};

mod experiment;
mod full_disk;

use experiment::{Experiment, input, nth, panicked};

#[test]
fn all_files_are_there_before_the_first_run() {
    let experiment = Experiment::new();
    assert_eq!(
        experiment.files(),
        [
            "config.yaml",
            "inputs.yaml",
            "observations.jsonl",
            "summary.json",
            "trace_summary.jsonl",
            "traces.jsonl"
        ]
    );
    assert_eq!(
        experiment.text("config.yaml"),
        "name: my_agent_experiment\n"
    );
    assert_eq!(experiment.text("inputs.yaml"), "generated_inputs: []\n");
    insta::assert_snapshot!(experiment.summary_text(), @r#"
    {
      "format_version": "1.0",
      "experiment_name": "my_agent_experiment",
      "status": "running",
      "total_traces": 0,
      "successful": 0,
      "failed": 0,
      "planned_traces": 3,
      "started_at": "2024-11-01T14:30:22.000000Z",
      "completed_at": null,
      "gate": {
        "passed": null,
        "max_failures": 1,
        "min_success_rate": null
      },
      "failures_by_kind": {},
      "by_persona": {},
      "target": "examples.my_agent:run",
      "seed": 42,
      "fluxloop_version": "[version]",
      "config_snapshot": {
        "name": "my_agent_experiment"
      }
    }
    "#);
}

#[test]
fn a_run_has_its_rows_when_its_event_is_handled() {
    let mut experiment = Experiment::new();
    experiment
        .end_run(&nth(0).returns("Press the button."))
        .unwrap();
    insta::assert_snapshot!(experiment.text("trace_summary.jsonl"), @r#"{"trace_id":"trace_001","case":"run::novice_user::input_0::iter_0","iteration":0,"persona":"novice_user","input":"How do I start?","output":"Press the button.","duration_ms":245.125,"success":true}"#);
    insta::assert_snapshot!(experiment.text("traces.jsonl"), @r#"{"trace_id":"trace_001","case":"run::novice_user::input_0::iter_0","iteration":0,"persona":"novice_user","input":"How do I start?","output":"Press the button.","duration_ms":245.125,"success":true,"wall_ms":250.125,"started_at":"2024-11-01T14:30:22.500000Z","completed_at":"2024-11-01T14:30:22.750125Z","metadata":{},"observation_count":2}"#);
    insta::assert_snapshot!(experiment.text("observations.jsonl"), @r#"
    {"trace_id":"trace_001","type":"span_start","timestamp":"2024-11-01T14:30:22.500000Z","name":"agent_run","id":"trace_001.0","kind":"agent","input":"How do I start?","start_time":"2024-11-01T14:30:22.500000Z"}
    {"trace_id":"trace_001","type":"span_end","timestamp":"2024-11-01T14:30:22.750125Z","name":"agent_run","id":"trace_001.0","kind":"agent","output":"Press the button.","start_time":"2024-11-01T14:30:22.500000Z","end_time":"2024-11-01T14:30:22.750125Z","duration_ms":245.125}
    "#);
}

#[test]
fn a_failed_run_has_rows_like_any_other() {
    let mut experiment = Experiment::new();
    experiment.end_run(&panicked()).unwrap();
    insta::assert_snapshot!(experiment.text("trace_summary.jsonl"), @r#"{"trace_id":"trace_002","case":"run::any::input_1::iter_0","iteration":0,"persona":null,"input":"How do I start?","output":null,"duration_ms":245.125,"success":false,"error":{"kind":"panic","message":"index out of bounds","file":"src/lib.rs","line":12},"attempts":2}"#);
    insta::assert_snapshot!(experiment.text("traces.jsonl"), @r#"{"trace_id":"trace_002","case":"run::any::input_1::iter_0","iteration":0,"persona":null,"input":"How do I start?","output":null,"duration_ms":245.125,"success":false,"error":{"kind":"panic","message":"index out of bounds","file":"src/lib.rs","line":12},"attempts":2,"wall_ms":250.125,"started_at":"2024-11-01T14:30:22.500000Z","completed_at":"2024-11-01T14:30:22.750125Z","metadata":{"topic":"refunds"},"observation_count":2}"#);
    insta::assert_snapshot!(experiment.text("observations.jsonl"), @r#"
    {"trace_id":"trace_002","type":"span_start","timestamp":"2024-11-01T14:30:22.500000Z","name":"agent_run","id":"trace_002.0","kind":"agent","input":"How do I start?","start_time":"2024-11-01T14:30:22.500000Z"}
    {"trace_id":"trace_002","type":"span_end","timestamp":"2024-11-01T14:30:22.750125Z","name":"agent_run","id":"trace_002.0","kind":"agent","level":"ERROR","error":{"kind":"panic","message":"index out of bounds","file":"src/lib.rs","line":12},"start_time":"2024-11-01T14:30:22.500000Z","end_time":"2024-11-01T14:30:22.750125Z","duration_ms":245.125}
    "#);
}

#[test]
fn the_last_summary_tells_all() {
    let mut experiment = Experiment::with(|input| {
        input.git = Some(GitState {
            commit: "0123abcd".to_owned(),
            dirty: true,
        });
    });
    experiment.end_run(&nth(0).returns("yes")).unwrap();
    experiment.end_run(&panicked()).unwrap();
    experiment.finish(false).unwrap();
    insta::assert_snapshot!(experiment.summary_text(), @r#"
    {
      "format_version": "1.0",
      "experiment_name": "my_agent_experiment",
      "status": "completed",
      "total_traces": 2,
      "successful": 1,
      "failed": 1,
      "success_rate": 0.5,
      "planned_traces": 3,
      "avg_duration_ms": 245.125,
      "started_at": "2024-11-01T14:30:22.000000Z",
      "completed_at": "2024-11-01T14:35:10.250000Z",
      "gate": {
        "passed": true,
        "max_failures": 1,
        "min_success_rate": null
      },
      "duration_ms": {
        "min": 245.125,
        "p50": 245.125,
        "p95": 245.125,
        "max": 245.125
      },
      "failures_by_kind": {
        "panic": 1
      },
      "by_persona": {
        "novice_user": {
          "total": 1,
          "successful": 1,
          "failed": 0,
          "success_rate": 1.0
        }
      },
      "target": "examples.my_agent:run",
      "seed": 42,
      "fluxloop_version": "[version]",
      "git": {
        "commit": "0123abcd",
        "dirty": true
      },
      "config_snapshot": {
        "name": "my_agent_experiment"
      }
    }
    "#);
    assert!(!experiment.path(".summary.json.new").exists());
}

#[test]
fn an_interrupted_experiment_says_so_and_is_not_judged() {
    let mut experiment = Experiment::new();
    experiment.end_run(&nth(0).returns("yes")).unwrap();
    experiment.finish(true).unwrap();
    let summary = experiment.summary();
    assert_eq!(summary["status"], "interrupted");
    assert_eq!(summary["total_traces"], 1);
    assert_eq!(summary["planned_traces"], 3);
    assert_eq!(summary["gate"]["passed"], Value::Null);
    assert_eq!(summary["completed_at"], "2024-11-01T14:35:10.250000Z");
}

#[test]
fn the_summary_follows_the_runs_at_most_once_a_second() {
    let mut experiment = Experiment::new();
    let mut seen = Vec::new();
    for (index, started_at) in [
        "2024-11-01T14:30:22.1Z",
        "2024-11-01T14:30:22.9Z", // ends 1.15 s after the last refresh
        "2024-11-01T14:30:23.7Z",
        "2024-11-01T13:30:22Z", // the clock was put back
    ]
    .into_iter()
    .enumerate()
    {
        let run = SampleRun {
            started_at: started_at.parse().unwrap(),
            ..nth(index as u64)
        };
        experiment.end_run(&run.returns("yes")).unwrap();
        seen.push(experiment.summary()["total_traces"].as_u64().unwrap());
    }
    assert_eq!(seen, [0, 2, 2, 4]);
    assert_eq!(experiment.summary()["status"], "running");
}

#[test]
fn what_the_configuration_turns_off_is_left_out() {
    let mut experiment = Experiment::with(|input| {
        input.save_traces = false;
        input.save_aggregated_metrics = false;
    });
    experiment.end_run(&nth(0).returns("yes")).unwrap();
    experiment.finish(false).unwrap();
    assert!(!experiment.path("observations.jsonl").exists());
    assert_eq!(experiment.rows("traces.jsonl")[0]["observation_count"], 0);
    let summary = experiment.summary();
    for key in ["duration_ms", "failures_by_kind", "by_persona"] {
        assert_eq!(summary.get(key), None, "{key}");
    }
    assert_eq!(summary["avg_duration_ms"], 245.125);
}

#[test]
fn json_laid_out_over_lines_stays_one_row() {
    let mut experiment = Experiment::new();
    let output =
        RawValue::from_string("{\n  \"a\": \"x\\ny\",\r\n  \"b\": 2\n}".to_owned()).unwrap();
    let run = nth(0).ends(Outcome::Returned(output));
    experiment.end_run(&run).unwrap();
    let rows = experiment.rows("trace_summary.jsonl");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["output"], json!({"a": "x\ny", "b": 2}));
}

#[test]
fn files_of_another_experiment_are_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("traces.jsonl"), "theirs\n").unwrap();
    let error = Artifacts::open(input(&folder)).unwrap_err();
    assert_eq!(error.path, folder.path().join("traces.jsonl"));
    assert_eq!(error.operation, Operation::Create);
    assert!(error.hint().unwrap().contains("in the way"));
}

#[test]
fn a_summary_that_cannot_be_replaced_is_an_error_with_its_path() {
    let mut experiment = Experiment::new();
    fs::remove_file(experiment.path("summary.json")).unwrap();
    fs::create_dir(experiment.path("summary.json")).unwrap();
    let error = experiment.finish(false).unwrap_err();
    assert_eq!(error.path, experiment.path("summary.json"));
    assert_eq!(error.operation, Operation::Replace);
    assert!(!experiment.path(".summary.json.new").exists());
}

#[test]
fn each_row_is_one_write() {
    #[derive(Clone, Default)]
    struct Writes(Arc<Mutex<Vec<usize>>>);
    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let lines = bytes.split(|byte| *byte == b'\n').count() - 1;
            self.0.lock().unwrap().push(lines);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let writes = Writes::default();
    let mut experiment = Experiment::on(&|_| Ok(Box::new(writes.clone())));
    for index in 0..2 {
        experiment.end_run(&nth(index).returns("yes")).unwrap();
    }
    assert_eq!(*writes.0.lock().unwrap(), [2, 1, 1, 2, 1, 1]);
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..4).prop_map(Value::from_iter),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_said_comes_back_from_its_row(
        input in json_value(),
        answers in prop::collection::vec(prop_oneof![
            json_value().prop_map(Ok),
            any::<String>().prop_map(Err),
        ], 1..5),
        micros in 0_u64..1 << 40,
    ) {
        let mut experiment = Experiment::new();
        for (index, answer) in answers.iter().enumerate() {
            let sample = SampleRun {
                input: input.clone(),
                duration: Duration::from_micros(micros),
                ..nth(index as u64)
            };
            let run = match answer {
                Ok(output) => sample.returns(output.clone()),
                Err(message) => sample.ends(Outcome::Failed(Failure::new(FailureKind::AgentError, message))),
            };
            experiment.end_run(&run).unwrap();
        }
        let (summaries, traces) = (experiment.rows("trace_summary.jsonl"), experiment.rows("traces.jsonl"));
        let observations = experiment.rows("observations.jsonl");
        prop_assert_eq!(summaries.len(), answers.len());
        prop_assert_eq!(observations.len(), 2 * answers.len());
        for (index, answer) in answers.iter().enumerate() {
            let (row, end) = (&summaries[index], &observations[2 * index + 1]);
            prop_assert_eq!(&row["input"], &input);
            prop_assert_eq!(&observations[2 * index]["input"], &input);
            prop_assert_eq!(row["success"].as_bool(), Some(answer.is_ok()));
            match answer {
                Ok(output) => {
                    prop_assert_eq!(&row["output"], output);
                    prop_assert_eq!(&end["output"], output);
                    prop_assert_eq!(row.get("error"), None);
                }
                Err(message) => {
                    prop_assert_eq!(&row["output"], &Value::Null);
                    let error: Failure = serde_json::from_value(row["error"].clone()).unwrap();
                    prop_assert_eq!(error, Failure::new(FailureKind::AgentError, message));
                }
            }
            let shown = format!("{:.3}", row["duration_ms"].as_f64().unwrap());
            prop_assert_eq!(shown, format!("{}.{:03}", micros / 1000, micros % 1000));
            for (key, value) in row.as_object().unwrap() {
                prop_assert_eq!(&traces[index][key], value, "{}", key);
            }
        }
    }
}
