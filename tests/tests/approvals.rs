//! Tools that have to be approved: asked for at a terminal, refused without one, recorded either way.
#![cfg(unix)]

use std::sync::OnceLock;

use rustix::process::Signal;
use serde_json::{Value, json};
use tests::{Project, Terminal, list};

/// An agent that pays what it is told to, if it may.
const AGENT: &str = r#"
use fluxloop::Context;

#[derive(serde::Serialize)]
struct Payment<'a> {
    to: &'a str,
}

#[fluxloop::agent]
async fn pay(to: &str, context: &Context) -> String {
    let approval = context.approve_tool("pay", &Payment { to }).await;
    format!("{}: {approval}", context.auto_approve_tools())
}
"#;

/// Payments to these, one after the other.
fn payments(to: &[&str]) -> Project {
    static AGENTS: OnceLock<Project> = OnceLock::new();
    let agents = AGENTS.get_or_init(|| {
        let serde = "serde = { version = \"1\", features = [\"derive\"] }\n[workspace]\n";
        Project::kept("e2e_payments")
            .package("", "e2e_payments", serde)
            .locked()
            .file("src/lib.rs", AGENT)
    });
    agents.beside("pay").config("").inputs(&list(to))
}

fn at_a_terminal(project: &Project, arguments: &str) -> Terminal {
    Terminal::start(
        project.command(&format!(
            "run experiment --yes --manual-approve-tools {arguments}"
        )),
        80,
    )
}

/// What the agent returned, in the order of the inputs.
fn outputs(project: &Project) -> Vec<String> {
    let mut rows = project.latest().rows("trace_summary.jsonl");
    rows.sort_by_key(|row| row["trace_id"].to_string());
    let outputs = rows.iter().map(|row| row["output"].as_str());
    outputs
        .map(|output| output.unwrap_or_default().to_owned())
        .collect()
}

/// Each decision as it is recorded: level, arguments, what was decided.
fn decisions(project: &Project) -> Vec<(String, Value, Value, Value)> {
    let mut rows = project.latest().rows("observations.jsonl");
    rows.retain(|row| row["name"] == "tool_approval");
    let decisions = rows.into_iter().map(|row| {
        assert_eq!(
            (&row["type"], &row["kind"]),
            (&json!("event"), &json!("tool"))
        );
        (
            row["level"].as_str().unwrap_or_default().to_owned(),
            row["input"].clone(),
            row["output"].clone(),
            row["attributes"].clone(),
        )
    });
    decisions.collect()
}

fn decided(level: &str, to: &str, decision: &str) -> (String, Value, Value, Value) {
    (
        level.to_owned(),
        json!({ "to": to }),
        json!({ "approved": level == "INFO" }),
        json!({ "tool": "pay", "decision": decision }),
    )
}

const REFUSED: &str =
    "false: the use of `pay` was refused by whoever oversees this agent: it was not used";

#[test]
fn each_question_is_answered_at_the_terminal() {
    let project = payments(&["ada", "bob", "cy\u{1b}[2J"]);
    let mut terminal = at_a_terminal(&project, "");
    for (to, answer) in [("ada", "y\n"), ("bob", "n\n"), (r"cy\u001b[2J", "\n")] {
        terminal.shows(&format!(r#""to": "{to}""#));
        // Typed before the question stands there in full, it would be no answer to it.
        let asked = |text: &str| text.matches("Allow it? [y/N/all] ").count();
        let question = match to {
            "ada" => 1,
            "bob" => 2,
            _ => 3,
        };
        tests::wait_until("the question", || asked(&terminal.text()) == question);
        terminal.types(answer);
    }
    let (code, text) = terminal.finish();
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(
        outputs(&project),
        ["false: the use of `pay` was approved", REFUSED, REFUSED]
    );
    assert_eq!(
        decisions(&project),
        [
            decided("INFO", "ada", "allowed"),
            decided("WARN", "bob", "refused"),
            decided("WARN", "cy\u{1b}[2J", "refused"),
        ]
    );
    for line in [
        "An agent wants to use a tool:",
        "Case:       pay::any::ada",
        "Turn:       1",
        "Tool:       pay",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(!text.contains("\u{1b}[2J"), "{text:?}");
}

#[test]
fn yes_to_all_is_asked_once() {
    let project = payments(&["ada", "bob", "cy"]);
    let mut terminal = at_a_terminal(&project, "--parallel 3");
    terminal.shows("Allow it? [y/N/all] ");
    terminal.types("all\n");
    let (code, text) = terminal.finish();
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(text.matches("Allow it?").count(), 1, "{text}");
    assert_eq!(
        outputs(&project),
        ["false: the use of `pay` was approved"; 3]
    );
}

#[test]
fn the_end_of_the_input_refuses() {
    let project = payments(&["ada", "bob"]);
    let mut terminal = at_a_terminal(&project, "");
    terminal.shows("Allow it? [y/N/all] ");
    terminal.types("\u{4}");
    let (code, text) = terminal.finish();
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("Standard input has ended: every tool is refused"),
        "{text}"
    );
    let outputs = outputs(&project);
    assert_eq!(outputs[0], REFUSED);
    assert!(
        outputs[1].ends_with("there is nobody to ask"),
        "{outputs:?}"
    );
}

#[test]
fn ctrl_c_ends_the_experiment_at_a_question() {
    let project = payments(&["ada", "bob"]);
    let terminal = at_a_terminal(&project, "");
    terminal.shows("Allow it? [y/N/all] ");
    terminal.signal(Signal::INT);
    terminal.shows("press Ctrl-C again to end at once");
    terminal.signal(Signal::INT);
    let (code, text) = terminal.finish();
    assert_eq!(code, Some(130), "{text}");
    assert!(text.contains("(no longer asked)"), "{text}");
    assert_eq!(project.latest().audited().len(), 1);
}

#[test]
fn without_a_terminal_every_tool_is_refused() {
    let project = payments(&["ada"]);
    let refused = [decided("WARN", "ada", "nobody_to_ask")];
    for (variables, arguments, why) in [
        (
            "",
            "--manual-approve-tools",
            "there is no terminal to ask at",
        ),
        (
            "FLUXLOOP_MANUAL_APPROVE_TOOLS=true",
            "",
            "there is no terminal to ask at",
        ),
        (
            "FLUXLOOP_AUTO_APPROVE_TOOLS=false",
            "",
            "there is no terminal to ask at",
        ),
    ] {
        let arguments = format!("run experiment --yes {arguments}");
        let finished = project.run_with(variables, &arguments).exits(0);
        let _ = finished.says(&format!(
            "every tool will be refused: tools have to be approved, and {why}"
        ));
        assert_eq!(decisions(&project), refused);
    }
    // A program reads along: nobody is asked, and it is told.
    let terminal = at_a_terminal(&project, "--message-format json");
    let (code, text) = terminal.finish();
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("and `--message-format json` asks nobody"),
        "{text}"
    );
    assert_eq!(decisions(&project), refused);
}

#[test]
fn every_tool_is_approved_unless_that_is_switched_off() {
    let project = payments(&["ada"]);
    let allowed = [decided("INFO", "ada", "automatic")];
    for (config, arguments) in [
        ("", ""),
        ("multi_turn: {auto_approve_tools: true}", ""),
        (
            "multi_turn: {auto_approve_tools: false}",
            "--auto-approve-tools",
        ),
    ] {
        project.write("configs/simulation.yaml", config);
        let finished = project.experiment(arguments).exits(0);
        assert!(!finished.stderr.contains("refused"), "{finished}");
        assert_eq!(decisions(&project), allowed, "{config} {arguments}");
    }
    project.write(
        "configs/simulation.yaml",
        "multi_turn: {auto_approve_tools: false}",
    );
    let _ = project.experiment("").exits(0);
    assert_eq!(
        decisions(&project),
        [decided("WARN", "ada", "nobody_to_ask")]
    );
    let summary = project.latest().summary();
    assert_eq!(
        summary["config_snapshot"]["multi_turn"]["auto_approve_tools"],
        false
    );
}

#[test]
fn secrets_are_masked_in_what_is_asked() {
    let project = payments(&["s3cret-value-77"]);
    project.write(".env", "PAYMENT_TOKEN=s3cret-value-77\n");
    let mut terminal = at_a_terminal(&project, "");
    terminal.shows("Allow it? [y/N/all] ");
    terminal.types("y\n");
    let (code, text) = terminal.finish();
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains(r#""to": "***""#) && !text.contains("s3cret-value"),
        "{text}"
    );
    assert_eq!(decisions(&project), [decided("INFO", "***", "allowed")]);
}
