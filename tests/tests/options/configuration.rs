//! Keys that no flag sets.

use serde_json::json;
use tests::obedient;

use super::{answers, outputs};

#[test]
fn variables_of_the_configuration_and_of_the_env_file_reach_the_agent() {
    let config = "
runner:
  environment_vars: { OF_CONFIG: configured, IN_BOTH: configured, NUMBER: 4, INHERITED: over }
";
    let names = [
        "OF_CONFIG",
        "IN_BOTH",
        "NUMBER",
        "INHERITED",
        "OF_FILE",
        "OF_SHELL",
    ];
    let inputs = names.map(|name| format!("env {name}"));
    let project = obedient(config, &inputs.each_ref().map(String::as_str));
    project.write(".env", "OF_FILE=filed\nIN_BOTH=filed\nOF_SHELL=filed\n");
    let variables = "INHERITED=shell OF_SHELL=shell";
    let finished = project.run_with(variables, "run experiment --yes").exits(0);
    let expected = ["configured", "configured", "4", "over", "filed", "shell"];
    assert_eq!(outputs(&project.latest()), expected, "{finished}");
}

#[test]
fn the_agent_runs_in_the_working_directory() {
    let project = obedient("", &["folder"]);
    let _ = project.experiment("").exits(0);
    let config =
        project.latest().summary()["config_snapshot"]["runner"]["working_directory"].clone();
    let folder = outputs(&project.latest()).remove(0);
    assert_eq!(config, json!(folder));
    assert!(folder.ends_with("e2e_obedient"), "{folder}");
}

#[test]
fn a_template_wraps_what_a_persona_asks() {
    let config = r#"input_template: "say {persona}: {input} {other}""#;
    let project =
        obedient(config, &[]).inputs("- { input: hello {input}, persona: ada }\n- say plain");
    project.write(
        "inputs/generated.yaml",
        "- { input: 'hello {input}', persona: ada }\n- say plain",
    );
    let _ = project.experiment("").exits(0);
    let experiment = project.latest();
    assert_eq!(
        outputs(&experiment),
        ["ada: hello {input} {other}", "plain"]
    );
    // The row tells what the agent was asked.
    assert_eq!(answers(&experiment)[0].0, "say ada: hello {input} {other}");
}

#[test]
fn observations_are_left_out_where_they_are_not_wanted() {
    let project = obedient("", &["say a"]);
    let _ = project.experiment("").exits(0);
    let names: Vec<_> = project
        .latest()
        .rows("observations.jsonl")
        .iter()
        .map(|row| row["name"].clone())
        .collect();
    assert_eq!(names, ["agent_run", "agent_run"]);
    project.write("configs/simulation.yaml", "save_traces: false");
    let _ = project.experiment("").exits(0);
    assert!(
        !project
            .path("experiments/latest/observations.jsonl")
            .exists()
    );
    assert_eq!(outputs(&project.latest()), ["a"]);
    assert_eq!(project.latest().rows("traces.jsonl").len(), 1);
}

#[test]
fn aggregates_are_left_out_where_they_are_not_wanted() {
    let project = obedient("", &["say a", "fail b"]);
    let aggregates = ["duration_ms", "failures_by_kind", "by_persona"];
    let _ = project.experiment("").exits(100);
    let summary = project.latest().summary();
    assert!(
        aggregates.iter().all(|key| summary.get(key).is_some()),
        "{summary}"
    );
    project.write("configs/simulation.yaml", "save_aggregated_metrics: false");
    let _ = project.experiment("").exits(100);
    let summary = project.latest().summary();
    assert!(
        aggregates.iter().all(|key| summary.get(key).is_none()),
        "{summary}"
    );
    assert_eq!(
        (&summary["total_traces"], &summary["failed"]),
        (&json!(2), &json!(1))
    );
}

#[test]
fn the_suspects_of_a_crash_are_run_again_alone_unless_they_must_not() {
    for (config, expected) in [
        ("parallel_runs: 2", [None, Some("again".to_owned())]),
        (
            "parallel_runs: 2\nrunner: { crash_rerun: false }",
            [None, None],
        ),
    ] {
        let project = obedient(config, &[]);
        let flag = project.path("both-are-there").display().to_string();
        project.write(
            "inputs/generated.yaml",
            &format!("- crash-beside {flag}\n- linger {flag}"),
        );
        let finished = project.experiment("").exits(100);
        let mut answers = answers(&project.latest());
        answers.sort();
        assert_eq!(
            answers
                .into_iter()
                .map(|(_, output)| output)
                .collect::<Vec<_>>(),
            expected,
            "{finished}"
        );
        let summary = project.latest().summary();
        assert_eq!(
            summary["failures_by_kind"]["crash"], summary["failed"],
            "{summary}"
        );
    }
}

#[test]
fn the_snapshot_given_back_plans_the_same_cases() {
    let config = "personas: [{ name: ada }, { name: bob }]\niterations: 2";
    let project = obedient(config, &["seed", "say b"]);
    let _ = project.experiment("-p ada --name first").exits(0);
    let first = project.latest();
    let (cases, outputs_before) = (
        first.runs().into_keys().collect::<Vec<_>>(),
        outputs(&first),
    );
    let snapshot = std::fs::canonicalize(project.path("experiments/latest/config.yaml")).unwrap();
    let _ = project
        .experiment(&format!("--config {}", snapshot.display()))
        .exits(0);
    let second = project.latest();
    assert_eq!(second.runs().into_keys().collect::<Vec<_>>(), cases);
    assert_eq!(outputs(&second), outputs_before);
    assert_eq!(second.summary()["experiment_name"], "first");
}

#[test]
fn keys_of_the_original_are_accepted_and_said_to_have_no_effect() {
    let config = "runner: { python_path: ., docker_image: x, use_docker: true }\nevaluators: []\nvariation_count: 2";
    let project = obedient(config, &["say a"]);
    let finished = project.experiment("-q").exits(0);
    for key in ["python_path", "docker_image", "use_docker"] {
        let message = format!("`runner.{key}` is of the Python version");
        assert_eq!(finished.stderr.matches(&message).count(), 1, "{finished}");
    }
    assert_eq!(
        finished.stderr.matches("warning: ").count(),
        3,
        "{finished}"
    );
}
