//! Runs that were judged: those that miss the same stand together, and what could not be judged is said.

use fluxloop::{
    event::{Failure, Outcome},
    expect::JudgedCheck,
};

use super::*;

/// A run that was rejected: it said something else each time.
fn rejected(index: u64) -> Run {
    let mut run = answered(index, (index + 1) * 500);
    let mut missed =
        JudgedCheck::failed("contains", format!("expected \"order\", found \"{index}\""));
    missed.expected = Some("\"order\" in the output".to_owned());
    run.checks = vec![missed, unknown()];
    let output = run.outcome.output().unwrap().to_owned();
    let failure = Failure::new(FailureKind::ExpectationFailed, "contains: …");
    run.outcome = Outcome::Rejected { output, failure };
    run
}

fn unknown() -> JudgedCheck {
    JudgedCheck::not_judged(
        "max_tokens",
        "no generation was observed\u{1b}[2J, so no tokens are known",
    )
}

#[test]
fn failures_are_grouped_by_what_was_expected() {
    let stage = Stage::new(Verbosity::Normal, Some(80));
    let captured = stage.play(3, |experiment| {
        experiment.run(&rejected(0));
        experiment.run(&rejected(1));
        let mut passed = answered(2, 1500);
        passed.checks = vec![JudgedCheck::passed("contains"), unknown()];
        experiment.run(&passed);
        experiment.finish(gate(0, None), 1510, false);
    });
    insta::assert_snapshot!(captured.screen(), @r#"
    [INFO] Starting experiment...
    [INFO] Loaded 3 inputs
    [INFO] Running 1 iteration per input (3 total runs)
    [▓▓▓▓▓▓▓▓▓▓] 3/3 (100%) - 2 failed

    Failures:
      2 × expectation_failed: contains: expected "order" in the output
          run::novice_user::how_do_i_start_0::iter_0
          run::novice_user::how_do_i_start_1::iter_0

    Runs:         3 finished: 1 succeeded, 2 failed
    Success rate: 33.3%
    Checks:       1 passed, 2 failed, 3 not judged
                  not judged: 3 × max_tokens: no generation was observed\u{1b}[2J, …
    Duration:     mean 2.5ms, p50 2.5ms, p95 2.5ms
    Gate:         does not hold: 2 runs failed, at most 0 may
    Experiment:   /work/experiments/exp_20241101_143022
                  a line for each run in trace_summary.jsonl, agents' prints in logs/

    test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.51s
    "#);
}
