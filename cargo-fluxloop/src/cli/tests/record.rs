use super::{super::*, parse};

fn subject(arguments: &str) -> RecordSubject {
    let line = format!("cargo-fluxloop record {arguments}");
    match parse(&line).unwrap().command {
        Command::Record(record) => record.subject,
        other => panic!("{line} is {other:?}"),
    }
}

#[test]
fn each_option_of_recording_is_kept() {
    let RecordSubject::Enable(enable) = subject("enable") else {
        panic!()
    };
    assert_eq!((enable.file, enable.project.config), (None, None));
    let all = "--file calls.jsonl --config a.yaml --root r --project p";
    let RecordSubject::Enable(enable) = subject(&format!("enable {all}")) else {
        panic!()
    };
    assert_eq!(enable.file, Some("calls.jsonl".into()));
    assert_eq!(enable.project.config, Some("a.yaml".into()));
    assert_eq!(enable.project.root, Some("r".into()));
    assert_eq!(enable.project.project.as_deref(), Some("p"));
    assert!(matches!(
        subject("disable --project p"),
        RecordSubject::Disable(ProjectArguments {
            project: Some(_),
            ..
        })
    ));
    assert!(matches!(
        subject("status -c a.yaml"),
        RecordSubject::Status(ProjectArguments {
            config: Some(_),
            ..
        })
    ));
    for wrong in ["", "on", "disable --file x"] {
        let error = parse(&format!("cargo-fluxloop record {wrong}")).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{wrong}");
    }
}
