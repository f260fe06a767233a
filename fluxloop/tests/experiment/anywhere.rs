//! In tests of any kind, several at once.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use super::project::{Project, outputs};

#[test]
fn in_a_test() -> Result<(), Box<dyn std::error::Error>> {
    let project = Project::asking("echo", &["hello", "again"]);
    let result = project.experiment().run()?;
    result.require_success(1.0)?.require_min_runs(2)?;
    assert_eq!(outputs(&result), ["again", "hello"]);
    Ok(())
}

#[tokio::test]
async fn in_a_runtime_of_one_thread() {
    let project = Project::asking("echo", &["hello"]);
    let experiment = project.experiment();
    let result = experiment.run_async().await.unwrap();
    assert_eq!(outputs(&result), ["hello"]);
    // It blocks the runtime, and comes to its end all the same.
    assert_eq!(outputs(&experiment.run().unwrap()), ["hello"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_runtime_of_several_threads() {
    let project = Project::asking("echo", &["hello"]);
    let experiment = project.experiment();
    // A task of its own may have it.
    let task = tokio::spawn(project.experiment().run_async());
    let (one, other) = tokio::join!(experiment.run_async(), task);
    let (one, other) = (one.unwrap(), other.unwrap().unwrap());
    assert_ne!(one.output_dir, other.output_dir);
    assert_eq!(outputs(&one), outputs(&other));
    assert_eq!(outputs(&experiment.run().unwrap()), ["hello"]);
}

#[test]
fn many_at_once_keep_to_themselves() {
    let words: Vec<String> = (0..6).map(|number| format!("word-{number}-only")).collect();
    let projects: Vec<_> = words
        .iter()
        .map(|word| Project::asking("tells", &[word]))
        .collect();
    thread::scope(|scope| {
        for project in &projects {
            scope.spawn(|| {
                project
                    .experiment()
                    .iterations(4)
                    .parallel(2)
                    .run()
                    .unwrap()
            });
        }
    });
    for (project, word) in projects.iter().zip(&words) {
        let written = project.written();
        for other in &words {
            assert_eq!(written.contains(other), other == word, "{other} of {word}");
        }
        assert!(written.contains(&format!("heard {word}")), "{written}");
        assert!(written.contains("look_up"), "{written}");
    }
}

/// A panic of an agent is none of the test's, and the test's own is still a panic.
#[test]
fn the_panics_of_a_test_stay_its_own() {
    let project = Project::asking("obey", &["panic"]);
    let result = project.experiment().run().unwrap();
    assert_eq!(result.errors[0].message, "obeyed: panic");
    let panic = catch_unwind(AssertUnwindSafe(|| panic!("of the test"))).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"of the test"));
}

/// Dropped, it stops: what was done until then is there.
#[tokio::test]
async fn a_future_that_is_dropped_stops_its_experiment() {
    let project = Project::asking("patient", &["hello"]);
    let experiment = project.experiment().parallel(1);
    let latest = project.path("experiments/latest/summary.json");
    let mut running = Box::pin(experiment.run_async());
    let status = || {
        let text = std::fs::read_to_string(&latest).ok()?;
        let summary: serde_json::Value = serde_json::from_str(&text).ok()?;
        Some(summary["status"].as_str()?.to_owned())
    };
    while status().as_deref() != Some("running") {
        tokio::select! {
            biased;
            ended = &mut running => panic!("it waits for ever: {ended:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    drop(running);
    while status().as_deref() != Some("interrupted") {
        tokio::task::yield_now().await;
    }
    let rows = std::fs::read_to_string(project.path("experiments/latest/traces.jsonl")).unwrap();
    assert!(
        rows.contains(r#""kind":"cancelled""#) || rows.is_empty(),
        "{rows}"
    );
}
