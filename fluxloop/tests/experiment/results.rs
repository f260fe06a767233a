//! What a result has, and what can be required of it.

use super::project::Project;

#[test]
fn figures_files_and_requirements() {
    let project = Project::asking("obey", &["fail", "fine", "well", "good"]);
    let result = project.experiment().run().unwrap();
    assert_eq!((result.total_runs, result.failed_runs), (4, 1));
    assert!((result.success_rate - 0.75).abs() < f64::EPSILON);
    for path in [&result.summary_path, &result.trace_summary_path] {
        assert!(path.is_file() && path.starts_with(&result.output_dir));
    }
    assert!(result.output_dir.starts_with(project.path("experiments")));
    result
        .require_success(0.75)
        .and_then(|result| result.require_min_runs(4))
        .and_then(|result| result.require_max_duration(60_000.0))
        .unwrap();
    let said = |error: Result<_, fluxloop::experiment::RequireError>| {
        let error = error.map(|_: &fluxloop::ExperimentResult| ()).unwrap_err();
        assert_eq!(format!("{error:?}"), error.to_string());
        error
            .to_string()
            .replace(&result.output_dir.display().to_string(), "[directory]")
    };
    insta::assert_snapshot!(said(result.require_success(0.9)), @"
    3 of 4 runs succeeded, a rate of 0.75; required is at least 0.9
      obey::any::fail-51280d::iter_0: agent_error: no such order
    the experiment is in [directory]
    ");
    insta::assert_snapshot!(said(result.require_success(95.0)), @"
    expected a success rate from 0 to 1 (95 % is 0.95) to require, found 95
      obey::any::fail-51280d::iter_0: agent_error: no such order
    the experiment is in [directory]
    ");
    insta::assert_snapshot!(said(result.require_min_runs(5)), @"
    4 runs ended; required are at least 5
      obey::any::fail-51280d::iter_0: agent_error: no such order
    the experiment is in [directory]
    ");
    insta::assert_snapshot!(said(result.require_gate()), @"
    the gate does not hold: 1 of 4 runs failed, and 0 may
      obey::any::fail-51280d::iter_0: agent_error: no such order
    the experiment is in [directory]
    ");
    assert!(result.require_max_duration(0.0).is_err());
    assert!(!result.gate().passed && result.require_success(f64::NAN).is_err());
}

/// They returned, and yet they failed.
#[test]
fn runs_that_miss_what_is_expected_are_named() {
    let project = Project::asking("echo", &["one", "two"]);
    let experiment = project.experiment().set("expect.contains", "one");
    let result = experiment.run().unwrap();
    let [failed] = &result.errors[..] else {
        panic!("{:?}", result.errors);
    };
    assert_eq!(failed.kind, fluxloop::event::FailureKind::ExpectationFailed);
    let error = result.require_gate().unwrap_err().to_string();
    let error = error.replace(&result.output_dir.display().to_string(), "[directory]");
    insta::assert_snapshot!(error, @r#"
    the gate does not hold: 1 of 2 runs failed, and 0 may
      echo::any::two-3fc4cc::iter_0: expectation_failed: contains: expected "one" in the output, found "two"
    the experiment is in [directory]
    "#);
}

#[test]
fn a_snapshot_is_the_same_each_time() {
    let project = Project::asking("obey", &["panic", "fail", "fine"]);
    let experiment = project
        .experiment()
        .iterations(11)
        .parallel(3)
        .filter("iter_1");
    let [one, other] = [(); 2].map(|()| experiment.run().unwrap().snapshot());
    assert_eq!(one.cases().unwrap(), other.cases().unwrap());
    insta::assert_json_snapshot!(one);
}

#[test]
fn repeats_tell_flaky_cases() {
    let project = Project::asking("fickle", &["hello"]);
    let result = project.experiment().iterations(4).run().unwrap();
    let repeats = result.repeats().unwrap();
    assert_eq!((repeats.total, repeats.flaky), (1, 1));
    assert_eq!(repeats.cases[0].tries.passes, 2);
    assert!((repeats.pass_at[&2] - 5.0 / 6.0).abs() < 1e-9);
    assert!(project.experiment().run().unwrap().repeats().is_none());
}

/// A test must not pass for want of rows.
#[test]
fn rows_that_are_gone_are_an_error() {
    let project = Project::asking("echo", &["one", "two", "three"]);
    let result = project.experiment().run().unwrap();
    let path = result.output_dir.join("traces.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let first = text.lines().next().unwrap();
    std::fs::write(&path, format!("{first}\nnone\n")).unwrap();
    let runs: Vec<_> = result.runs().unwrap().collect();
    let error = runs.last().unwrap().as_ref().unwrap_err();
    assert!(
        error.to_string().starts_with("2 rows are missing in"),
        "{error}"
    );
    assert_eq!(runs.len(), 2);
    assert!(serde_json::to_string(&result.snapshot()).is_err());
    std::fs::remove_dir_all(&result.output_dir).unwrap();
    assert!(result.runs().is_err());
}
