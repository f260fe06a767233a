//! Somebody sits in front of it: the question before the runs, the bar, Ctrl-C.
#![cfg(unix)]

use rustix::process::Signal;
use tests::{Home, Project, Terminal, is_there, list, unruly, wait_until};

/// Runs that leave a mark when they are called.
fn marked(runs: usize) -> Project {
    let project = unruly((Home::Library, "works"), "", [""; 0]);
    let called = project.path("called").display().to_string();
    project.inputs(&list(
        (0..runs).map(|index| format!("tally {called} say {index}")),
    ))
}

fn ask(project: &Project, arguments: &str) -> Terminal {
    let terminal = Terminal::start(project.command(&format!("run experiment {arguments}")), 80);
    terminal.shows("Continue? [y/N] ");
    terminal
}

#[test]
fn yes_goes_on() {
    for answer in ["y\n", "yes\n", " Y \n", "YES\n"] {
        let project = marked(2);
        let mut terminal = ask(&project, "");
        assert!(!project.path("called").exists(), "asked before, not after");
        terminal.types(answer);
        let (code, text) = terminal.finish();
        assert_eq!(code, Some(0), "{text}");
        assert!(is_there(&project.path("called")), "{text}");
        for line in [
            "Agent:       lib.e2e_unruly:works",
            "Inputs:      2",
            "Personas:    none",
            "Total runs:  2",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }
}

#[test]
fn anything_else_runs_nothing() {
    // The last is the end of the input.
    for answer in ["n\n", "\n", "no\n", "yes please\n", "\u{4}"] {
        let project = marked(2);
        let mut terminal = ask(&project, "--no-fail");
        terminal.types(answer);
        let (code, text) = terminal.finish();
        assert_eq!(code, Some(130), "{text}");
        assert!(
            text.contains("[INFO]\u{1b}[0m Nothing was run\r\n"),
            "{text:?}"
        );
        assert!(!project.path("called").exists(), "{text}");
        assert!(!project.path("experiments").exists(), "{text}");
    }
}

#[test]
fn ctrl_c_at_the_question_runs_nothing() {
    let project = marked(2);
    let terminal = ask(&project, "");
    terminal.signal(Signal::INT);
    let (code, text) = terminal.finish();
    // As a shell reports it: 130, whether by the code or by the signal.
    assert!(matches!(code, None | Some(130)), "{code:?} {text}");
    assert!(!project.path("experiments").exists(), "{text}");
}

#[test]
fn many_runs_are_warned_of() {
    let project = marked(101);
    let mut terminal = ask(&project, "");
    assert!(
        terminal
            .text()
            .contains("101 runs: each of them calls the agent")
    );
    terminal.types("n\n");
    let _ = terminal.finish();
}

#[test]
fn agreement_given_before_asks_nothing() {
    for (arguments, variable) in [("--yes", ""), ("-y", ""), ("--dry-run", ""), ("", "true")] {
        let project = marked(1);
        let mut command = project.command(&format!("run experiment {arguments}"));
        if !variable.is_empty() {
            command.env("FLUXLOOP_YES", variable);
        }
        let (code, text) = Terminal::start(command, 80).finish();
        assert_eq!(code, Some(0), "{text}");
        assert!(!text.contains("Continue?"), "{text}");
    }
    // Nobody can answer: it refuses rather than wait.
    let project = marked(1);
    let _ = project
        .run("run experiment")
        .exits(2)
        .says("error: there is no terminal to ask for confirmation on")
        .says("help: pass --yes");
    assert!(!project.path("called").exists());
}

/// A line as it stood at each drawing, told by what is in it.
fn drawings<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    text.split(['\r', '\n'])
        // Behind what erases the last drawing.
        .map(|part| part.rsplit("\u{1b}[J").next().unwrap_or(part))
        .filter(|part| part.contains(mark))
        .collect()
}

#[test]
fn the_bar_is_drawn_in_place_and_never_wider_than_the_terminal() {
    for columns in [80, 40, 20, 8] {
        let project = unruly((Home::Library, "works"), "", [""; 0]);
        let (begun, go) = (project.path("begun"), project.path("go"));
        let mut orders = vec!["fail".to_owned(); 3];
        orders.push(format!("tally {} until {}", begun.display(), go.display()));
        orders.push("say last".to_owned());
        let project = project.inputs(&list(orders.iter().enumerate().map(|(index, order)| {
            if order == "fail" {
                format!("fail {index}")
            } else {
                order.clone()
            }
        })));
        let terminal = Terminal::start(project.command("run experiment --yes"), columns);
        wait_until("the run in the middle", || is_there(&begun));
        terminal.shows("3/5");
        project.write("go", "");
        let (code, text) = terminal.finish();
        assert_eq!(code, Some(100), "{text}");
        let drawn = drawings(&text, "%)");
        assert!(drawn.len() >= 2 || columns == 8, "{text:?}");
        for drawing in drawn {
            let width = drawing.trim_end().chars().count();
            assert!(
                width <= usize::from(columns),
                "{width} columns: {drawing:?}"
            );
        }
        assert!(text.contains("test result: "), "{text}");
    }
}

#[test]
fn the_turn_stands_below_the_bar_and_is_gone_at_the_end() {
    for columns in [80, 40] {
        let script = "
multi_turn:
  enabled: true
  supervisor: { provider: mock, metadata: { scripted_questions: [\"tally BEGUN until GO\"] } }
";
        let project = unruly((Home::Library, "works"), "", ["say hello"]);
        let (begun, go) = (project.path("begun"), project.path("go"));
        let script = script.replace("BEGUN", &begun.display().to_string());
        project.write(
            "configs/simulation.yaml",
            &script.replace("GO", &go.display().to_string()),
        );
        let terminal = Terminal::start(project.command("run experiment --yes"), columns);
        wait_until("the second turn", || is_there(&begun));
        terminal.shows("Turn 2/8: tally ");
        project.write("go", "");
        let (code, text) = terminal.finish();
        assert_eq!(code, Some(0), "{text}");
        let turns = drawings(&text, "Turn 2/8");
        for turn in &turns {
            let width = turn.trim_end().chars().count();
            assert!(width <= usize::from(columns), "{width} columns: {turn:?}");
        }
        // The bar that stays has taken its place: up to where it was, and everything below erased.
        let end = text.rsplit("Turn 2/8").next().unwrap_or_default();
        assert!(
            end.contains("\r\u{1b}[1A\u{1b}[J[▓▓▓▓▓▓▓▓▓▓] 1/1 (100%)\r\n"),
            "{text:?}"
        );
    }
}

#[test]
fn ctrl_c_leaves_the_bar_and_ends_in_order() {
    let project = unruly((Home::Library, "works"), "", [""; 0]);
    let (begun, go) = (project.path("begun"), project.path("go"));
    let waits = format!("tally {} until {}", begun.display(), go.display());
    let project = project.inputs(&list([
        "say first".to_owned(),
        waits,
        "say never".to_owned(),
    ]));
    let terminal = Terminal::start(project.command("run experiment --yes"), 80);
    wait_until("the run in the middle", || is_there(&begun));
    terminal.signal(Signal::INT);
    terminal.shows("press Ctrl-C again to end at once");
    project.write("go", "");
    let (code, text) = terminal.finish();
    assert_eq!(code, Some(130), "{text}");
    assert!(
        text.contains("2 of 3 finished, then interrupted: 2 succeeded, 0 failed"),
        "{text}"
    );
    assert_eq!(project.latest().audited().len(), 2);
}
