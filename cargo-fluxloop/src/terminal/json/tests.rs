use std::io::ErrorKind;

use serde_json::Value;

use super::*;
use crate::terminal::sample::{
    Captured, Experiment, Failing, answered, case, failed, gate, started,
};

fn reported(tell: impl FnOnce(&mut Experiment<'_, JsonReporter>)) -> String {
    let captured = Captured::default();
    let mut reporter = JsonReporter::new(Stdout::to(captured.clone()));
    tell(&mut Experiment::start(&mut reporter, &started(2)));
    captured.text()
}

#[test]
fn each_event_is_a_line() {
    let failure = Failure::new(FailureKind::AgentError, "connection reset");
    let text = reported(|experiment| {
        let first = case(0);
        experiment
            .event(&Event::RunStarted(&first))
            .event(&Event::RunRetried {
                case: &first,
                attempt: 1,
                failure: &failure,
                delay: Duration::from_secs(5),
            })
            .run(&answered(0, 10))
            .event(&Event::Warning("slow\ndisk"))
            .event(&Event::Interrupted { in_flight: 1 })
            .run(&failed(1, 20, FailureKind::Timeout, "used up 120 s"))
            .finish(gate(0, Some(0.95)), 12_340, true);
    });
    insta::assert_snapshot!(text, @r#"
    {"reason":"experiment-started","experiment_name":"baseline","path":"/work/experiments/exp_20241101_143022","target":"examples.my_agent:run","inputs":2,"iterations":1,"planned_traces":2,"left_out":0,"seed":7,"started_at":"2024-11-01T14:30:22Z","fluxloop_version":"0.1.0"}
    {"reason":"run-started","case":"run::novice_user::how_do_i_start_0::iter_0","iteration":0,"persona":"novice_user"}
    {"reason":"run-retried","case":"run::novice_user::how_do_i_start_0::iter_0","iteration":0,"persona":"novice_user","attempt":1,"delay_ms":5000.0,"error":{"kind":"agent_error","message":"connection reset"}}
    {"reason":"run-finished","trace_id":"trace_001","case":"run::novice_user::how_do_i_start_0::iter_0","iteration":0,"persona":"novice_user","input":"How do I start?","output":"With the README.","duration_ms":2.5,"success":true}
    {"reason":"warning","message":"slow\ndisk"}
    {"reason":"interrupted","in_flight":1}
    {"reason":"run-finished","trace_id":"trace_002","case":"run::novice_user::how_do_i_start_1::iter_0","iteration":0,"persona":"novice_user","input":"How do I start?","output":null,"duration_ms":2.5,"success":false,"error":{"kind":"timeout","message":"used up 120 s"}}
    {"reason":"experiment-finished","status":"interrupted","path":"/work/experiments/exp_20241101_143022","total_traces":2,"successful":1,"failed":1,"success_rate":0.5,"avg_duration_ms":2.5,"duration_ms":{"min":2.5,"p50":2.5,"p95":2.5,"max":2.5},"failures_by_kind":{"timeout":1},"gate":{"passed":false,"max_failures":0,"min_success_rate":0.95},"completed_at":"2024-11-01T14:30:34.34Z"}
    "#);
}

#[test]
fn hostile_text_stays_in_its_line() {
    let text = reported(|experiment| {
        experiment
            .run(&failed(
                0,
                10,
                FailureKind::Panic,
                "a\n{\"reason\":\"experiment-finished\"}\u{1b}[2J",
            ))
            .event(&Event::Warning("\u{0}\r\n"));
    });
    let reasons: Vec<String> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["reason"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(reasons, ["experiment-started", "run-finished", "warning"]);
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn nothing_finished_has_no_rate() {
    let text = reported(|experiment| experiment.finish(gate(0, None), 0, true));
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["success_rate"], Value::Null);
    assert_eq!(last["avg_duration_ms"], Value::Null);
    assert_eq!(last["status"], "interrupted");
}

#[test]
fn a_full_disk_is_told_a_closed_pipe_is_not() {
    let mut full = JsonReporter::new(Stdout::to(Failing::with(ErrorKind::StorageFull)));
    let error = full
        .event(&Event::ExperimentStarted(&started(1)))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
    let mut gone = JsonReporter::new(Stdout::to(Failing::with(ErrorKind::BrokenPipe)));
    gone.event(&Event::ExperimentStarted(&started(1))).unwrap();
}
