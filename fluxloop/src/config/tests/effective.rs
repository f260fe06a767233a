//! The effective configuration: that nothing is missing, and that each value says where it was set.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const SIMULATION: &str = "\
name: demo # a comment
version: 1.10
runner: {target: \"my_crate:run\", iterations: 2}
personas:
  - name: novice
    goals: [to learn]
  - {name: expert, expertise_level: expert}
multi_turn:
  enabled: true
  supervisor: {provider: openai, api_key_env: MY_KEY, temperature: 0.50}
mood: calm
";

/// Lines with their sources behind them, the changing path left out.
fn shown(project: &Project) -> String {
    let effective = project
        .load()
        .unwrap_or_else(|errors| panic!("{}", errors.report()))
        .effective();
    let lines = effective.lines.iter().map(|line| match &line.source {
        Some(source) => format!("{}  # {source}", line.text),
        None => line.text.clone(),
    });
    project.shown(&lines.collect::<Vec<_>>().join("\n"))
}

fn source(project: &Project, key: &str) -> String {
    let values = project.load().unwrap().effective().values;
    let value = values.iter().find(|value| value.key == key);
    value.map_or_else(
        || "absent".to_owned(),
        |value| format!("{} {}", value.value, value.source),
    )
}

#[test]
fn every_value_says_where_it_was_set() {
    let project = Project::new(&[
        ("configs/simulation.yaml", SIMULATION),
        ("configs/evaluation.yaml", "gate: {max_failures: 3}\n"),
        (".env", "MY_KEY=sk-1234567890\nFLUXLOOP_SEED=7\n"),
    ])
    .environment(&[
        ("FLUXLOOP_PARALLEL", "4"),
        ("OPENAI_BASE_URL", "http://localhost:1/v1"),
    ])
    .flag("max-turns", "5");
    insta::assert_snapshot!(shown(&project));
}

#[test]
fn a_key_with_two_spellings_stands_where_it_was_set() {
    let project = Project::simulation("iterations: 3\noutput: {directory: out, format: jsonl}\n");
    assert_eq!(
        source(&project, "iterations"),
        "3 configs/simulation.yaml:1"
    );
    let directory = source(&project, "output.directory");
    assert!(
        directory.ends_with("out\" configs/simulation.yaml:2"),
        "{directory}"
    );
    assert_eq!(source(&project, "output_directory"), "absent");
    let project = project.flag("iterations", "4").flag("output-dir", "other");
    assert_eq!(source(&project, "iterations"), "4 --iterations");
    assert!(source(&project, "output_directory").ends_with("other\" --output-dir"));
    let older = Project::simulation("runner: {module_path: a.b, function_name: run}");
    assert_eq!(
        source(&older, "runner.target"),
        "\"a.b:run\" configs/simulation.yaml:1"
    );
}

#[test]
fn the_key_of_the_supervisor_is_told_by_where_it_is() {
    let key = "multi_turn.supervisor.api_key";
    let project = || Project::simulation("multi_turn: {supervisor: {provider: anthropic}}");
    assert_eq!(source(&project(), key), "absent");
    let named = project().environment(&[("ANTHROPIC_API_KEY", "sk-1234567890")]);
    assert_eq!(source(&named, key), "\"***\" ANTHROPIC_API_KEY");
    let flag = named.flag("supervisor-api-key", "sk-0987654321");
    assert_eq!(source(&flag, key), "\"***\" --supervisor-api-key");
    let file = Project::simulation("multi_turn: {supervisor: {api_key: sk-1234567890}}");
    assert_eq!(source(&file, key), "\"***\" configs/simulation.yaml:1");
    let dotenv = Project::new(&[
        ("configs/simulation.yaml", ""),
        (".env", "OPENAI_API_KEY=sk-1234567890"),
    ]);
    assert_eq!(source(&dotenv, key), "\"***\" OPENAI_API_KEY in .env");
}

#[test]
fn no_secret_is_shown() {
    let project = Project::new(&[
        (
            "configs/simulation.yaml",
            "metadata: {note: 'it is sk-1234567890 again', sk-1234567890: x}\n\
             runner: {environment_vars: {MY_TOKEN: abcdefghij, RUST_LOG: info}}\n\
             collector_api_key: qwertzuiop\n",
        ),
        (".env", "OPENAI_API_KEY=sk-1234567890"),
    ]);
    let effective = project.load().unwrap().effective();
    let all = format!("{effective:?}");
    for secret in ["sk-1234567890", "abcdefghij", "qwertzuiop"] {
        assert!(!all.contains(secret), "{all}");
    }
    assert!(all.contains("RUST_LOG: info"));
    assert_eq!(
        source(&project, "metadata.note"),
        "\"it is *** again\" configs/simulation.yaml:1"
    );
}

/// The text of an effective configuration, read again.
fn read_back(project: &Project) -> Value {
    let effective = project.load().unwrap().effective();
    let lines = effective.lines.iter().map(|line| match &line.source {
        Some(source) => format!("{}  # {source}\n", line.text),
        None => format!("{}\n", line.text),
    });
    let text: String = lines.collect();
    let again = Project::simulation(&text);
    let read = again
        .load()
        .unwrap_or_else(|errors| panic!("{}\n{text}", errors.report()));
    json!(read.config.metadata)
}

#[test]
fn what_is_shown_reads_back_as_the_same() {
    let project = Project::simulation(SIMULATION).environment(&[("MY_KEY", "sk-1234567890")]);
    let effective = project.load().unwrap().effective();
    let lines: Vec<&str> = effective
        .lines
        .iter()
        .map(|line| line.text.as_str())
        .collect();
    let again = Project::simulation(&lines.join("\n")).environment(&[("MY_KEY", "sk-1234567890")]);
    let [before, after] =
        [&project, &again].map(|project| project.config().snapshot(std::path::Path::new("/i"), 1));
    assert_eq!(before["personas"], after["personas"]);
    assert_eq!(before["gate"], after["gate"]);
    assert_eq!(before["iterations"], after["iterations"]);
    assert_eq!(
        before["multi_turn"]["max_turns"],
        after["multi_turn"]["max_turns"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_reads_back(key in "[a-zA-Z0-9 :#'\"\\-\u{1b}\u{85}\u{2028}é]{1,12}", text: String, word in "(null|yes|1e3|0x1f|~|- a|a: b|a #b|\\[a|http://h:1/x|a:|a::b|\u{feff}x|1_000|12:30:45)") {
        prop_assume!(!text.contains('\0'));
        // JSON is YAML, but for what JSON does not escape.
        let mut metadata = serde_json::Map::new();
        metadata.insert(key.clone(), json!(text));
        metadata.insert("word".to_owned(), json!(word));
        metadata.insert("list".to_owned(), json!([text, word, {"a": text}]));
        metadata.insert("flow".to_owned(), json!([text, word]));
        let mut project = Project::simulation("");
        project.request.overrides.push(Override::key("metadata", Value::Object(metadata.clone())));
        let read = read_back(&project);
        for (key, value) in &metadata {
            if !crate::secret::looks_secret(key) {
                prop_assert_eq!(&read[key], value);
            }
        }
    }
}
