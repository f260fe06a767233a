use std::{fs, thread};

use tempfile::TempDir;

use super::*;
use crate::{
    artifact::ExperimentDirectory,
    config::Gate,
    event::{Consumer as _, Event, Failure, FailureKind, Outcome},
    summary::sample::SampleRun,
};

fn input(directory: &Path) -> ArtifactInput {
    let at = "2024-11-01T14:30:22Z".parse().unwrap();
    let mut started = Started::new("shared", directory, "shop:run", at);
    started.planned = 3;
    ArtifactInput {
        recording_jsonl: None,
        started,
        config_yaml: String::new(),
        inputs_yaml: String::new(),
        config_snapshot: serde_json::Value::Null,
        gate: Gate::default(),
        save_traces: true,
        save_aggregated_metrics: true,
        git: None,
    }
}

/// As a process of the run does.
fn join(folder: &Path, key: &str) -> Artifacts {
    let create = || {
        let at = "2024-11-01T14:30:22Z".parse().unwrap();
        let directory = ExperimentDirectory::create(folder, at)?;
        let input = input(directory.path());
        let started = input.started.clone();
        Artifacts::open(input)?;
        Ok::<_, ArtifactError>((started, None))
    };
    let shared = SharedExperiment::join(folder, key, create).unwrap();
    let input = input(shared.directory());
    shared.artifacts(input).unwrap()
}

fn run(index: u64, outcome: Outcome) -> Run {
    let mut run = SampleRun::default().ends(outcome);
    run.case.index = index;
    run.trace_id = run.case.trace_id();
    run
}

fn begin(artifacts: &mut Artifacts, run: &Run) {
    artifacts.event(&Event::RunStarted(&run.case)).unwrap();
}

fn end(artifacts: &mut Artifacts, run: &Run) {
    let so_far = Statistics::new();
    let so_far = &so_far;
    artifacts
        .event(&Event::RunFinished { run, so_far })
        .unwrap();
}

fn returned() -> Outcome {
    Outcome::Returned(serde_json::value::RawValue::NULL.to_owned())
}

fn failed(kind: FailureKind) -> Outcome {
    Outcome::Failed(Failure::new(kind, "no"))
}

fn summary(folder: &TempDir) -> serde_json::Value {
    let text = fs::read(folder.path().join("exp_20241101_143022/summary.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

#[test]
fn the_summary_is_true_after_each_step_of_each_process() {
    let folder = tempfile::tempdir().unwrap();
    let (mut one, mut other) = (join(folder.path(), "key"), join(folder.path(), "key"));
    let (first, second) = (run(0, returned()), run(1, failed(FailureKind::Panic)));
    begin(&mut one, &first);
    begin(&mut other, &second);
    end(&mut one, &first);
    let said = summary(&folder);
    assert_eq!(
        (&said["status"], &said["total_traces"]),
        (&"running".into(), &1.into())
    );
    assert_eq!(said["gate"]["passed"], serde_json::Value::Null);
    end(&mut other, &second);
    let said = summary(&folder);
    assert_eq!(
        (&said["status"], &said["total_traces"]),
        (&"completed".into(), &2.into())
    );
    assert_eq!(
        (&said["gate"]["passed"], &said["planned_traces"]),
        (&false.into(), &3.into())
    );
    assert_eq!(said["failures_by_kind"]["panic"], 1);
    // The last try counts, and of that process alone.
    let mut again = join(folder.path(), "key");
    let second = run(1, returned());
    begin(&mut again, &second);
    assert_eq!(summary(&folder)["status"], "running");
    end(&mut again, &second);
    let said = summary(&folder);
    assert_eq!(
        (&said["successful"], &said["failed"]),
        (&2.into(), &0.into())
    );
    assert_eq!(said["failures_by_kind"], serde_json::json!({}));
}

#[test]
fn a_process_that_was_killed_leaves_the_experiment_running_until_its_case_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let (killed, fine) = (run(0, returned()), run(1, returned()));
    begin(&mut join(folder.path(), "key"), &killed);
    let mut other = join(folder.path(), "key");
    begin(&mut other, &fine);
    end(&mut other, &fine);
    assert_eq!(summary(&folder)["status"], "running");
    let mut again = join(folder.path(), "key");
    begin(&mut again, &killed);
    end(&mut again, &killed);
    assert_eq!(summary(&folder)["status"], "completed");
    let mut interrupted = join(folder.path(), "key");
    let cut_off = run(2, failed(FailureKind::Cancelled));
    begin(&mut interrupted, &cut_off);
    end(&mut interrupted, &cut_off);
    assert_eq!(summary(&folder)["status"], "interrupted");
}

#[test]
fn each_key_has_an_experiment_of_its_own_and_a_lost_one_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let directories = || {
        let names = fs::read_dir(folder.path()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("exp_")).count()
    };
    join(folder.path(), "one");
    join(folder.path(), "another");
    join(folder.path(), "one");
    assert_eq!(directories(), 2);
    fs::remove_dir_all(folder.path().join("exp_20241101_143022")).unwrap();
    join(folder.path(), "one");
    assert_eq!(directories(), 2);
    for other in 0..300 {
        registry::find_or_register::<ArtifactError>(folder.path(), &format!("key{other}"), || {
            Ok(folder.path().join("exp_20241101_143022"))
        })
        .unwrap();
    }
    let text = fs::read_to_string(folder.path().join(".nextest")).unwrap();
    assert_eq!(text.lines().count(), 100, "old ones are forgotten");
}

#[test]
fn lines_of_many_stay_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    fs::write(&path, "half a line of one that was killed").unwrap();
    thread::scope(|scope| {
        for letter in ["a", "b", "c", "d"] {
            let path = &path;
            scope.spawn(move || {
                use std::io::Write as _;
                // As a process would: with files of its own.
                let lock = FileLock::open(path.with_extension("lock")).unwrap();
                let file = File::options().append(true).read(true).open(path).unwrap();
                let mut file = LockedFile::new(file, Arc::new(lock));
                for _ in 0..50 {
                    let line = format!("{}\n", letter.repeat(100_000));
                    file.write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
    let text = fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("half a line of one that was killed"));
    let whole =
        |line: &&str| line.len() == 100_000 && line.bytes().all(|b| b == line.as_bytes()[0]);
    assert_eq!(lines.filter(whole).count(), 200);
    assert_eq!(text.lines().count(), 201);
}
