use serde_json::json;

use super::{super::*, parse, refusal};

fn show(arguments: &str) -> ShowArguments {
    let line = format!("cargo-fluxloop show {arguments}");
    match parse(&line).unwrap().command {
        Command::Show(show) => *show,
        other => panic!("{line} is {other:?}"),
    }
}

#[test]
fn an_experiment_and_a_case_are_shown() {
    let newest = show("");
    assert_eq!((&newest.directory, &newest.case), (&None, &None));
    assert_eq!((newest.most_runs(), newest.most_observations()), (50, 500));
    assert_eq!(newest.overrides(), []);
    let case = show("experiments trace_7 --limit 9 --project shop");
    assert_eq!(case.directory, Some("experiments".into()));
    assert_eq!(case.case.as_deref(), Some("trace_7"));
    assert_eq!((case.most_runs(), case.most_observations()), (9, 9));
    assert_eq!(case.project.project.as_deref(), Some("shop"));
    assert_eq!(show("--limit all").most_runs(), usize::MAX);
    let elsewhere = show("-o out").overrides();
    assert_eq!(
        (elsewhere[0].key, &elsewhere[0].value),
        ("output_directory", &json!("out"))
    );
    for limit in ["0", "-1", "some"] {
        assert!(refusal(&format!("show --limit={limit}")).contains("from 1, or `all`"));
    }
}
