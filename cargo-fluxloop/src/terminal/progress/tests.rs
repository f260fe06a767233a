use super::*;
use crate::terminal::sample::{Captured, at, case};

fn meter(bar: Bar, planned: u64, done: u64, failed: u64) -> Meter {
    let mut meter = Meter::new(bar, planned, at(0));
    meter.update(done, failed);
    meter
}

#[test]
fn the_text_shows_bar_counts_and_estimate() {
    let text = |done: u64, failed: u64, seconds: u64| {
        meter(Bar::InPlace, 500, done, failed).text(at(seconds * 1000), None)
    };
    insta::assert_snapshot!(text(0, 0, 0), @"[░░░░░░░░░░] 0/500 (0%)");
    insta::assert_snapshot!(text(250, 0, 135), @"[▓▓▓▓▓░░░░░] 250/500 (50%) - ETA: 2m 15s");
    insta::assert_snapshot!(text(499, 3, 499), @"[▓▓▓▓▓▓▓▓▓░] 499/500 (99%) - ETA: 1s - 3 failed");
    insta::assert_snapshot!(text(500, 3, 500), @"[▓▓▓▓▓▓▓▓▓▓] 500/500 (100%) - 3 failed");
}

#[test]
fn the_text_fits_the_terminal() {
    let meter = meter(Bar::InPlace, 500, 250, 3);
    let text = |columns| meter.text(at(135_000), Some(columns));
    insta::assert_snapshot!(text(80), @"[▓▓▓▓▓░░░░░] 250/500 (50%) - ETA: 2m 15s - 3 failed");
    insta::assert_snapshot!(text(40), @"[▓▓▓▓▓░░░░░] 250/500 (50%) - 3 failed");
    insta::assert_snapshot!(text(30), @"250/500 (50%) - 3 failed");
    insta::assert_snapshot!(text(8), @"250/500…");
    for columns in 0..100 {
        assert!(width(&text(columns)) <= columns);
    }
}

#[test]
fn shares_never_overflow_or_overstate() {
    assert_eq!(share(u64::MAX - 1, u64::MAX, 100), 99);
    assert_eq!(share(u64::MAX, u64::MAX, 100), 100);
    assert_eq!(share(7, 5, 10), 10);
    assert_eq!(share(0, 0, 10), 10);
}

/// How often a thousand runs, one a millisecond, are drawn.
fn drawings(bar: Bar, columns: Option<usize>) -> String {
    let captured = Captured::default();
    let shell = Shell::to(captured.clone(), Verbosity::Normal, columns);
    let mut meter = Meter::new(bar, 2500, at(0));
    meter.draw(&shell, at(0));
    for done in 1..=2500 {
        meter.update(done, 0);
        meter.draw(&shell, at(done));
    }
    meter.finish(&shell, at(2500));
    captured.text()
}

#[test]
fn a_bar_is_drawn_ten_times_a_second() {
    assert_eq!(
        drawings(Bar::InPlace, Some(80)).matches("/2500 ").count(),
        26
    );
}

#[test]
fn a_line_is_written_once_a_second_and_at_the_end() {
    insta::assert_snapshot!(drawings(Bar::LineByLine, None), @"
    [▓▓▓▓░░░░░░] 1000/2500 (40%) - ETA: 2s
    [▓▓▓▓▓▓▓▓░░] 2000/2500 (80%) - ETA: 1s
    [▓▓▓▓▓▓▓▓▓▓] 2500/2500 (100%)
    ");
}

#[test]
fn what_finished_together_is_drawn_by_the_next_tick() {
    let captured = Captured::default();
    let shell = Shell::to(captured.clone(), Verbosity::Normal, Some(80));
    let mut meter = Meter::new(Bar::InPlace, 10, at(0));
    for done in 1..=5 {
        meter.update(done, 0);
        meter.draw(&shell, at(3000));
    }
    assert!(
        captured.screen().contains(" 1/10 "),
        "{}",
        captured.screen()
    );
    meter.draw(&shell, at(3100));
    assert!(
        captured.screen().contains(" 5/10 "),
        "{}",
        captured.screen()
    );
}

/// The turn of a conversation that begins.
fn turn(run: u64, turn: u32, says: &str) -> Turn {
    Turn::new(&case(run), turn, 8, says)
}

#[test]
fn the_turn_that_began_last_stands_below_the_bar() {
    let mut meter = meter(Bar::InPlace, 3, 0, 0);
    let status = |meter: &Meter| meter.status(at(0), Some(60)).join("\n");
    meter.turn_began(turn(0, 1, "Where is my order A-1001?"));
    insta::assert_snapshot!(status(&meter), @"
    [░░░░░░░░░░] 0/3 (0%)
    Turn 1/8: Where is my order A-1001?
    ");
    // Among others it says whose it is.
    meter.turn_began(turn(1, 3, "Send it to 5 Mill Lane, and be quick about it."));
    insta::assert_snapshot!(status(&meter), @"
    [░░░░░░░░░░] 0/3 (0%)
    Turn 3/8 (how_do_i_start_1): Send it to 5 Mill Lane, and be…
    ");
    meter.turn_began(turn(0, 2, "Thanks."));
    insta::assert_snapshot!(status(&meter), @"
    [░░░░░░░░░░] 0/3 (0%)
    Turn 2/8 (how_do_i_start_0): Thanks.
    ");
    // What has ended has no turn any more.
    meter.run_ended(0);
    insta::assert_snapshot!(status(&meter), @"
    [░░░░░░░░░░] 0/3 (0%)
    Turn 3/8: Send it to 5 Mill Lane, and be quick about it.
    ");
    meter.run_ended(1);
    assert_eq!(meter.status(at(0), Some(60)).len(), 1);
}

#[test]
fn what_the_user_says_fits_and_is_harmless() {
    let mut meter = meter(Bar::InPlace, 3, 0, 0);
    meter.turn_began(turn(0, 8, &"\u{1b}[2J世界\n[INFO] well ".repeat(1000)));
    let line = |columns| meter.status(at(0), Some(columns)).remove(1);
    insta::assert_snapshot!(line(80), @r"Turn 8/8: \u{1b}[2J世界\n[INFO] well \u{1b}[2J世界\n[INFO] well \u{1b}[2J世界\n…");
    insta::assert_snapshot!(line(40), @r"Turn 8/8: \u{1b}[2J世界\n[INFO] well \u…");
    for columns in 0..100 {
        assert!(width(&line(columns)) <= columns);
        assert!(!line(columns).contains(fluxloop::visible::acts));
    }
}

#[test]
fn only_the_bar_stays_at_the_end() {
    let captured = Captured::default();
    let shell = Shell::to(captured.clone(), Verbosity::Normal, Some(80));
    let mut meter = meter(Bar::InPlace, 1, 0, 0);
    meter.turn_began(turn(0, 1, "Hello"));
    meter.draw(&shell, at(0));
    assert!(captured.screen().contains("Turn 1/8: Hello"));
    meter.update(1, 0);
    meter.finish(&shell, at(1000));
    insta::assert_snapshot!(captured.screen(), @"[▓▓▓▓▓▓▓▓▓▓] 1/1 (100%)");
}

#[test]
fn lines_tell_of_no_turn() {
    let captured = Captured::default();
    let shell = Shell::to(captured.clone(), Verbosity::Normal, None);
    let mut meter = meter(Bar::LineByLine, 2, 1, 0);
    meter.turn_began(turn(0, 1, "Hello"));
    meter.draw(&shell, at(2000));
    insta::assert_snapshot!(captured.text(), @"[▓▓▓▓▓░░░░░] 1/2 (50%) - ETA: 2s");
}

#[test]
fn the_form_follows_terminal_and_verbosity() {
    use Bar::{InPlace, LineByLine};
    use Verbosity::{Normal, Quiet, Verbose};

    type Row = (
        Progress,
        Verbosity,
        bool,
        (bool, Option<Bar>),
        (bool, Option<Bar>),
    );
    let table: &[Row] = &[
        // Option, verbosity, JSON: (cases, bar) on a terminal, and elsewhere.
        (
            Progress::Auto,
            Normal,
            false,
            (false, Some(InPlace)),
            (false, Some(LineByLine)),
        ),
        (
            Progress::Auto,
            Verbose,
            false,
            (true, Some(InPlace)),
            (true, None),
        ),
        (Progress::Auto, Quiet, false, (false, None), (false, None)),
        (Progress::Auto, Normal, true, (false, None), (false, None)),
        (
            Progress::Bar,
            Quiet,
            false,
            (false, Some(InPlace)),
            (false, Some(LineByLine)),
        ),
        (
            Progress::Bar,
            Verbose,
            true,
            (true, Some(InPlace)),
            (true, Some(LineByLine)),
        ),
        (Progress::Lines, Quiet, false, (true, None), (true, None)),
        (Progress::None, Verbose, false, (false, None), (false, None)),
    ];
    for (progress, verbosity, json, terminal, elsewhere) in table {
        for (columns, (cases, bar)) in [(Some(80), *terminal), (None, *elsewhere)] {
            let shell = Shell::to(Captured::default(), *verbosity, columns);
            let form = progress.form(&shell, *json);
            assert_eq!(
                form,
                ProgressForm { cases, bar },
                "{progress:?} {verbosity:?} {json}"
            );
        }
    }
}
