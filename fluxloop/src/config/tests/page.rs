//! The configuration that the documentation of `run experiment` shows.

use super::*;

#[test]
fn the_documented_configuration_loads_without_a_warning() {
    let project = Project::simulation(
        r#"
runner:
  target: "examples.my_agent:run"
  iterations: 10

output:
  directory: "experiments"
  format: jsonl
"#,
    );
    let config = project.config();
    assert_eq!(
        config.runner.target.as_deref(),
        Some("examples.my_agent:run")
    );
    assert_eq!(config.iterations.get(), 10);
    assert_eq!(config.output.directory, project.path("experiments"));
    assert_eq!(project.warnings(), "");
}

#[test]
fn without_its_indentation_the_warnings_say_where_the_keys_belong() {
    let project = Project::simulation(
        "runner:\ntarget: \"examples.my_agent:run\"\niterations: 10\n\noutput:\ndirectory: \"experiments\"\nformat: jsonl\n",
    );
    insta::assert_snapshot!(project.warnings(), @r#"
    warning: unknown key `target`: nothing reads it
     --> configs/simulation.yaml:2:1
      |
    2 | target: "examples.my_agent:run"
      | ^
      = help: did you mean `runner.target`? indent it below `runner:`

    warning: unknown key `directory`: nothing reads it
     --> configs/simulation.yaml:6:1
      |
    6 | directory: "experiments"
      | ^
      = help: did you mean `output.directory`? indent it below `output:`

    warning: unknown key `format`: nothing reads it
     --> configs/simulation.yaml:7:1
      |
    7 | format: jsonl
      | ^
      = help: did you mean `output.format`? indent it below `output:`
    "#);
}

#[test]
fn the_documented_conversation_and_replay_load() {
    let text = r#"
multi_turn:
  enabled: true
  supervisor:
    provider: mock
    metadata:
      scripted_questions:
        - "Can you explain more?"
        - "What about edge cases?"
        - "How does error handling work?"
replay_args:
  enabled: true
  recording_file: "recordings/args.jsonl"
  override_param_path: "data.content"
"#;
    let project = Project::simulation(text);
    assert_eq!(project.warnings(), "");
    let config = project.config();
    let replay = config.replay.expect("it is enabled");
    assert_eq!(replay.recording_file, project.path("recordings/args.jsonl"));
    assert_eq!(replay.override_param_path, ["data", "content"]);
    assert_eq!((replay.create, replay.select), (false, RecordedCalls::Last));
    let multi_turn = config.multi_turn;
    assert!(multi_turn.enabled);
    let SupervisorSettings::Mock(mock) = multi_turn.supervisor else {
        panic!("a script")
    };
    assert_eq!(mock.scripted_questions.len(), 3);
}
