//! What methods say, and that it counts.

use std::time::Duration;

use fluxloop::{Experiment, artifact::read::RecordedRun};
use serde_json::{Value, json};

use super::project::{Project, outputs};

const SIMULATION: &str = r#"
name: plain
seed: 1
runner:
  target: "experiment.agents:echo"
personas:
  - name: ada
  - name: bob
base_inputs:
  - input: one
  - input: two
"#;

fn runs(experiment: &Experiment) -> Vec<RecordedRun> {
    let result = experiment.run().expect("it runs");
    let runs = result.runs().expect("there are rows");
    runs.map(|run| run.expect("a row")).collect()
}

#[test]
fn each_method_has_its_effect() {
    let project = Project::new(SIMULATION);
    let plain = || project.experiment();
    assert_eq!(runs(&plain()).len(), 4);
    assert_eq!(runs(&plain().iterations(3)).len(), 12);
    assert_eq!(runs(&plain().limit(3)).len(), 3);
    assert_eq!(runs(&plain().sample(2)).len(), 2);
    let filtered = runs(&plain().filter("ada::two"));
    assert_eq!(filtered.len(), 1, "{filtered:?}");
    let of_bob = runs(&plain().personas(["bob"]));
    assert!(
        of_bob
            .iter()
            .all(|run| run.persona.as_deref() == Some("bob"))
    );
    assert_eq!(of_bob.len(), 2);
    assert_eq!(
        outputs(&plain().target("obey").limit(1).run().unwrap()),
        ["done: one"]
    );
    project.write("other.yaml", "- input: three\n");
    assert_eq!(runs(&plain().inputs(project.path("other.yaml"))).len(), 2);
    let timeout = plain()
        .target("patient")
        .limit(1)
        .timeout(Duration::from_millis(50));
    assert_eq!(
        runs(&timeout)[0].error.as_ref().unwrap().kind.as_deref(),
        Some("timeout")
    );
    let elsewhere = plain().output_dir(project.path("elsewhere")).run().unwrap();
    assert!(elsewhere.output_dir.starts_with(project.path("elsewhere")));
}

#[test]
fn name_seed_and_parallel_are_in_the_summary() {
    let project = Project::new(SIMULATION);
    let experiment = project.experiment().name("other").seed(7).parallel(3);
    let result = experiment.run().unwrap();
    let text = std::fs::read_to_string(&result.summary_path).unwrap();
    let summary: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&summary["experiment_name"], &summary["seed"]),
        (&json!("other"), &json!(7))
    );
    assert_eq!(summary["config_snapshot"]["parallel_runs"], json!(3));
}

#[test]
fn inputs_in_code_stand_for_all_others() {
    let project = Project::new("runner: {target: echo}\n");
    project.write("inputs/generated.yaml", "- input: of the file\n");
    let plain = || project.experiment();
    assert_eq!(outputs(&plain().run().unwrap()), ["of the file"]);
    let own = plain().input("mine").input("and mine");
    assert_eq!(outputs(&own.run().unwrap()), ["and mine", "mine"]);
    // The later call counts.
    let again = own.inputs(project.path("inputs/generated.yaml"));
    assert_eq!(outputs(&again.run().unwrap()), ["of the file"]);
    let typed = plain().target("refunds").input(12).run().unwrap();
    assert_eq!(outputs(&typed), ["true"]);
}

#[test]
fn any_key_can_be_set_and_wins_over_the_file() {
    let project = Project::new(SIMULATION);
    let result = project
        .experiment()
        .set("iterations", 2)
        .set("persona_filter", json!(["ada"]))
        .set("gate.min_success_rate", 0.5)
        .set("metadata.service_context", "a shop")
        .run()
        .unwrap();
    assert_eq!(result.total_runs, 4);
    assert_eq!(result.gate().min_success_rate, Some(0.5));
}

#[test]
fn debug_shows_no_secret() {
    let project = Project::new(SIMULATION);
    let experiment = project
        .experiment()
        .set("multi_turn.supervisor.api_key", "sk-of-the-test-1234");
    let shown = format!("{experiment:?}");
    assert!(
        shown.contains("api_key") && !shown.contains("sk-of-the"),
        "{shown}"
    );
}

#[test]
fn a_conversation_with_a_scripted_user() {
    let project = Project::asking("talks", &["hello"]);
    let supervisor =
        json!({"provider": "mock", "metadata": {"scripted_questions": ["more", "and more"]}});
    let talk = |turns| {
        let experiment = project.experiment().multi_turn(true).max_turns(turns);
        experiment
            .set("multi_turn.supervisor", supervisor.clone())
            .run()
            .unwrap()
    };
    let result = talk(8);
    let run = result.runs().unwrap().next().unwrap().unwrap();
    assert_eq!(run.turn_count, Some(3));
    assert_eq!(run.output_text(), "AND MORE (3)");
    assert_eq!(run.actions().collect::<Vec<_>>(), ["tool:look_up"; 3]);
    insta::assert_yaml_snapshot!(result.snapshot());
    let run = talk(2).runs().unwrap().next().unwrap().unwrap();
    assert_eq!(run.termination_reason.as_deref(), Some("max_turns"));
    let single = project.experiment().multi_turn(false).run().unwrap();
    assert_eq!(outputs(&single), ["HELLO (1)"]);
}

#[test]
fn tools_are_approved_or_refused() {
    let project = Project::new("runner: {target: refunds}\nbase_inputs: [{input: 12}]\n");
    assert_eq!(outputs(&project.experiment().run().unwrap()), ["true"]);
    let manual = project
        .experiment()
        .set("multi_turn.auto_approve_tools", false);
    assert_eq!(outputs(&manual.run().unwrap()), ["false"]);
}
