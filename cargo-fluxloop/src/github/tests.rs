use fluxloop::{event::FailureKind, summary::Statistics};

use super::*;
use crate::terminal::sample::{answered, at, failed, gate, started};

/// What people and models may say.
const HOSTILE: &str = "50%: a,b\n::error::forged | <img src=x> `code` **bold** @all [x](http://y) ##[error]old\u{1b}[31m";

fn finished(runs: &[(FailureKind, &str)], most: u64, interrupted: bool) -> Finished {
    let mut statistics = Statistics::new();
    statistics.record(&answered(0, 10));
    for (index, (kind, message)) in runs.iter().enumerate() {
        statistics.record(&failed(index as u64 + 1, 20, *kind, message));
    }
    let verdict = gate(most, None).judge(&statistics.counts(), None);
    let mut finished = Finished::new(statistics, verdict, at(2000));
    finished.interrupted = interrupted;
    finished
}

fn place() -> Place {
    Place {
        file: "a,b/src/lib.rs".into(),
        line: 12,
    }
}

#[test]
fn failures_annotate_the_agent() {
    let runs = [
        (FailureKind::AgentError, HOSTILE),
        (FailureKind::Panic, "no"),
        (FailureKind::Panic, "no"),
    ];
    insta::assert_snapshot!(annotations(&finished(&runs, 0, false), &place()).join("\n"), @r"
    ::error file=a%2Cb/src/lib.rs,line=12,title=fluxloop%3A the gate does not hold::3 runs failed, at most 0 may
    ::error file=a%2Cb/src/lib.rs,line=12,title=fluxloop%3A 2 × panic::no%0Arun::novice_user::how_do_i_start_2::iter_0%0Arun::novice_user::how_do_i_start_3::iter_0
    ::error file=a%2Cb/src/lib.rs,line=12,title=fluxloop%3A 1 × agent_error::50%25: a,b\n::error::forged | <img src=x> `code` **bold** @all [x](http://y) ##[error]old\u{1b}[31m%0Arun::novice_user::how_do_i_start_1::iter_0
    ");
    // What the gate accepts is no error.
    insta::assert_snapshot!(annotations(&finished(&runs[..1], 1, false), &place()).join("\n"), @r"::warning file=a%2Cb/src/lib.rs,line=12,title=fluxloop%3A 1 × agent_error::50%25: a,b\n::error::forged | <img src=x> `code` **bold** @all [x](http://y) ##[error]old\u{1b}[31m%0Arun::novice_user::how_do_i_start_1::iter_0");
    insta::assert_snapshot!(annotations(&finished(&[], 0, true), &place()).join("\n"), @"::error file=a%2Cb/src/lib.rs,line=12,title=fluxloop%3A interrupted::no run failed");
    assert!(annotations(&finished(&[], 0, false), &place()).is_empty());
    let many: Vec<String> = (0..30).map(|number| format!("message {number}")).collect();
    let many: Vec<_> = many
        .iter()
        .map(|message| (FailureKind::AgentError, message.as_str()))
        .collect();
    assert_eq!(annotations(&finished(&many, 0, false), &place()).len(), 10);
}

#[test]
fn the_summary_is_a_page_and_text_in_it_is_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary.md");
    std::fs::write(&path, "of an earlier step\n\n").unwrap();
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_STEP_SUMMARY", path.to_str().unwrap()),
        ("GITHUB_WORKSPACE", "/repository"),
    ];
    let variable = |name: &str| {
        let mut variables = variables.iter();
        variables
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    };
    let job = Job::of_process(variable).unwrap();
    let runs = [
        (FailureKind::AgentError, HOSTILE),
        (FailureKind::Timeout, "too long"),
    ];
    job.append_summary(&started(4), &finished(&runs, 2, false))
        .unwrap();
    insta::assert_snapshot!(std::fs::read_to_string(&path).unwrap());
    assert_eq!(
        job.file(Path::new("/repository/src/lib.rs")),
        Path::new("src/lib.rs")
    );
    assert_eq!(
        job.file(Path::new("/elsewhere/lib.rs")),
        Path::new("/elsewhere/lib.rs")
    );
    assert_eq!(Job::of_process(|_| None), None);
    assert_eq!(Job::of_process(|_| Some("false")), None);
}

#[test]
fn flaky_cases_are_listed() {
    let mut statistics = Statistics::of_cases();
    for passes in [true, false, true] {
        let mut run = if passes {
            answered(0, 10)
        } else {
            failed(0, 10, FailureKind::AgentError, "no")
        };
        run.case.pair = 0;
        statistics.record(&run);
    }
    let verdict = gate(1, None).judge(&statistics.counts(), None);
    let text = summary::markdown(&started(3), &Finished::new(statistics, verdict, at(9)));
    let flaky = text.split("#### Flaky cases").nth(1).unwrap();
    assert!(flaky.contains("| 2 of 3 | "), "{text}");
}
