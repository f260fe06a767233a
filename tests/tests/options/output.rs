//! Where results go, and what is shown.

use serde_json::Value;
use tests::{Experiment, Finished, obedient};

const RESULT: &str = "test result: FAILED. 1 passed; 1 failed; ";

#[test]
fn results_go_where_they_are_said_to() {
    let project = obedient("output_directory: kept", &["say a"]);
    project.write(
        "configs/page.yaml",
        "output: { directory: page, format: jsonl }",
    );
    for (variables, arguments, folder) in [
        ("", "", "kept"),
        ("", "--output-dir a", "a"),
        ("", "--output b", "b"),
        ("", "-o c/d", "c/d"),
        ("FLUXLOOP_OUTPUT_DIR=e", "", "e"),
        ("FLUXLOOP_OUTPUT=i", "", "i"),
        ("FLUXLOOP_OUTPUT_DIR=e", "-o f", "f"),
        ("", "-c configs/page.yaml", "page"),
        ("", "-c configs/page.yaml -o g", "g"),
        ("FLUXLOOP_OUTPUT_DIR=h", "-c configs/page.yaml", "h"),
    ] {
        let arguments = format!("run experiment --yes {arguments}");
        let finished = project.run_with(variables, &arguments).exits(0);
        let folder = project.path(folder);
        assert!(folder.join("latest/summary.json").is_file(), "{finished}");
        let newest = std::fs::canonicalize(folder.join("latest")).unwrap();
        let name = newest.file_name().unwrap().to_string_lossy();
        assert!(name.starts_with("exp_2"), "{name}");
        let told = finished
            .stderr
            .contains(&format!("Experiment:   {}", folder.display()));
        assert!(told, "{finished}");
    }
    assert!(!project.path("experiments").exists());
}

#[test]
fn an_experiment_is_called_what_it_is_said_to() {
    let project = obedient("", &["say a"]);
    for (variables, arguments) in [
        ("", "--experiment-name baseline-test"),
        ("", "--name baseline-test"),
        ("FLUXLOOP_EXPERIMENT_NAME=baseline-test", ""),
        ("FLUXLOOP_NAME=baseline-test", ""),
    ] {
        let arguments = format!("run experiment --yes {arguments}");
        let _ = project.run_with(variables, &arguments).exits(0);
        assert_eq!(
            project.latest().summary()["experiment_name"],
            "baseline-test"
        );
    }
}

/// What standard error shows of progress: cases line by line, the bar.
fn progress(finished: &Finished) -> (bool, bool) {
    let lines = || finished.stderr.lines();
    (
        lines().any(|line| line == "test run::any::say-a-f171c7::iter_0 ... ok")
            && lines().any(|line| line == "test run::any::fail-b-d61cf4::iter_0 ... FAILED"),
        lines().any(|line| line.starts_with("[▓▓▓▓▓▓▓▓▓▓] 2/2 (100%)")),
    )
}

#[test]
fn progress_is_shown_as_said() {
    let project = obedient("", &["say a", "fail b"]);
    for (variables, arguments, expected) in [
        ("", "", (false, true)),
        ("", "--progress auto", (false, true)),
        ("", "--progress bar", (false, true)),
        ("", "--progress lines", (true, false)),
        ("", "--progress none", (false, false)),
        ("FLUXLOOP_PROGRESS=lines", "", (true, false)),
        ("FLUXLOOP_PROGRESS=none", "--progress bar", (false, true)),
        ("", "-v", (true, false)),
        ("", "--verbose --progress bar", (true, true)),
        ("FLUXLOOP_VERBOSE=true", "", (true, false)),
        ("", "-q", (false, false)),
        ("FLUXLOOP_QUIET=1", "", (false, false)),
        ("FLUXLOOP_QUIET=1", "-v", (true, false)),
        ("", "-q --progress bar", (false, true)),
    ] {
        let call = format!("run experiment --yes {arguments}");
        let finished = project.run_with(variables, &call).exits(100);
        assert_eq!(progress(&finished), expected, "{arguments}\n{finished}");
        let quiet = arguments.contains("-q") || variables.contains("QUIET") && arguments.is_empty();
        assert_eq!(finished.stderr.contains("[INFO]"), !quiet, "{finished}");
        assert_eq!(finished.stderr.contains(RESULT), !quiet, "{finished}");
        // Quiet or not: what failed, and the verdict.
        let _ = finished.says("1 × agent_error: b").says("does not hold");
    }
    let _ = project.experiment("-q -v").exits(2);
    let _ = project
        .experiment("--progress often")
        .exits(2)
        .says("auto, bar, lines, none");
    let _ = project
        .run_with("FLUXLOOP_PROGRESS=often", "run experiment -y")
        .exits(2);
}

#[test]
fn verbose_tells_of_retries() {
    let project = obedient("runner: { retry_delay: 0 }", &["flaky 2"]);
    let finished = project.experiment("-v").exits(0);
    let _ = finished
        .says("Retrying run::any::flaky-2-27b1c9::iter_0 in ")
        .says("try 1 is too early");
}

/// Standard output as messages.
#[track_caller]
fn messages(finished: &Finished) -> Vec<Value> {
    let lines = finished.stdout.lines();
    let message = |line: &str| -> Value {
        let message: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{finished}"));
        assert!(message["reason"].is_string(), "{finished}");
        message
    };
    lines.map(message).collect()
}

#[test]
fn json_messages_are_all_that_standard_output_carries() {
    let project = obedient(
        "runner: { retry_delay: 0 }",
        &["flaky 2", "fail b", "print c"],
    );
    for (variables, arguments) in [
        ("", "--message-format json"),
        ("FLUXLOOP_MESSAGE_FORMAT=json", ""),
        ("", "-v --message-format json"),
        ("", "-q --message-format json"),
        ("FLUXLOOP_MESSAGE_FORMAT=human", "--message-format json"),
    ] {
        let arguments = format!("run experiment --yes {arguments}");
        let finished = project.run_with(variables, &arguments).exits(100);
        let messages = messages(&finished);
        let reasons: Vec<_> = messages
            .iter()
            .map(|message| message["reason"].as_str().unwrap())
            .collect();
        let expected = [
            "experiment-started",
            "run-started",
            "run-retried",
            "run-finished",
            "run-started",
            "run-finished",
            "run-started",
            "run-finished",
            "experiment-finished",
        ];
        assert_eq!(reasons, expected, "{finished}");
        assert_eq!(messages[5]["error"]["message"], "b", "{finished}");
        let last = &messages[8];
        assert_eq!(
            (&last["failed"], &last["gate"]["passed"]),
            (&1.into(), &false.into())
        );
        // What an agent prints is in the logs, and in nobody's way.
        assert!(!finished.stderr.contains("printed: c"), "{finished}");
        assert!(!finished.stderr.contains("complained: c"), "{finished}");
        // The lines tell the same as the files.
        let experiment = Experiment::at(last["path"].as_str().unwrap().into());
        let files = experiment.files().into_iter();
        let logs =
            files.filter(|(path, _)| path.parent().is_some_and(|folder| folder.ends_with("logs")));
        let logs: Vec<u8> = logs.flat_map(|(_, bytes)| bytes).collect();
        let logs = String::from_utf8_lossy(&logs);
        assert!(
            logs.contains("printed: c") && logs.contains("complained: c"),
            "{logs}"
        );
        for row in experiment.rows("trace_summary.jsonl") {
            let told = messages.iter().find(|message| {
                message["reason"] == "run-finished" && message["case"] == row["case"]
            });
            let told = told.expect("every run is told");
            assert_eq!(
                (&told["output"], &told["success"]),
                (&row["output"], &row["success"])
            );
        }
    }
    let finished = project.run_with(
        "FLUXLOOP_MESSAGE_FORMAT=json",
        "run experiment --yes --message-format human",
    );
    assert!(finished.exits(100).stdout.is_empty());
}

#[test]
fn a_setup_error_leaves_standard_output_alone() {
    let project = obedient("iterations: none", &["say a"]);
    let finished = project.experiment("--message-format json").exits(96);
    assert!(messages(&finished).is_empty(), "{finished}");
    let _ = finished.says("expected a whole number of at least 1");
}

#[test]
fn colours_are_used_as_said() {
    let project = obedient("", &["fail b"]);
    for (variables, arguments, coloured) in [
        ("", "", false),
        ("", "--color never", false),
        ("", "--color always", true),
        ("FLUXLOOP_COLOR=always", "", true),
        ("FLUXLOOP_COLOR=always", "--color never", false),
        ("NO_COLOR=1", "", false),
        ("NO_COLOR=1", "--color always", true),
    ] {
        let call = format!("run experiment --yes {arguments}");
        let finished = project.run_with(variables, &call).exits(100);
        assert_eq!(
            finished.stderr.contains('\u{1b}'),
            coloured,
            "{variables} {arguments}\n{finished}"
        );
    }
    let _ = project.experiment("--color sometimes").exits(2);
}
