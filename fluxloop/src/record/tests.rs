use std::{collections::BTreeMap, fs, io::Read as _, path::PathBuf, sync::Barrier, time::Duration};

use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    arguments::{MOST_BYTES, Problem, RecordedArguments, object},
    file::RecordingFile,
    queue::{Queue, Recorded},
    recorder::{QUEUE_BYTES, Recorder},
    settings::Settings,
};
use crate::Context;

const LONG: Duration = Duration::from_mins(1);

struct Recording {
    directory: tempfile::TempDir,
    recorder: Recorder,
}

impl Recording {
    fn new(max_bytes: u64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let settings = Settings {
            file: directory.path().join("new/args.jsonl"),
            max_bytes,
        };
        let secrets = ["sk-12345678".to_owned()].into_iter();
        Self {
            recorder: Recorder::start(settings, secrets, QUEUE_BYTES).unwrap(),
            directory,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join("new").join(name)
    }

    fn record(&self, arguments: &impl Serialize) {
        let call = object(arguments).map(|json| (json, 3));
        self.recorder.record("shop::desk:answer", call);
    }

    fn flush(&self) -> Recorded {
        self.recorder.flush(LONG)
    }

    fn lines(&self, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.ends_with('\n'));
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

#[test]
fn a_call_is_a_line_in_the_documented_form() {
    let recording = Recording::new(u64::MAX);
    recording.record(&json!({"data": {"content": "a\u{2028}\nb"}, "n": [1, 1.5, null]}));
    assert_eq!(
        recording.flush(),
        Recorded {
            written: 1,
            ..Recorded::default()
        }
    );
    let text = fs::read_to_string(recording.path("args.jsonl")).unwrap();
    let (head, timestamp) = text.split_once(",\"timestamp\":").unwrap();
    assert_eq!(
        head,
        r#"{"_version":"1","iteration":3,"target":"shop.desk:answer","kwargs":{"data":{"content":"a\u2028\nb"},"n":[1,1.5,null]}"#
    );
    let timestamp: String =
        serde_json::from_str(timestamp.trim_end().trim_end_matches('}')).unwrap();
    assert!(
        timestamp.len() == 27 && timestamp.ends_with('Z'),
        "{timestamp}"
    );
}

#[test]
fn secrets_are_masked_at_any_depth() {
    let recording = Recording::new(u64::MAX);
    recording.record(&json!({
        "api_key": "opaque",
        "data": {"deep": [{"Password": "opaque", "pin_secret": 1234, "content": "it is sk-12345678, Bearer abc123"}]},
        "credentials": {"user": "opaque", "list": ["opaque"]},
        "max_tokens": 5,
        "is_authenticated": true,
    }));
    assert_eq!(recording.flush().written, 1);
    let line = recording.lines("args.jsonl").remove(0);
    assert_eq!(
        line["kwargs"],
        json!({
            "api_key": "***",
            "data": {"deep": [{"Password": "***", "pin_secret": "***", "content": "it is ***, Bearer ***"}]},
            "credentials": {"user": "***", "list": ["***"]},
            "max_tokens": 5,
            "is_authenticated": true,
        })
    );
}

#[test]
fn many_threads_write_whole_lines() {
    const THREADS: usize = 16;
    const CALLS: usize = 100;
    let recording = Recording::new(u64::MAX);
    let together = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (recording, together) = (&recording, &together);
            scope.spawn(move || {
                together.wait();
                for call in 0..CALLS {
                    recording.record(
                        &json!({"thread": thread, "call": call, "text": "x".repeat(call * 7)}),
                    );
                }
            });
        }
    });
    assert_eq!(
        recording.flush(),
        Recorded {
            written: 1_600,
            ..Recorded::default()
        }
    );
    let mut calls = BTreeMap::<u64, Vec<u64>>::new();
    for line in recording.lines("args.jsonl") {
        let kwargs = &line["kwargs"];
        calls
            .entry(kwargs["thread"].as_u64().unwrap())
            .or_default()
            .push(kwargs["call"].as_u64().unwrap());
    }
    assert_eq!(calls.len(), THREADS);
    // Each thread's in their order.
    assert!(
        calls
            .values()
            .all(|calls| calls.iter().copied().eq(0..CALLS as u64))
    );
}

#[test]
fn a_file_at_its_limit_makes_room_and_keeps_one_before_it() {
    let recording = Recording::new(500);
    for call in 0..20 {
        recording.record(&json!({"call": call, "text": "x".repeat(30)}));
        assert_eq!(recording.flush().waiting, 0);
    }
    let (old, new) = (
        recording.lines("args.jsonl.1"),
        recording.lines("args.jsonl"),
    );
    for name in ["args.jsonl", "args.jsonl.1"] {
        assert!(fs::metadata(recording.path(name)).unwrap().len() <= 500);
    }
    assert_eq!(fs::read_dir(recording.path("")).unwrap().count(), 2);
    let calls: Vec<u64> = old
        .iter()
        .chain(&new)
        .map(|line| line["kwargs"]["call"].as_u64().unwrap())
        .collect();
    assert!(
        calls.len() > 3 && calls.iter().copied().eq(20 - calls.len() as u64..20),
        "{calls:?}"
    );
}

#[test]
fn a_batch_beyond_the_limit_is_split_and_a_line_beyond_it_stands_alone() {
    let recording = Recording::new(300);
    // Taken as one batch or several: the file is the same.
    for length in [10, 10, 1_000, 10] {
        recording.record(&json!({"text": "x".repeat(length)}));
    }
    assert_eq!(recording.flush().written, 4);
    assert_eq!(recording.lines("args.jsonl").len(), 1);
    let old = recording.lines("args.jsonl.1");
    assert_eq!(old.len(), 1);
    assert_eq!(old[0]["kwargs"]["text"].as_str().unwrap().len(), 1_000);
}

/// A file is locked by whoever opened it: files of two threads exclude each other as those of two processes do.
#[test]
fn of_several_that_find_a_file_full_one_moves_it() {
    const WRITERS: usize = 3;
    let directory = tempfile::tempdir().unwrap();
    for round in 0..100 {
        let file = directory.path().join(format!("{round}.jsonl"));
        let old = format!("{}\n", "x".repeat(98));
        fs::write(&file, &old).unwrap();
        let together = Barrier::new(WRITERS);
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (file, together) = (file.clone(), &together);
                scope.spawn(move || {
                    let max_bytes = 100;
                    let mut recording = RecordingFile::new(Settings { file, max_bytes });
                    together.wait();
                    recording.append(format!("{writer}\n").as_bytes()).unwrap();
                });
            }
        });
        let rotated = directory.path().join(format!("{round}.jsonl.1"));
        assert_eq!(fs::read_to_string(rotated).unwrap(), old, "round {round}");
        let text = fs::read_to_string(&file).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["0", "1", "2"], "round {round}");
    }
}

#[test]
fn what_has_no_form_in_json_is_lost_and_counted() {
    struct Panics;
    impl Serialize for Panics {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("a test's own")
        }
    }
    let recording = Recording::new(u64::MAX);
    recording.record(&"no object");
    recording.record(&json!([1]));
    recording.record(&BTreeMap::from([((1, 2), 3)]));
    recording.record(&BTreeMap::from([("a", Some(Panics))]));
    recording.record(&BTreeMap::from([("a", "x".repeat(MOST_BYTES))]));
    recording.record(&json!({"a": 1}));
    assert_eq!(
        recording.flush(),
        Recorded {
            written: 1,
            lost: 5,
            waiting: 0
        }
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_lines_and_nothing_else() {
    let settings = Settings {
        file: "/dev/full".into(),
        max_bytes: 10,
    };
    let recorder = Recorder::start(settings, std::iter::empty(), 160 << 10).unwrap();
    for _ in 0..100 {
        recorder.record("a:b", object(&json!({})).map(|json| (json, 0)));
    }
    assert_eq!(
        recorder.flush(LONG),
        Recorded {
            written: 0,
            lost: 100,
            waiting: 0
        }
    );
}

#[cfg(unix)]
#[test]
fn a_slow_reader_makes_nobody_wait_and_costs_only_what_does_not_fit() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    let settings = Settings {
        file: pipe.clone(),
        max_bytes: u64::MAX,
    };
    let recorder = Recorder::start(settings, std::iter::empty(), 160 << 10).unwrap();
    // Nobody reads: the writer waits. 600 KiB of calls are more than the queue and the writer's hands hold.
    let arguments = json!({"text": "x".repeat(10 << 10)});
    for _ in 0..60 {
        recorder.record("a:b", object(&arguments).map(|json| (json, 0)));
    }
    let so_far = recorder.flush(Duration::ZERO);
    assert_eq!(so_far.written, 0);
    assert!(
        so_far.lost >= 20 && so_far.lost + so_far.waiting == 60,
        "{so_far:?}"
    );
    let mut text = vec![0; 10 << 10];
    fs::File::open(pipe).unwrap().read_exact(&mut text).unwrap();
    assert!(text.starts_with(b"{\"_version\":\"1\""));
}

#[test]
fn arguments_are_put_together_by_name_and_the_context_says_the_iteration() {
    let mut arguments = RecordedArguments::default();
    arguments.record("input", "text");
    arguments.record("ctx", &Context::default());
    arguments.record("numbers", &[1, 2][..]);
    let (json, iteration) = arguments.finish().unwrap();
    assert_eq!(
        (json.as_str(), iteration),
        (r#"{"input":"text","numbers":[1,2]}"#, 0)
    );
    assert_eq!(RecordedArguments::default().finish().unwrap().0, "{}");
    let mut arguments = RecordedArguments::default();
    arguments.record("a", &BTreeMap::from([((1, 2), 3)]));
    arguments.record("b", &1);
    assert!(matches!(arguments.finish(), Err(Problem::Unwritable(_))));
}

#[test]
fn a_queue_counts_what_it_has_no_room_for() {
    let queue = Queue::new(10);
    assert!(queue.push(b"12345\n"));
    assert!(!queue.push(b"12345\n"));
    assert!(queue.push(b"123\n"));
    let batch = queue.take().unwrap();
    assert_eq!(
        (batch.bytes.as_slice(), batch.count),
        (&b"12345\n123\n"[..], 2)
    );
    assert_eq!(
        queue.flush(Duration::ZERO),
        Recorded {
            written: 0,
            lost: 1,
            waiting: 2
        }
    );
    queue.done(1, 1);
    queue.close();
    assert!(queue.take().is_none());
    assert_eq!(
        queue.flush(LONG),
        Recorded {
            written: 1,
            lost: 2,
            waiting: 0
        }
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_texts_are_read_back(keys in prop::collection::btree_map("[a-j]{1,5}", any::<String>(), 0..5), more: String) {
        let recording = Recording::new(u64::MAX);
        let mut arguments = json!(keys);
        arguments["more"] = json!({"n": [more]});
        // What looks like a credential would be masked.
        prop_assume!(!arguments.to_string().to_lowercase().contains("bearer") && !arguments.to_string().to_lowercase().contains("basic"));
        recording.record(&arguments);
        prop_assert_eq!(recording.flush().written, 1);
        prop_assert_eq!(&recording.lines("args.jsonl")[0]["kwargs"], &arguments);
    }
}
