use std::{
    io::Write as _,
    pin::pin,
    task::{Context, Poll, Waker},
};

use super::*;
use crate::terminal::{Verbosity, sample::Captured};

/// A terminal with somebody at it.
struct Desk {
    approver: TerminalApprover,
    screen: Captured,
    keyboard: mpsc::UnboundedSender<String>,
}

impl Desk {
    fn of_width(columns: usize) -> Self {
        let screen = Captured::default();
        let shell = Shell::to(screen.clone(), Verbosity::Quiet, Some(columns));
        let (keyboard, typed) = mpsc::unbounded_channel();
        Self {
            approver: TerminalApprover::answered_by(shell, typed),
            screen,
            keyboard,
        }
    }

    /// Types a line, which the terminal shows.
    fn types(&self, line: &str) {
        self.screen.clone().write_all(line.as_bytes()).unwrap();
        self.keyboard.send(line.to_owned()).unwrap();
    }
}

fn json(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn refund(arguments: &RawValue) -> ApprovalRequest<'_> {
    ApprovalRequest {
        case: "serve::novice_user::packing::iter_0",
        turn: 2,
        tool: "refund",
        arguments,
    }
}

/// What is decided as things stand, if anything.
fn poll<T>(future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(decision) => Some(decision),
        Poll::Pending => None,
    }
}

#[test]
fn only_yes_is_yes() {
    let arguments = json("1");
    for (line, expected) in [
        ("y\n", ApprovalDecision::Allowed),
        (" YES \r\n", ApprovalDecision::Allowed),
        ("n\n", ApprovalDecision::Refused),
        ("\n", ApprovalDecision::Refused),
        ("yep\n", ApprovalDecision::Refused),
        ("always\n", ApprovalDecision::Refused),
    ] {
        let desk = Desk::of_width(80);
        let mut question = pin!(desk.approver.decide(refund(&arguments)));
        assert_eq!(poll(question.as_mut()), None);
        desk.types(line);
        assert_eq!(poll(question.as_mut()), Some(expected), "{line:?}");
    }
}

#[test]
fn yes_to_all_is_asked_once() {
    for line in ["a\n", "All\n"] {
        let desk = Desk::of_width(80);
        let arguments = json("1");
        let mut first = pin!(desk.approver.decide(refund(&arguments)));
        let mut second = pin!(desk.approver.decide(refund(&arguments)));
        assert_eq!((poll(first.as_mut()), poll(second.as_mut())), (None, None));
        desk.types(line);
        let allowed = Some(ApprovalDecision::Allowed);
        assert_eq!(poll(first.as_mut()), allowed);
        assert_eq!(poll(second.as_mut()), allowed);
        assert_eq!(desk.screen.text().matches(PROMPT).count(), 1);
    }
}

#[test]
fn there_is_one_question_at_a_time_and_it_needs_an_answer_of_its_own() {
    let desk = Desk::of_width(80);
    desk.types("y\n");
    let arguments = json(r#"{"order": "A-1001"}"#);
    let mut first = pin!(desk.approver.decide(refund(&arguments)));
    assert_eq!(poll(first.as_mut()), None, "typed before it was asked");
    let mut second = pin!(desk.approver.decide(ApprovalRequest {
        tool: "cancel",
        ..refund(&arguments)
    }));
    assert_eq!(poll(second.as_mut()), None);
    desk.types("y\n");
    assert_eq!(poll(first.as_mut()), Some(ApprovalDecision::Allowed));
    assert_eq!(poll(second.as_mut()), None);
    desk.types("n\n");
    assert_eq!(poll(second.as_mut()), Some(ApprovalDecision::Refused));
    insta::assert_snapshot!(desk.screen.screen_of(80), @r#"
    y
    An agent wants to use a tool:
      Case:       serve::novice_user::packing::iter_0
      Turn:       2
      Tool:       refund
      Arguments:  {
                    "order": "A-1001"
                  }
    Allow it? [y/N/all] y
    An agent wants to use a tool:
      Case:       serve::novice_user::packing::iter_0
      Turn:       2
      Tool:       cancel
      Arguments:  {
                    "order": "A-1001"
                  }
    Allow it? [y/N/all] n
    "#);
}

#[test]
fn a_question_that_is_taken_back_swallows_no_answer() {
    let desk = Desk::of_width(80);
    let arguments = json("1");
    {
        let mut first = pin!(desk.approver.decide(refund(&arguments)));
        assert_eq!(poll(first.as_mut()), None);
    }
    let mut second = pin!(desk.approver.decide(refund(&arguments)));
    assert_eq!(poll(second.as_mut()), None);
    desk.types("y\n");
    assert_eq!(poll(second.as_mut()), Some(ApprovalDecision::Allowed));
    assert!(desk.screen.text().contains("(no longer asked)\n"));
}

#[test]
fn the_end_of_the_input_refuses() {
    let desk = Desk::of_width(80);
    let arguments = json("1");
    let mut first = pin!(desk.approver.decide(refund(&arguments)));
    assert_eq!(poll(first.as_mut()), None);
    drop(desk.keyboard);
    assert_eq!(poll(first.as_mut()), Some(ApprovalDecision::Refused));
    let mut second = pin!(desk.approver.decide(refund(&arguments)));
    assert_eq!(poll(second.as_mut()), Some(ApprovalDecision::NobodyToAsk));
    insta::assert_snapshot!(desk.screen.screen_of(80), @"
    An agent wants to use a tool:
      Case:       serve::novice_user::packing::iter_0
      Turn:       2
      Tool:       refund
      Arguments:  1
    Allow it? [y/N/all]
    [WARN] Standard input has ended: every tool is refused from now on
    ");
}

#[test]
fn the_question_fits_and_is_harmless() {
    let hostile = json(
        r#"{"a": "\u001b[2J\n[INFO] all is well \u202e", "b": "世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界世界", "c": [1, 2, 3, 4, 5, 6, 7, 8, 9]}"#,
    );
    let request = ApprovalRequest {
        case: &"serve::a_very_long_persona::".repeat(4),
        turn: 100,
        tool: "refund\u{1b}[2J",
        arguments: &hostile,
    };
    insta::assert_snapshot!(described(&request, 80), @r#"
    An agent wants to use a tool:
      Case:       serve::a_very_long_persona::serve::a_very_long_persona::serve::a_…
      Turn:       100
      Tool:       refund\u{1b}[2J
      Arguments:  {
                    "a": "\u001b[2J\n[INFO] all is well \u{202e}",
                    "b": "世界世界世界世界世界世界世界世界世界世界世界世界世界世界世
                  界世界世界世界世界世界",
                    "c": [
                      1,
                      2,
                      3,
                      4,
                      5,
                      6,
                      7,
                  … (208 bytes in all)
    "#);
    for columns in [80, 40, 20] {
        for line in described(&request, columns).lines().skip(1) {
            assert!(width(line) <= columns, "{columns}: {line:?}");
            assert!(!line.contains(fluxloop::visible::acts), "{line:?}");
        }
    }
}

#[test]
fn what_is_nested_too_deeply_is_shown_as_it_stands() {
    let deep = json(&format!("{}1{}", "[".repeat(200), "]".repeat(200)));
    let shown = described(&refund(&deep), 80);
    assert!(shown.contains("Arguments:  [[[["), "{shown}");
}

#[test]
fn megabytes_are_not_laid_out() {
    let long = json(&format!("\"{}\"", "x".repeat(4 << 20)));
    let shown = described(&refund(&long), 80);
    assert_eq!(shown.lines().count(), 4 + MOST_LINES + 1);
    assert!(shown.ends_with("… (4194306 bytes in all)"), "{shown}");
}
