use super::*;
use crate::terminal::{Verbosity, sample::Captured};

fn plan(personas: &'static [&'static str], total_runs: u64) -> PlanSummary<'static> {
    PlanSummary {
        target: Some("examples.my_agent:run"),
        inputs: 50,
        personas,
        iterations: 10,
        total_runs,
        left_out: 0,
        parallel: 4,
        output: Path::new("/work/experiments"),
    }
}

fn ask(plan: &PlanSummary<'_>, mut answers: &[u8]) -> (Answer, String) {
    let captured = Captured::default();
    let shell = Shell::to(captured.clone(), Verbosity::Quiet, Some(80));
    let answer = confirm(&shell, plan, &mut answers).unwrap();
    (answer, captured.text())
}

#[test]
fn only_yes_is_yes() {
    for (answers, expected) in [
        ("y\n", Answer::Yes),
        ("Y\n", Answer::Yes),
        (" yes \r\n", Answer::Yes),
        ("YES", Answer::Yes),
        ("\n", Answer::No),
        ("n\n", Answer::No),
        ("yep\n", Answer::No),
        ("n\ny\n", Answer::No),
        ("", Answer::No),
    ] {
        assert_eq!(
            ask(&plan(&[], 10), answers.as_bytes()).0,
            expected,
            "{answers:?}"
        );
    }
    assert_eq!(ask(&plan(&[], 10), b"\xff\n").0, Answer::No);
}

#[test]
fn the_plan_stands_above_the_question() {
    let (_, text) = ask(&plan(&["novice_user", "expert_user"], 1000), b"y\n");
    insta::assert_snapshot!(text, @"
    Experiment:
      Agent:       examples.my_agent:run
      Inputs:      50
      Personas:    novice_user, expert_user
      Iterations:  10
      Total runs:  1000
      Parallel:    4
      Output:      /work/experiments
    [WARN] 1000 runs: each of them calls the agent, which may take long and cost money
    Continue? [y/N]
    ");
}

#[test]
fn what_is_left_out_is_said() {
    let mut plan = plan(&[], 7);
    plan.left_out = 493;
    let (_, text) = ask(&plan, b"");
    assert!(text.contains("Total runs:  7, 493 left out\n"), "{text}");
}

#[test]
fn few_runs_get_no_warning() {
    let mut plan = plan(&[], 100);
    plan.target = None;
    let (_, text) = ask(&plan, b"");
    insta::assert_snapshot!(text, @"
    Experiment:
      Agent:       the only one registered
      Inputs:      50
      Personas:    none
      Iterations:  10
      Total runs:  100
      Parallel:    4
      Output:      /work/experiments
    Continue? [y/N]
    ");
}

#[test]
fn an_answer_that_cannot_be_read_is_an_error() {
    struct Unreadable;
    impl io::Read for Unreadable {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    let shell = Shell::to(Captured::default(), Verbosity::Normal, Some(80));
    let error = confirm(&shell, &plan(&[], 1), &mut io::BufReader::new(Unreadable)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
}
