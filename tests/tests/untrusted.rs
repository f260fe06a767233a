//! Text from elsewhere neither steers the terminal nor passes for a line of ours.

use std::fmt::Write as _;

use serde_json::{Value, json};
use tests::{Finished, Project, faulty};

/// What terminals obey, what switches the direction of writing, and lines that look like ours.
const PAYLOADS: [&str; 8] = [
    "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[31mEVIL",
    "over\rwritten\u{8}\u{8}",
    "\u{9b}2J\u{90}q\u{9c}",
    "\u{202e}gnitirw\u{202c}\u{2066}\u{200f}",
    "x\n[INFO] forged line\ntest result: ok. 99 passed; 0 failed",
    "x\r\n[WARN] forged line\r\n",
    "x\u{2028}[INFO] forged line\u{2029}\u{85}",
    "\u{0}\u{7f}\u{b}\u{c}",
];

const ACTING: &str = "\u{2028}\u{2029}\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\
                      \u{2066}\u{2067}\u{2068}\u{2069}";

fn acts(character: char) -> bool {
    (character.is_control() && character != '\n') || ACTING.contains(character)
}

/// The text without the colours that are ours.
fn uncoloured(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|c: char| !(c.is_ascii_digit() || c == ';'));
        let ours = end.filter(|end| after[*end..].starts_with('m'));
        if ours.is_none() {
            plain.push_str("\u{1b}[");
        }
        rest = &after[ours.map_or(0, |end| end + 1)..];
    }
    plain + rest
}

#[track_caller]
fn assert_inert(finished: &Finished) {
    assert!(!finished.stderr.contains("\u{1b}[31mEVIL"), "{finished}");
    for text in [uncoloured(&finished.stderr), finished.stdout.clone()] {
        assert!(!text.contains(acts), "{text:?}");
        for line in text.lines() {
            assert!(
                !line.starts_with("[INFO] forged") && !line.starts_with("[WARN] forged"),
                "{line}"
            );
            assert!(!line.starts_with("test result: ok. 99"), "{line}");
        }
    }
}

/// JSON without a character that YAML does not take as it stands.
fn written(value: &Value) -> String {
    let mut text = String::new();
    for character in value.to_string().chars() {
        if character.is_ascii() && !character.is_control() {
            text.push(character);
        } else {
            write!(text, "\\u{:04x}", u32::from(character)).expect("a string takes it");
        }
    }
    text
}

/// Runs that say, fail with and panic with every payload, for personas that are named as badly as may be.
fn hostile() -> Project {
    let orders = ["say", "fail", "panic"];
    let inputs: Vec<_> = orders
        .iter()
        .flat_map(|order| PAYLOADS.map(|payload| json!({"input": format!("{order} {payload}")})))
        .collect();
    let config = json!({
        "personas": [{"name": PAYLOADS[3]}, {"name": "\u{2066}x", "description": PAYLOADS[0]}],
        "parallel_runs": 2,
    });
    faulty("works", &written(&config), &written(&json!(inputs)))
}

#[test]
fn what_runs_bring_along_is_shown_without_acting() {
    let project = hostile();
    for arguments in [
        "-v",
        "-v --color always",
        "--progress lines --color always",
        "--message-format json",
        "--message-format json -v --color always",
        "--dry-run -v --color always",
    ] {
        let finished = project.experiment(arguments);
        let coloured = finished.stderr.contains("\u{1b}[");
        assert_eq!(coloured, arguments.contains("always"), "{finished}");
        assert_inert(&finished);
    }
    let cases = project.run("list cases").exits(0);
    assert_inert(&cases);
    assert_eq!(
        cases.stdout.lines().count(),
        3 * 2 * PAYLOADS.len(),
        "{cases}"
    );
}

#[test]
fn rows_keep_every_character_as_an_escape() {
    let project = hostile();
    let _ = project.experiment("").exits(100);
    let experiment = project.latest();
    for name in ["trace_summary.jsonl", "traces.jsonl", "observations.jsonl"] {
        assert!(!experiment.text(name).contains(acts), "{name}");
    }
    let rows = experiment.rows("trace_summary.jsonl");
    for payload in PAYLOADS {
        let of = |order: &str| {
            let input = format!("{order} {payload}");
            let row = rows.iter().find(|row| row["input"] == input);
            row.unwrap_or_else(|| panic!("no run of {input:?}"))
        };
        assert_eq!(of("say")["output"], payload);
        assert_eq!(of("fail")["error"]["message"], payload);
        assert_eq!(of("panic")["error"]["message"], payload);
        assert_eq!(of("panic")["error"]["kind"], "panic");
    }
}

#[test]
fn what_files_bring_along_is_shown_without_acting() {
    let project = faulty("works", "", "- say a");
    let shown = |config: Value, inputs: Value| {
        project.write("configs/simulation.yaml", &written(&config));
        project.write("inputs/generated.yaml", &written(&inputs));
        let finished = project.experiment("-v --color always");
        assert_inert(&finished);
        finished.code
    };
    let fine = || json!([{"input": "say a"}]);
    for payload in PAYLOADS {
        for config in [
            json!({"runner": {"target": payload}}),
            json!({"runner": {"working_directory": format!("no{payload}")}}),
            json!({"runner": {"environment_vars": {format!("X{payload}"): [1]}}}),
            json!({"iterations": payload}),
            json!({"personas": [{"name": "x"}], "persona_filter": [payload]}),
            json!({"personas": [{"name": payload}, {"name": payload}]}),
            json!({"inputs_file": format!("no{payload}")}),
            json!({"gate": {payload: 1, "max_failures": payload}}),
        ] {
            assert_eq!(shown(config.clone(), fine()), Some(96), "{config}");
        }
        // A key that nothing reads is a warning.
        assert_eq!(shown(json!({payload: 1}), fine()), Some(0));
        for input in [
            json!({"input": "say a", "persona": [payload]}),
            json!({"input": "say a", "id": [payload]}),
            json!({payload: "say a"}),
        ] {
            assert_eq!(shown(json!({}), json!([input])), Some(96), "{input}");
        }
        shown(json!({"name": format!("n{payload}")}), fine());
        shown(
            json!({}),
            json!([{"input": "say a", "id": payload, payload: 1}]),
        );
    }
}
