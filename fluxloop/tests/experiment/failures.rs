//! Runs that fail.

use std::time::Duration;

use fluxloop::event::FailureKind;

use super::project::{Project, outputs};

fn kinds(project: &Project) -> Vec<FailureKind> {
    let result = project.experiment().parallel(4).run();
    let result = result.expect("it runs");
    result.errors.iter().map(|failed| failed.kind).collect()
}

#[test]
fn each_failure_is_a_run_and_the_others_go_on() {
    let project = Project::asking("obey", &["fail", "fine", "panic"]);
    assert_eq!(
        kinds(&project),
        [FailureKind::AgentError, FailureKind::Panic]
    );
    let result = project.experiment().run().unwrap();
    assert_eq!(
        (
            result.total_runs,
            result.successful_runs,
            result.failed_runs
        ),
        (3, 1, 2)
    );
    let panicked = result.runs().unwrap().map(Result::unwrap);
    let panicked = panicked.filter_map(|run| run.error).last().unwrap();
    assert!(panicked.file.unwrap().ends_with("agents.rs") && panicked.line.is_some());
}

#[test]
fn an_answer_that_was_not_expected_is_a_failed_run() {
    let project = Project::asking("echo", &["hello"]);
    let experiment = project.experiment().set("expect.contains", "goodbye");
    let result = experiment.run().unwrap();
    assert_eq!((result.failed_runs, result.errors.len()), (1, 1));
    assert_eq!(result.errors[0].kind, FailureKind::ExpectationFailed);
    let error = result.require_success(1.0).unwrap_err().to_string();
    assert!(error.contains("goodbye"), "{error}");
}

/// Neither a thread that is blocked nor a runtime thread can be ended: they stay, and the next runs do without.
#[test]
fn agents_that_ignore_their_deadline_are_left_behind() {
    for agent in ["obey", "rude"] {
        let project = Project::asking(agent, &["block", "block", "fine"]);
        let result = project
            .experiment()
            .timeout(Duration::from_secs(1))
            .run()
            .unwrap();
        let kinds: Vec<_> = result.errors.iter().map(|failed| failed.kind).collect();
        assert_eq!(kinds, [FailureKind::Timeout; 2], "{agent}");
        assert!(outputs(&result)[2].contains("fine"), "{agent}");
    }
}

#[test]
fn what_is_secret_is_masked() {
    let project = Project::asking("obey", &["leak"]);
    let result = project
        .experiment()
        .set("multi_turn.supervisor.api_key", "sk-of-the-test-1234")
        .run()
        .unwrap();
    assert_eq!(result.errors[0].message, "the key is ***");
    let error = result.require_success(1.0).unwrap_err();
    assert!(!format!("{error:?}").contains("sk-of-the"), "{error:?}");
    assert!(!project.written().contains("sk-of-the"));
}
