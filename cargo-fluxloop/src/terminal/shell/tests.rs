use super::*;
use crate::terminal::sample::{Captured, Failing};

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn said(verbosity: Verbosity, columns: Option<usize>, say: impl FnOnce(&Shell)) -> String {
    let captured = Captured::default();
    say(&Shell::to(captured.clone(), verbosity, columns));
    captured.text()
}

#[test]
fn verbosity_decides_what_is_said() {
    let say = |shell: &Shell| {
        shell.verbose("retrying");
        shell.info("Loaded 50 inputs");
        shell.warn("unknown key `iteration`");
        shell.text("summary");
    };
    insta::assert_snapshot!(said(Verbosity::Quiet, None, say), @"
    [WARN] unknown key `iteration`
    summary
    ");
    insta::assert_snapshot!(said(Verbosity::Normal, None, say), @"
    [INFO] Loaded 50 inputs
    [WARN] unknown key `iteration`
    summary
    ");
    insta::assert_snapshot!(said(Verbosity::Verbose, None, say), @"
    [INFO] retrying
    [INFO] Loaded 50 inputs
    [WARN] unknown key `iteration`
    summary
    ");
}

#[derive(Debug, thiserror::Error)]
#[error("the inputs cannot be read")]
struct Outer(#[source] Inner);

#[derive(Debug, thiserror::Error)]
#[error("inputs/generated.yaml:3:1\n  - inptu: Hello\u{1b}[2J")]
struct Inner;

#[test]
fn an_error_names_its_causes_and_the_way_out() {
    let text = said(Verbosity::Quiet, None, |shell| {
        shell.error(&Outer(Inner), Some("write `input:`"));
    });
    insta::assert_snapshot!(text, @r"
    error: the inputs cannot be read
      caused by: inputs/generated.yaml:3:1
          - inptu: Hello\u{1b}[2J
      = help: write `input:`
    ");
}

#[test]
fn a_message_cannot_forge_another() {
    let text = said(Verbosity::Normal, None, |shell| {
        shell.warn("agent said: \ntest a ... ok\r[INFO] all is well");
    });
    insta::assert_snapshot!(text, @r"
    [WARN] agent said: 
           test a ... ok\r[INFO] all is well
    ");
}

#[test]
fn lines_appear_above_the_status() {
    let captured = Captured::default();
    let shell = Shell::to(captured.clone(), Verbosity::Normal, Some(40));
    shell.set_status(&lines(&["[▓░] 1/2", "Turn 2/8: why?"]));
    shell.info("one");
    shell.set_status(&lines(&["[▓▓] 2/2", "Turn 3/8: and then?"]));
    insta::assert_snapshot!(captured.screen(), @"
    [INFO] one
    [▓▓] 2/2
    Turn 3/8: and then?
    ");
    shell.set_status(&lines(&["2/2"]));
    shell.warn("two");
    shell.finish_status();
    shell.text("end");
    insta::assert_snapshot!(captured.screen(), @"
    [INFO] one
    [WARN] two
    2/2
    end
    ");
}

#[test]
fn a_status_that_stays_the_same_is_not_drawn_again() {
    let captured = Captured::default();
    let shell = Shell::to(captured.clone(), Verbosity::Normal, Some(40));
    shell.set_status(&lines(&["1/2"]));
    shell.set_status(&lines(&["1/2"]));
    assert_eq!(captured.text(), "1/2");
}

#[test]
fn what_a_terminal_broke_when_it_became_narrower_is_erased() {
    let captured = Captured::default();
    let shell = Shell::to(captured.clone(), Verbosity::Normal, Some(10));
    shell.text("above");
    // Drawn when there was room: the terminal has broken both, into two lines and three.
    shell.set_status(&lines(&["[▓░] 1/2 (50%)", "Turn 2/8: why is that?"]));
    shell.set_status(&lines(&["1/2 (50%)", "Turn 2/8:…"]));
    insta::assert_snapshot!(captured.screen_of(10), @"
    above
    1/2 (50%)
    Turn 2/8:…
    ");
}

#[test]
fn where_the_cursor_cannot_be_moved_the_status_is_one_line() {
    let captured = Captured::default();
    let mut shell = Shell::to(captured.clone(), Verbosity::Normal, Some(40));
    shell.screen = Arc::new(Mutex::new(Screen::new(Box::new(captured.clone()), false)));
    shell.set_status(&lines(&["[▓░] 1/2", "Turn 2/8: why?"]));
    shell.info("one");
    shell.set_status(&lines(&["2/2", "Turn 2/8: why?"]));
    shell.finish_status();
    assert_eq!(
        captured.text(),
        "[▓░] 1/2\r        \r[INFO] one\n[▓░] 1/2\r        \r2/2\n"
    );
}

#[test]
fn a_question_stands_last_until_it_is_answered() {
    let captured = Captured::default();
    let shell = Shell::to(captured.clone(), Verbosity::Normal, Some(40));
    shell.set_status(&lines(&["[▓░] 1/2", "Turn 2/8: why?"]));
    let question = shell.ask("A question:", "Yes? ");
    shell.set_status(&lines(&["[▓░] 1/2", "Turn 3/8: and then?"]));
    shell.info("one");
    insta::assert_snapshot!(captured.screen(), @"
    A question:
    [INFO] one
    Yes?
    ");
    // What was typed is shown by the terminal itself.
    captured.clone().write_all(b"y\n").unwrap();
    question.answered();
    insta::assert_snapshot!(captured.screen(), @"
    A question:
    [INFO] one
    Yes? y
    [▓░] 1/2
    Turn 3/8: and then?
    ");
    drop(shell.ask("Another:", "Yes? "));
    shell.finish_status();
    shell.text("end");
    insta::assert_snapshot!(captured.screen(), @"
    A question:
    [INFO] one
    Yes? y
    Another:
    Yes? (no longer asked)
    [▓░] 1/2
    Turn 3/8: and then?
    end
    ");
}

#[test]
fn a_reader_that_left_hears_no_more() {
    let failing = Failing::with(io::ErrorKind::BrokenPipe);
    let shell = Shell::to(failing.clone(), Verbosity::Normal, None);
    shell.info("one");
    shell.clone().info("two");
    assert_eq!(failing.attempts(), 1);
}

#[test]
fn styles_surround_the_label_only() {
    let captured = Captured::default();
    let mut shell = Shell::to(captured.clone(), Verbosity::Normal, None);
    shell.styled = true;
    shell.warn("odd");
    assert_eq!(captured.text(), "\u{1b}[1m\u{1b}[33m[WARN]\u{1b}[0m odd\n");
}

#[test]
fn colours_follow_option_then_variables_then_terminal() {
    type Variables = &'static [(&'static str, &'static str)];
    let table: &[(Color, bool, Variables, bool)] = &[
        (Color::Auto, true, &[("TERM", "xterm")], true),
        (Color::Auto, true, &[("TERM", "dumb")], false),
        (Color::Auto, false, &[("TERM", "xterm")], false),
        (
            Color::Auto,
            true,
            &[("TERM", "xterm"), ("NO_COLOR", "1")],
            false,
        ),
        (
            Color::Auto,
            true,
            &[("TERM", "xterm"), ("NO_COLOR", "")],
            true,
        ),
        (
            Color::Auto,
            true,
            &[("TERM", "xterm"), ("CLICOLOR", "0")],
            false,
        ),
        (Color::Auto, false, &[("CLICOLOR", "1")], false),
        (Color::Auto, false, &[("CLICOLOR_FORCE", "1")], true),
        (Color::Auto, false, &[("CLICOLOR_FORCE", "0")], false),
        (
            Color::Auto,
            false,
            &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")],
            false,
        ),
        (Color::Always, false, &[("NO_COLOR", "1")], true),
        (Color::Never, true, &[("CLICOLOR_FORCE", "1")], false),
    ];
    for (color, terminal, variables, expected) in table {
        let look_up = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| *value)
        };
        let on = color.is_on(*terminal, look_up);
        assert_eq!(on, *expected, "{color:?} {terminal} {variables:?}");
    }
}
