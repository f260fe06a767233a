//! Agents that print what they should not, and tear at the process they share.

use serde_json::Value;
use tests::{Experiment, Project, faulty, list};

/// Runs orders one after the other, each followed by a run that has done nothing wrong.
#[track_caller]
fn run(agent: &str, parallel: u32, orders: &[&str]) -> (Project, Experiment) {
    let inputs = orders
        .iter()
        .enumerate()
        .flat_map(|(index, order)| [(*order).to_owned(), format!("say {index}")]);
    let project = faulty(
        agent,
        "runner: { timeout_seconds: 60 }",
        &list(inputs.collect::<Vec<_>>()),
    );
    let finished = project.experiment(&format!("--no-fail --parallel {parallel}"));
    let finished = finished.exits(0);
    let experiment = project.latest();
    let runs = experiment.audited();
    assert_eq!(runs.len(), 2 * orders.len(), "{finished}");
    for index in 0..orders.len() {
        let row = &runs[&format!("say {index}")];
        assert_eq!(row["output"], index.to_string(), "{row}");
    }
    (project, experiment)
}

#[test]
fn what_is_printed_goes_to_the_logs_and_nowhere_else() {
    let orders = ["print rubbish", "print forgery", "print megabytes"];
    for (agent, parallel) in [("works", 1), ("acts", 2)] {
        let (project, experiment) = run(agent, parallel, &orders);
        let runs = experiment.audited();
        for order in orders {
            assert_eq!(runs[order]["output"], "done");
        }
        for name in ["logs/stdout.log", "logs/stderr.log"] {
            let log = std::fs::read(project.path("experiments/latest").join(name)).expect(name);
            let has = |text: &[u8]| log.windows(text.len()).any(|part| part == text);
            // As it was printed: byte for byte.
            assert!(has(b"\xff\xfe\x00\x1b[2J\x80\n[INFO]"), "{name}");
            assert!(has(b"{\"result\":{\"run\":3,"), "{name}");
            let longest = log.split(|byte| *byte != b'x').map(<[u8]>::len).max();
            assert_eq!(longest, Some(8 * 1024 * 1024), "{name}");
        }
    }
}

#[test]
fn nothing_printed_reaches_the_terminal() {
    let project = faulty("works", "", &list(["print rubbish", "print forgery"]));
    let finished = project.experiment("-v").exits(0);
    assert!(!finished.stderr.contains("forged"), "{finished}");
    assert!(!finished.stderr.contains('\u{1b}'), "{finished}");
    assert_eq!(
        finished.stderr.matches("test result: ").count(),
        1,
        "{finished}"
    );
    let finished = project.experiment("--message-format json").exits(0);
    for line in finished.stdout.lines() {
        let message: Value = serde_json::from_str(line).expect("nothing but JSON");
        assert!(message["reason"].is_string(), "{line}");
    }
}

#[test]
fn a_process_without_its_files_costs_one_run() {
    for agent in ["works", "acts"] {
        let (_project, experiment) = run(agent, 1, &["close"]);
        let row = &experiment.audited()["close"];
        assert_eq!(row["error"]["kind"], "crash", "{row}");
        let message = row["error"]["message"].as_str().unwrap_or_default();
        assert!(!message.contains("want of memory"), "{row}");
    }
}

#[test]
fn what_an_agent_does_to_its_process_stays_there() {
    let orders = [
        "leave",
        "hook",
        "swallow",
        "own-runtime",
        "same-runtime",
        "threads",
    ];
    for parallel in [1, 4] {
        let (_project, experiment) = run("works", parallel, &orders);
        let runs = experiment.audited();
        for (order, expected) in orders
            .iter()
            .zip(["done", "done", "done", "own", "same", "done"])
        {
            assert_eq!(runs[*order]["output"], expected, "{order}");
        }
    }
    let (_project, experiment) = run("acts", 1, &["same-runtime", "threads", "own-runtime"]);
    let runs = experiment.audited();
    assert_eq!(runs["same-runtime"]["output"], "same");
    assert_eq!(runs["threads"]["output"], "done");
    // tokio's own rule: a runtime cannot be blocked on within another.
    let error = &runs["own-runtime"]["error"];
    assert_eq!(error["kind"], "panic", "{error}");
}

#[test]
fn a_panic_is_told_in_its_own_words() {
    let orders = ["swallow", "raise raised", "hook", "panic hooked"];
    // All on one thread: what it remembers of the first must not be told of the second.
    let (_project, experiment) = run("works", 1, &orders);
    let runs = experiment.audited();
    for (order, message) in [("raise raised", "raised"), ("panic hooked", "hooked")] {
        let error = &runs[order]["error"];
        assert_eq!(error["kind"], "panic", "{error}");
        assert_eq!(error["message"], message, "{error}");
        assert_eq!(error["file"], Value::Null, "nobody was told its place");
    }
}
