//! What is recorded of runs.

use fluxloop::artifact::read::{ObservationKind, RecordedExperiment};

use super::project::Project;

#[test]
fn tools_and_events_are_recorded_as_the_configuration_says() {
    let project = Project::asking("tells", &["hello"]);
    let result = project.experiment().run().unwrap();
    let run = result.runs().unwrap().next().unwrap().unwrap();
    let happened = result.observations(&run).unwrap().unwrap();
    let tools: Vec<_> = happened.of_kind(ObservationKind::Tool).collect();
    assert_eq!(tools.len(), 1, "{happened:?}");
    assert_eq!(tools[0].output.as_ref().unwrap().get(), r#""found hello""#);
    let written = project.written();
    assert!(written.contains("heard hello") && written.contains("whispered hello"));
}

/// Those of all runs are in one file, and may be mixed.
#[test]
fn each_run_has_its_own_observations() {
    let project = Project::asking("tells", &["one", "two", "three", "four"]);
    let experiment = project.experiment().parallel(4).iterations(5);
    let result = experiment.run().unwrap();
    let recorded = RecordedExperiment::open(&result.output_dir).unwrap();
    for run in result.runs().unwrap().map(Result::unwrap) {
        let happened = result.observations(&run).unwrap().unwrap();
        let heard = format!("heard {}", run.input_text());
        let named = |name: &str| {
            let all = happened.walk().map(|visit| visit.observation);
            all.filter(|it| it.name.starts_with(name)).count()
        };
        assert_eq!((named(&heard), named("heard")), (1, 1), "{happened:?}");
        let whole = recorded.observations_of(&run.trace_id).unwrap().unwrap();
        assert_eq!(whole.len(), happened.len());
    }
}

/// Two that record differently at once: what one of them wants is nothing to the other.
#[test]
fn each_experiment_records_what_it_wants() {
    let loud = Project::asking("tells", &["hello"]);
    let quiet = Project::asking("tells", &["hello"]);
    std::thread::scope(|scope| {
        scope.spawn(|| loud.experiment().iterations(5).run().unwrap());
        let quietly = quiet
            .experiment()
            .iterations(5)
            .set("observe.level", "warn");
        scope.spawn(move || quietly.run().unwrap());
    });
    assert!(loud.written().contains("whispered hello"));
    let written = quiet.written();
    assert!(!written.contains("heard hello"), "{written}");
    // A tool is always recorded.
    assert!(written.contains("look_up"), "{written}");
    let nothing = quiet.experiment().set("save_traces", false).run().unwrap();
    let run = nothing.runs().unwrap().next().unwrap().unwrap();
    assert!(nothing.observations(&run).unwrap().is_none());
}
