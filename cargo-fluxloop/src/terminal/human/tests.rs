mod judged;
mod part;

use fluxloop::event::FailureKind;

use super::*;
use crate::terminal::{
    Progress,
    sample::{Captured, Experiment, answered, at, case, failed, gate, started},
};

/// A scene's output, on a terminal of so many columns or elsewhere.
struct Stage {
    verbosity: Verbosity,
    columns: Option<usize>,
    progress: Progress,
}

impl Stage {
    fn new(verbosity: Verbosity, columns: Option<usize>) -> Self {
        Self {
            verbosity,
            columns,
            progress: Progress::Auto,
        }
    }

    fn play(self, planned: u64, tell: impl FnOnce(&mut Experiment<'_, HumanReporter>)) -> Captured {
        let captured = Captured::default();
        let shell = Shell::to(captured.clone(), self.verbosity, self.columns);
        let options = HumanOptions {
            progress: self.progress.form(&shell, false),
            grace: Duration::from_secs(5),
        };
        let mut reporter = HumanReporter::new(shell, options);
        tell(&mut Experiment::start(&mut reporter, &started(planned)));
        captured
    }
}

/// Eight runs in four seconds, three of them failed.
fn eight_runs(experiment: &mut Experiment<'_, HumanReporter>) {
    let refused =
        "connection refused: the model's address is not reachable from this machine (os error 111)";
    for index in 0..8 {
        let finished = (index + 1) * 500;
        let run = match index {
            2 | 3 => failed(index, finished, FailureKind::AgentError, refused),
            5 => failed(
                index,
                finished,
                FailureKind::Panic,
                "index out of bounds\nlen is 0",
            ),
            _ => answered(index, finished),
        };
        experiment.run(&run);
    }
}

#[test]
fn on_a_terminal() {
    let stage = Stage::new(Verbosity::Normal, Some(80));
    let captured = stage.play(8, |experiment| {
        eight_runs(experiment);
        experiment.finish(gate(0, None), 4010, false);
    });
    insta::assert_snapshot!(captured.screen(), @r"
    [INFO] Starting experiment...
    [INFO] Loaded 8 inputs
    [INFO] Running 1 iteration per input (8 total runs)
    [▓▓▓▓▓▓▓▓▓▓] 8/8 (100%) - 3 failed

    Failures:
      2 × agent_error: connection refused: the model's address is not reachable fro…
          run::novice_user::how_do_i_start_2::iter_0
          run::novice_user::how_do_i_start_3::iter_0
      1 × panic: index out of bounds\nlen is 0
          run::novice_user::how_do_i_start_5::iter_0

    Runs:         8 finished: 5 succeeded, 3 failed
    Success rate: 62.5%
    Duration:     mean 2.5ms, p50 2.5ms, p95 2.5ms
    Gate:         does not hold: 3 runs failed, at most 0 may
    Experiment:   /work/experiments/exp_20241101_143022
                  a line for each run in trace_summary.jsonl, agents' prints in logs/

    test result: FAILED. 5 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 4.01s
    ");
}

#[test]
fn on_a_narrow_terminal_nothing_drawn_in_place_wraps() {
    let stage = Stage::new(Verbosity::Normal, Some(40));
    let captured = stage.play(8, |experiment| {
        eight_runs(experiment);
        experiment.finish(gate(0, None), 4010, false);
    });
    for drawn in captured
        .text()
        .split(['\r', '\n'])
        .filter(|text| text.contains('▓'))
    {
        assert!(drawn.chars().count() <= 40, "{drawn}");
    }
    insta::assert_snapshot!(captured.screen(), @r"
    [INFO] Starting experiment...
    [INFO] Loaded 8 inputs
    [INFO] Running 1 iteration per input (8 total runs)
    [▓▓▓▓▓▓▓▓▓▓] 8/8 (100%) - 3 failed

    Failures:
      2 × agent_error: connection refused: …
          run::novice_user::how_do_i_start_2::iter_0
          run::novice_user::how_do_i_start_3::iter_0
      1 × panic: index out of bounds\nlen i…
          run::novice_user::how_do_i_start_5::iter_0

    Runs:         8 finished: 5 succeeded, 3 failed
    Success rate: 62.5%
    Duration:     mean 2.5ms, p50 2.5ms, p95 2.5ms
    Gate:         does not hold: 3 runs failed, at most 0 may
    Experiment:   /work/experiments/exp_20241101_143022
                  a line for each run in trace_summary.jsonl, agents' prints in logs/

    test result: FAILED. 5 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 4.01s
    ");
}

#[test]
fn elsewhere() {
    let stage = Stage::new(Verbosity::Normal, None);
    let captured = stage.play(8, |experiment| {
        eight_runs(experiment);
        experiment.finish(gate(3, Some(0.5)), 4010, false);
    });
    insta::assert_snapshot!(captured.text(), @r"
    [INFO] Starting experiment...
    [INFO] Loaded 8 inputs
    [INFO] Running 1 iteration per input (8 total runs)
    [▓▓░░░░░░░░] 2/8 (25%) - ETA: 3s
    [▓▓▓▓▓░░░░░] 4/8 (50%) - ETA: 2s - 2 failed
    [▓▓▓▓▓▓▓░░░] 6/8 (75%) - ETA: 1s - 3 failed
    [▓▓▓▓▓▓▓▓▓▓] 8/8 (100%) - 3 failed

    Failures:
      2 × agent_error: connection refused: the model's address is not reachable from this machine (os error 111)
          run::novice_user::how_do_i_start_2::iter_0
          run::novice_user::how_do_i_start_3::iter_0
      1 × panic: index out of bounds\nlen is 0
          run::novice_user::how_do_i_start_5::iter_0

    Runs:         8 finished: 5 succeeded, 3 failed
    Success rate: 62.5%
    Duration:     mean 2.5ms, p50 2.5ms, p95 2.5ms
    Gate:         holds: 3 runs failed, at most 3 may; 62.5% succeeded, at least 50% must
    Experiment:   /work/experiments/exp_20241101_143022
                  a line for each run in trace_summary.jsonl, agents' prints in logs/

    test result: ok. 5 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 4.01s
    ");
}

#[test]
fn verbose_on_a_wide_terminal() {
    let stage = Stage::new(Verbosity::Verbose, Some(200));
    let reset = Failure::new(FailureKind::AgentError, "connection reset");
    let captured = stage.play(8, |experiment| {
        experiment.event(&Event::RunRetried {
            case: &case(0),
            attempt: 1,
            failure: &reset,
            delay: Duration::from_millis(5200),
        });
        eight_runs(experiment);
        experiment.finish(gate(0, Some(0.9)), 4010, false);
    });
    insta::assert_snapshot!(captured.screen(), @r"
    [INFO] Starting experiment...
    [INFO] Loaded 8 inputs
    [INFO] Running 1 iteration per input (8 total runs)
    [INFO] Retrying run::novice_user::how_do_i_start_0::iter_0 in 5.20s: attempt 1 ended with agent_error: connection reset
    test run::novice_user::how_do_i_start_0::iter_0 ... ok
    test run::novice_user::how_do_i_start_1::iter_0 ... ok
    test run::novice_user::how_do_i_start_2::iter_0 ... FAILED
    test run::novice_user::how_do_i_start_3::iter_0 ... FAILED
    test run::novice_user::how_do_i_start_4::iter_0 ... ok
    test run::novice_user::how_do_i_start_5::iter_0 ... FAILED
    test run::novice_user::how_do_i_start_6::iter_0 ... ok
    test run::novice_user::how_do_i_start_7::iter_0 ... ok
    [▓▓▓▓▓▓▓▓▓▓] 8/8 (100%) - 3 failed

    Failures:
      2 × agent_error: connection refused: the model's address is not reachable from this machine (os error 111)
          run::novice_user::how_do_i_start_2::iter_0
          run::novice_user::how_do_i_start_3::iter_0
      1 × panic: index out of bounds\nlen is 0
          run::novice_user::how_do_i_start_5::iter_0

    Runs:         8 finished: 5 succeeded, 3 failed
    Success rate: 62.5%
    Duration:     mean 2.5ms, p50 2.5ms, p95 2.5ms
    Gate:         does not hold: 3 runs failed, at most 0 may; 62.5% succeeded, at least 90% must
    Experiment:   /work/experiments/exp_20241101_143022
                  a line for each run in trace_summary.jsonl, agents' prints in logs/

    test result: FAILED. 5 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 4.01s
    ");
}

#[test]
fn quiet() {
    let stage = Stage::new(Verbosity::Quiet, Some(80));
    let captured = stage.play(1, |experiment| {
        experiment.event(&Event::Warning("`latest` could not be linked"));
        experiment.run(&answered(0, 10));
        experiment.finish(gate(0, None), 10, false);
    });
    insta::assert_snapshot!(captured.text(), @"
    [WARN] `latest` could not be linked

    Runs:         1 finished: 1 succeeded, 0 failed
    Success rate: 100.0%
    Duration:     mean 2.5ms, p50 2.5ms, p95 2.5ms
    Gate:         holds: no run failed
    Experiment:   /work/experiments/exp_20241101_143022
                  a line for each run in trace_summary.jsonl, agents' prints in logs/
    ");
}

#[test]
fn interrupted() {
    let stage = Stage {
        progress: Progress::None,
        ..Stage::new(Verbosity::Normal, Some(80))
    };
    let captured = stage.play(500, |experiment| {
        experiment.run(&answered(0, 10));
        experiment.event(&Event::Interrupted { in_flight: 3 });
        experiment.finish(gate(0, None), 61_000, true);
    });
    insta::assert_snapshot!(captured.text(), @"
    [INFO] Starting experiment...
    [INFO] Loaded 500 inputs
    [INFO] Running 1 iteration per input (500 total runs)
    [WARN] Interrupted: waiting up to 5 s for 3 runs in flight; press Ctrl-C again to end at once

    Runs:         1 of 500 finished, then interrupted: 1 succeeded, 0 failed
    Success rate: 100.0%
    Duration:     mean 2.5ms, p50 2.5ms, p95 2.5ms
    Gate:         held so far: no run failed
    Experiment:   /work/experiments/exp_20241101_143022
                  a line for each run in trace_summary.jsonl, agents' prints in logs/

    test result: FAILED. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 61.00s
    ");
}

#[test]
fn interrupted_before_any_run_finished() {
    let stage = Stage {
        progress: Progress::None,
        ..Stage::new(Verbosity::Normal, Some(80))
    };
    let captured = stage.play(1, |experiment| {
        experiment.event(&Event::Interrupted { in_flight: 0 });
        experiment.finish(gate(0, Some(0.95)), 100, true);
    });
    insta::assert_snapshot!(captured.text(), @"
    [INFO] Starting experiment...
    [INFO] Loaded 1 input
    [INFO] Running 1 iteration per input (1 total run)
    [WARN] Interrupted: no run is in flight

    Runs:         0 of 1 finished, then interrupted: 0 succeeded, 0 failed
    Gate:         does not hold: no run finished, and at least 95% must succeed
    Experiment:   /work/experiments/exp_20241101_143022
                  a line for each run in trace_summary.jsonl, agents' prints in logs/

    test result: FAILED. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
    ");
}

#[test]
fn many_failures_are_cut_short() {
    let stage = Stage {
        progress: Progress::None,
        ..Stage::new(Verbosity::Normal, Some(80))
    };
    let captured = stage.play(30, |experiment| {
        for index in 0..30 {
            let message = format!("no answer to question {:02}", index.min(12));
            let mut run = failed(index, index, FailureKind::AgentError, &message);
            // One of thirty is above the 95 % and shows in the mean alone.
            run.duration *= if index == 29 { 40 } else { 1 };
            experiment.run(&run);
        }
        experiment.finish(gate(0, None), 30, false);
    });
    insta::assert_snapshot!(captured.text(), @"
    [INFO] Starting experiment...
    [INFO] Loaded 30 inputs
    [INFO] Running 1 iteration per input (30 total runs)

    Failures:
      18 × agent_error: no answer to question 12
          run::novice_user::how_do_i_start_12::iter_0
          run::novice_user::how_do_i_start_13::iter_0
          run::novice_user::how_do_i_start_14::iter_0
          and 15 more
      1 × agent_error: no answer to question 00
          run::novice_user::how_do_i_start_0::iter_0
      1 × agent_error: no answer to question 01
          run::novice_user::how_do_i_start_1::iter_0
      1 × agent_error: no answer to question 02
          run::novice_user::how_do_i_start_2::iter_0
      1 × agent_error: no answer to question 03
          run::novice_user::how_do_i_start_3::iter_0
      1 × agent_error: no answer to question 04
          run::novice_user::how_do_i_start_4::iter_0
      1 × agent_error: no answer to question 05
          run::novice_user::how_do_i_start_5::iter_0
      1 × agent_error: no answer to question 06
          run::novice_user::how_do_i_start_6::iter_0
      1 × agent_error: no answer to question 07
          run::novice_user::how_do_i_start_7::iter_0
      1 × agent_error: no answer to question 08
          run::novice_user::how_do_i_start_8::iter_0
      and 3 failures with 3 other messages

    Runs:         30 finished: 0 succeeded, 30 failed
    Success rate: 0.0%
    Duration:     mean 5.8ms, p50 2.5ms, p95 2.5ms
    Gate:         does not hold: 30 runs failed, at most 0 may
    Experiment:   /work/experiments/exp_20241101_143022
                  a line for each run in trace_summary.jsonl, agents' prints in logs/

    test result: FAILED. 0 passed; 30 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.03s
    ");
}

#[test]
fn hostile_text_forges_nothing() {
    let stage = Stage {
        progress: Progress::Lines,
        ..Stage::new(Verbosity::Normal, None)
    };
    let captured = stage.play(1, |experiment| {
        let mut run = failed(
            0,
            10,
            FailureKind::AgentError,
            "no\u{1b}[2J\ntest result: ok. 1 passed",
        );
        run.case.name = "run::any::a\r\ntest b ... ok\u{202e}::iter_0".to_owned();
        experiment.run(&run);
        experiment.event(&Event::Warning("odd\n[INFO] fine"));
        experiment.finish(gate(0, None), 10, false);
    });
    insta::assert_snapshot!(captured.text(), @r"
    [INFO] Starting experiment...
    [INFO] Loaded 1 input
    [INFO] Running 1 iteration per input (1 total run)
    test run::any::a\r\ntest b ... ok\u{202e}::iter_0 ... FAILED
    [WARN] odd
           [INFO] fine

    Failures:
      1 × agent_error: no\u{1b}[2J\ntest result: ok. 1 passed
          run::any::a\r\ntest b ... ok\u{202e}::iter_0

    Runs:         1 finished: 0 succeeded, 1 failed
    Success rate: 0.0%
    Duration:     mean 2.5ms, p50 2.5ms, p95 2.5ms
    Gate:         does not hold: 1 run failed, at most 0 may
    Experiment:   /work/experiments/exp_20241101_143022
                  a line for each run in trace_summary.jsonl, agents' prints in logs/

    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
    ");
}

#[test]
fn a_tick_draws_what_is_due() {
    let captured = Captured::default();
    let shell = Shell::to(captured.clone(), Verbosity::Normal, Some(80));
    let progress = Progress::Auto.form(&shell, false);
    let mut reporter = HumanReporter::new(
        shell,
        HumanOptions {
            progress,
            grace: Duration::ZERO,
        },
    );
    reporter.tick(at(0)).unwrap();
    assert_eq!(captured.text(), "");
    Experiment::start(&mut reporter, &started(4))
        .run(&answered(0, 50))
        .run(&answered(1, 50));
    assert!(captured.screen().contains(" 0/4 "), "{}", captured.screen());
    reporter.tick(at(100)).unwrap();
    assert!(captured.screen().contains(" 2/4 "), "{}", captured.screen());
}
