//! What a live service records.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};
use tests::{Project, Service, recorded};

use super::question;

const CALLS: usize = 500;
const ON: [(&str, &str); 2] = [
    ("FLUXLOOP_RECORD_ARGS", "true"),
    ("FLUXLOOP_RECORDING_FILE", "recordings/args.jsonl"),
];

fn lines(project: &Project, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(project.path(file)).expect("it is there");
    assert!(text.ends_with('\n'), "whole lines");
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

#[test]
fn every_call_under_load_is_recorded_and_the_recording_replays_typed() {
    let project = recorded(
        "replay_args: { enabled: true, recording_file: recordings/args.jsonl }\n",
        &["Where is my order?", "And \"mine\"?"],
    );
    let service = Service::start(&project, &ON, &[]);
    let answers = service.ask(CALLS, question);
    let finished = service.end().exits(0);
    assert_eq!(finished.stderr, "");
    assert_eq!(
        finished.stdout,
        format!(
            "Recorded {{ written: {}, lost: 0, waiting: 0 }}\n",
            CALLS + 1
        )
    );
    let mut lines = lines(&project, "recordings/args.jsonl");
    assert_eq!(lines.len(), CALLS + 1);
    let stopped = lines.pop().expect("it is the last");
    assert_eq!(
        (&stopped["target"], &stopped["iteration"]),
        (&json!("e2e_recorded:stopped"), &json!(3))
    );
    assert_eq!(stopped["kwargs"], json!({"reason": "asked"}));
    let mut recorded = BTreeSet::new();
    for line in &lines {
        let kwargs = &line["kwargs"];
        let index = kwargs["user"]["id"].as_u64().expect("a number");
        let index = usize::try_from(index).expect("it is small");
        let asked = question(index);
        assert!(answers[index].starts_with(&format!("question {index}:")));
        assert_eq!(kwargs["data"], asked["message"]);
        assert_eq!(
            kwargs["user"],
            json!({"id": index, "api_key": "***", "tags": ["a", "b"]})
        );
        assert_eq!(
            kwargs.as_object().map(serde_json::Map::len),
            Some(2),
            "no context"
        );
        assert_eq!(line["_version"], "1");
        assert_eq!(line["iteration"], 0);
        assert_eq!(line["target"], "e2e_recorded:answer");
        let timestamp = line["timestamp"].as_str().expect("text");
        assert!(timestamp.parse::<jiff::Timestamp>().is_ok() && timestamp.ends_with('Z'));
        assert!(recorded.insert(index), "each call once");
    }
    assert_eq!(recorded.len(), CALLS);

    // The last call is one of something else: it has no such argument.
    let finished = project.experiment("").exits(96);
    assert!(
        project
            .told(&finished)
            .contains("`data.content` leads nowhere: the call has `reason`")
    );
    let text = fs::read_to_string(project.path("recordings/args.jsonl")).expect("it is there");
    let (answered, _) = text.trim_end().rsplit_once('\n').expect("several lines");
    fs::write(project.path("recordings/args.jsonl"), answered).expect("it is ours");
    let finished = project.experiment("").exits(0);
    let _ = finished
        .says("was masked in recordings/args.jsonl:500")
        .says("Replaying the call in recordings/args.jsonl:500");
    let last = lines.last().expect("there are some")["kwargs"]["user"]["id"].clone();
    let rows = project.latest().rows("trace_summary.jsonl");
    let outputs: Vec<_> = rows
        .iter()
        .map(|row| row["output"].as_str().expect("text").to_owned())
        .collect();
    let rest = format!("Phone {{ number: \"5\" }} | {last} Some(\"***\") [\"a\", \"b\"] | turn 1");
    assert_eq!(
        outputs,
        [
            format!("Where is my order? | {rest}"),
            format!("And \"mine\"? | {rest}")
        ]
    );
    assert_eq!(rows[0]["input"], "Where is my order?", "what was asked");
}

#[test]
fn a_full_disk_is_one_warning_and_no_failed_call() {
    let project = recorded("", &["x"]);
    let service = Service::start(
        &project,
        &[
            ("FLUXLOOP_RECORD_ARGS", "1"),
            ("FLUXLOOP_RECORDING_FILE", "/dev/full"),
        ],
        &[],
    );
    for _ in 0..3 {
        assert_eq!(service.ask(20, question).len(), 20);
    }
    let finished = service.end().exits(0);
    assert_eq!(
        finished.stdout,
        "Recorded { written: 0, lost: 61, waiting: 0 }\n"
    );
    insta::assert_snapshot!(finished.stderr, @"fluxloop: warning: calls are not recorded: cannot write /dev/full: No space left on device (os error 28) (said once)");
}

#[test]
fn what_was_recorded_is_there_when_the_process_ends_by_itself() {
    let project = recorded("", &["x"]);
    let service = Service::start(&project, &ON, &["without flushing"]);
    let _ = service.ask(50, question);
    let finished = service.end().exits(0);
    assert_eq!(
        (finished.stdout.as_str(), finished.stderr.as_str()),
        ("", "")
    );
    assert_eq!(lines(&project, "recordings/args.jsonl").len(), 51);
}

#[test]
fn a_recording_makes_room_for_itself() {
    let project = recorded("", &["x"]);
    let mut variables = ON.to_vec();
    variables.push(("FLUXLOOP_RECORDING_MAX_BYTES", "4000"));
    let service = Service::start(&project, &variables, &[]);
    let _ = service.ask(40, question);
    let _ = service.end().exits(0);
    for file in ["recordings/args.jsonl", "recordings/args.jsonl.1"] {
        let length = fs::metadata(project.path(file)).expect("it is there").len();
        assert!(length <= 4_000, "{file}: {length}");
        assert!(!lines(&project, file).is_empty());
    }
    assert_eq!(
        fs::read_dir(project.path("recordings"))
            .expect("it is there")
            .count(),
        2
    );
}

#[test]
fn nothing_is_recorded_unless_it_is_switched_on() {
    let project = recorded("", &["x"]);
    let service = Service::start(&project, &[("FLUXLOOP_RECORDING_FILE", "args.jsonl")], &[]);
    let _ = service.ask(2, question);
    let finished = service.end().exits(0);
    assert_eq!(
        finished.stdout,
        "Recorded { written: 0, lost: 0, waiting: 0 }\n"
    );
    assert!(!project.path("args.jsonl").exists());
}
