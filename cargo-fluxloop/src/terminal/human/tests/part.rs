//! An experiment that runs a part of its cases.

use super::*;

#[test]
fn a_part_of_the_cases() {
    let captured = Captured::default();
    let shell = Shell::to(captured.clone(), Verbosity::Normal, Some(80));
    let options = HumanOptions {
        progress: Progress::None.form(&shell, false),
        grace: Duration::from_secs(5),
    };
    let mut reporter = HumanReporter::new(shell, options);
    let mut started = started(1);
    started.left_out = 499;
    let mut experiment = Experiment::start(&mut reporter, &started);
    experiment.run(&answered(0, 10));
    experiment.finish(gate(0, None), 1000, false);
    let text = captured.text();
    assert!(
        text.contains("Running 1 iteration per input (1 total run, 499 left out)\n"),
        "{text}"
    );
    assert!(text.contains("1 finished: 1 succeeded"), "{text}");
    assert!(text.contains("; 499 filtered out;"), "{text}");
}
