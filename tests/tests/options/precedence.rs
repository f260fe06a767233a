use serde_json::{Value, json};
use tests::{Project, obedient};

/// An option, the place of its key in the snapshot, and what file, environment and command line say of it.
struct Setting {
    option: &'static str,
    key: &'static str,
    layers: [&'static str; 3],
}

const fn setting(option: &'static str, key: &'static str, layers: [&'static str; 3]) -> Setting {
    Setting {
        option,
        key,
        layers,
    }
}

const SETTINGS: &[Setting] = &[
    setting("iterations", "/iterations", ["2", "3", "4"]),
    setting("personas", "/persona_filter", ["ada", "bob", "cy,ada"]),
    setting("filter", "/cases/filter", ["iter", "hello", "say"]),
    setting("sample", "/cases/sample", ["50", "60", "70"]),
    setting("limit", "/cases/limit", ["51", "61", "71"]),
    setting("experiment-name", "/name", ["file", "variable", "flag"]),
    setting("parallel", "/parallel_runs", ["2", "3", "4"]),
    setting("seed", "/seed", ["20", "30", "40"]),
    setting("timeout", "/runner/timeout_seconds", ["20", "30.5", "40"]),
    setting("retries", "/runner/max_retries", ["5", "6", "0"]),
    setting("max-failures", "/gate/max_failures", ["7", "8", "9"]),
    setting(
        "min-success-rate",
        "/gate/min_success_rate",
        ["0.25", "0.5", "0.75"],
    ),
    setting("max-turns", "/multi_turn/max_turns", ["2", "3", "4"]),
    setting(
        "persona-override",
        "/multi_turn/persona_override",
        ["ada", "bob", "cy"],
    ),
    setting(
        "supervisor-provider",
        "/multi_turn/supervisor/provider",
        ["openai", "anthropic", "mock"],
    ),
    setting(
        "supervisor-model",
        "/multi_turn/supervisor/model",
        ["a", "b", "c"],
    ),
    setting(
        "supervisor-temperature",
        "/multi_turn/supervisor/temperature",
        ["0.25", "0.5", "0.75"],
    ),
    setting(
        "supervisor-base-url",
        "/multi_turn/supervisor/base_url",
        ["http://file", "http://variable", "http://flag"],
    ),
    setting(
        "supervisor-cassette",
        "/multi_turn/supervisor/cassette/mode",
        ["replay", "record", "auto"],
    ),
];

const PERSONAS: &str = "personas: [{name: ada}, {name: bob}, {name: cy}]\n";

fn variable(setting: &Setting) -> String {
    let name = setting.option.to_uppercase().replace('-', "_");
    format!("FLUXLOOP_{name}")
}

/// All settings as one layer writes them.
fn layer(index: usize, write: impl Fn(&Setting, &str) -> String) -> String {
    SETTINGS
        .iter()
        .map(|setting| write(setting, setting.layers[index]))
        .collect()
}

/// The settings as a file. JSON is YAML.
fn file() -> String {
    let mut tree = json!({});
    for setting in SETTINGS {
        let text = setting.layers[0];
        let mut place = &mut tree;
        for part in setting.key.trim_start_matches('/').split('/') {
            place = &mut place[part];
        }
        *place = match setting.option {
            "personas" => json!([text]),
            _ => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        };
    }
    tree["personas"] = json!([{"name": "ada"}, {"name": "bob"}, {"name": "cy"}]);
    tree.to_string()
}

/// Runs, and compares every setting with the layer that has to win.
#[track_caller]
fn wins(project: &Project, index: usize, variables: &str, arguments: &str) {
    let arguments = format!("run experiment --yes {arguments}");
    let finished = project.run_with(variables, &arguments).exits(0);
    let snapshot = project.latest().summary()["config_snapshot"].clone();
    for setting in SETTINGS {
        let found = &snapshot.pointer(setting.key).unwrap_or(&Value::Null);
        let found = match found {
            Value::Array(names) => names
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(","),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let expected = setting.layers[index];
        assert_eq!(found, expected, "--{}\n{finished}", setting.option);
    }
}

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_file() {
    let project = obedient(&file(), &["say hello"]);
    let variables = layer(1, |setting, value| {
        format!("{}={value} ", variable(setting))
    });
    let flags = layer(2, |setting, value| format!("--{} {value} ", setting.option));
    wins(&project, 0, "", "");
    wins(&project, 1, &variables, "");
    wins(&project, 2, &variables, &flags);
    assert_eq!(project.latest().summary()["total_traces"], 4 * 2);
    // An empty variable says nothing.
    let empty = layer(1, |setting, _| format!("{}= ", variable(setting)));
    wins(&project, 0, &empty, "");
}

#[test]
fn what_nobody_sets_has_its_default() {
    let project = obedient(PERSONAS, &["say hello"]);
    let finished = project.experiment("").exits(0);
    let summary = project.latest().summary();
    let snapshot = &summary["config_snapshot"];
    let folder = project.path("");
    for (key, expected) in [
        ("/iterations", json!(1)),
        ("/parallel_runs", json!(1)),
        ("/runner/timeout_seconds", json!(120)),
        ("/runner/max_retries", json!(3)),
        ("/runner/retry_delay", json!(5)),
        ("/gate/max_failures", json!(0)),
        ("/gate/min_success_rate", Value::Null),
        ("/fail_fast", json!(false)),
        (
            "/name",
            json!(folder.file_name().unwrap().to_string_lossy()),
        ),
    ] {
        assert_eq!(snapshot.pointer(key), Some(&expected), "{key}\n{finished}");
    }
    assert!(summary["seed"].is_u64(), "{summary}");
    // Without `--personas` every configured one takes part.
    assert_eq!(summary["total_traces"], 3);
}

#[test]
fn a_value_that_does_not_fit_is_refused_wherever_it_stands() {
    let project = obedient("", &["say hello"]);
    for setting in SETTINGS {
        // Any text is a name, and whether there is such a persona is another question.
        if [
            "personas",
            "filter",
            "experiment-name",
            "supervisor-model",
            "persona-override",
        ]
        .contains(&setting.option)
        {
            continue;
        }
        let variable = format!("{}=-1x", variable(setting));
        let message = format!("`{}`: expected", variable.trim_end_matches("=-1x"));
        let _ = project
            .run_with(&variable, "run experiment --yes")
            .exits(96)
            .says(&message);
        let finished = project.experiment(&format!("--{}=-1x", setting.option));
        let code = if setting.option == "supervisor-base-url" {
            96
        } else {
            2
        };
        let _ = finished.exits(code).says(&format!("--{}", setting.option));
    }
}
