//! What is recorded of runs.

use fluxloop::artifact::read::ObservationKind;

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
