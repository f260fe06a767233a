use serde_json::json;

use super::{super::*, parse, reach};

#[test]
fn inputs_and_cases_are_selected() {
    reach(&[
        ("--inputs in.yaml", "inputs_file", json!(["in.yaml"])),
        (
            "--inputs a,b.yaml --inputs c.csv",
            "inputs_file",
            json!(["a,b.yaml", "c.csv"]),
        ),
        ("--filter refund", "cases.filter", json!("refund")),
        ("--sample 20", "cases.sample", json!(20)),
        ("--limit 10", "cases.limit", json!(10)),
    ]);
}

#[test]
fn agents_and_cases_are_listed() {
    let subject = |line: &str| match parse(line).unwrap().command {
        Command::List(list) => list.subject(),
        other => panic!("{line} is {other:?}"),
    };
    assert!(matches!(
        subject("cargo-fluxloop list --package a"),
        ListSubject::Agents(agents) if agents.cargo.packages == ["a"]
    ));
    let ListSubject::Checks(checks) = subject("cargo-fluxloop list checks -c c.yaml --release")
    else {
        panic!("`list checks` lists agents");
    };
    assert!(checks.cargo.release);
    assert_eq!(checks.project.config, Some("c.yaml".into()));
    let ListSubject::Cases(cases) = subject(
        "cargo-fluxloop list cases -i 2 -p a --inputs b.yaml --filter x --sample 3 --limit 2 --seed 1 -c c.yaml --release",
    ) else {
        panic!("`list cases` lists agents");
    };
    assert!(cases.cargo.release);
    assert_eq!(cases.project.config, Some("c.yaml".into()));
    insta::assert_debug_snapshot!(cases.overrides(), @r#"
    [
        --inputs inputs_file = ["b.yaml"],
        --iterations iterations = 2,
        --filter cases.filter = "x",
        --sample cases.sample = 3,
        --limit cases.limit = 2,
        --seed seed = 1,
        --personas persona_filter = ["a"],
    ]
    "#);
}
