//! Wrong configurations, inputs, personas and targets: 96.

use tests::{Project, obedient};

use super::refused;

#[test]
fn a_wrong_configuration_is_96() {
    let project = obedient(
        "runner:\n  timeout_seconds: 3\n iterations: 2\n",
        &["say a"],
    );
    insta::assert_snapshot!(refused(&project, "", 96), @"
    error: while parsing a block mapping, did not find expected key
     --> configs/simulation.yaml:3:2
      |
    3 |  iterations: 2
      |  ^
      = help: check the indentation of this line against the ones above
    ");
    let types = "
runner: { iterations: many, timeout_seconds: -1 }
parallel_runs: 0
gate: { min_success_rate: 95 }
";
    project.write("configs/simulation.yaml", types);
    insta::assert_snapshot!(refused(&project, "", 96), @"
    error: `runner.iterations`: expected a whole number of at least 1, found the text `many`
     --> configs/simulation.yaml:2:23
      |
    2 | runner: { iterations: many, timeout_seconds: -1 }
      |                       ^

    error: `runner.timeout_seconds`: expected a number of seconds above 0, found -1
     --> configs/simulation.yaml:2:46
      |
    2 | runner: { iterations: many, timeout_seconds: -1 }
      |                                              ^

    error: `parallel_runs`: expected a whole number of at least 1, found 0
     --> configs/simulation.yaml:3:16
      |
    3 | parallel_runs: 0
      |                ^

    error: `gate.min_success_rate`: expected a fraction from 0 to 1 (95 % is 0.95), found 95
     --> configs/simulation.yaml:4:27
      |
    4 | gate: { min_success_rate: 95 }
      |                           ^
    ");
    project.write("configs/simulation.yaml", "- iterations: 2");
    insta::assert_snapshot!(refused(&project, "", 96), @"
    error: expected a mapping of keys to values, found a list
     --> configs/simulation.yaml:1:1
      |
    1 | - iterations: 2
      | ^
      = help: write `key: value` lines, for example `iterations: 10`
    ");
    project.write("configs/simulation.yaml", "expect: { contians: hello }");
    insta::assert_snapshot!(refused(&project, "", 96), @"
    error: `expect.contians`: nothing reads this key
     --> configs/simulation.yaml:1:11
      |
    1 | expect: { contians: hello }
      |           ^
      = help: did you mean `contains`?
    ");
}

#[test]
fn wrong_inputs_are_96() {
    let project = obedient("", &[]).inputs("generated_inputs:\n- input: say a\n persona: b\n");
    insta::assert_snapshot!(refused(&project, "", 96), @"
    error: while parsing a block mapping, did not find expected key
     --> inputs/generated.yaml:3:2
      |
    3 |  persona: b
      |  ^
      = help: check the indentation of this line against the ones above
    ");
    project.write(
        "inputs/generated.yaml",
        "generated_inputs:\n- inptu: say a\n- persona: b\n",
    );
    insta::assert_snapshot!(refused(&project, "", 96), @r#"
    error: `generated_inputs[0].inptu`: `input` is missing, and nothing reads this key
     --> inputs/generated.yaml:2:3
      |
    2 | - inptu: say a
      |   ^
      = help: did you mean `input`?

    error: `generated_inputs[1]`: `input` is missing
     --> inputs/generated.yaml:3:3
      |
    3 | - persona: b
      |   ^
      = help: write the text itself, or a mapping with `input`, for example `- input: "How do I start?"`
    "#);
    for empty in ["", "[]", "generated_inputs:\n", "inputs: []"] {
        project.write("inputs/generated.yaml", empty);
        assert!(
            refused(&project, "", 96).starts_with("error: inputs/generated.yaml has no inputs\n")
        );
    }
    insta::assert_snapshot!(refused(&project, "", 96), @r#"
    error: inputs/generated.yaml has no inputs
      = help: write at least one, for example:

              generated_inputs:
                - input: "How do I start?"
    "#);
    insta::assert_snapshot!(refused(&project, "--inputs inputs/batch1.yaml", 96), @"
    error: inputs file not found: [project]/inputs/batch1.yaml
      = help: check `inputs_file` or `--inputs`
    ");
    std::fs::remove_file(project.path("inputs/generated.yaml")).expect("it was written");
    insta::assert_snapshot!(refused(&project, "", 96), @r#"
    error: no inputs: there is no inputs/generated.yaml, and the configuration has no `base_inputs`
      = help: name a file with `inputs_file` (`--inputs`), or write inputs/generated.yaml, for example:

              generated_inputs:
                - input: "How do I start?"
    "#);
}

#[test]
fn an_unknown_persona_is_96() {
    let config = "personas: [{ name: novice_user }, { name: expert_user }]";
    let project = obedient(config, &[]).inputs("- { input: say a, persona: novice }");
    insta::assert_snapshot!(refused(&project, "", 96), @"
    error: inputs/generated.yaml:1: no persona `novice` is configured
      = help: did you mean `novice_user`? the configured personas are: expert_user, novice_user
    ");
    project.write("inputs/generated.yaml", "- say a");
    insta::assert_snapshot!(refused(&project, "-p expert_usr", 96), @"
    error: `--personas`: there is no persona `expert_usr`
      = help: did you mean `expert_user`?
    ");
    let _ = project.experiment("-p expert_user").exits(0);
}

#[test]
fn an_unknown_target_is_96() {
    let library = "
#[fluxloop::agent]
fn run(input: String) -> String { input }

#[fluxloop::agent]
fn refund(input: String) -> String { input }
";
    let project = Project::new("e2e_targets", library)
        .config("runner: { target: refnd }")
        .inputs("- hello");
    insta::assert_snapshot!(refused(&project, "", 96), @"
    error: no agent fits target `refnd`; there are:
        e2e_targets:refund  src/lib.rs:6
        e2e_targets:run     src/lib.rs:3
      = help: did you mean `e2e_targets:refund`? (an agent that a macro writes is found if its crate is named, as in `e2e_targets:refnd`)
    ");
    project.write(
        "configs/simulation.yaml",
        "runner: { target: 'examples.my_agent:run_it' }",
    );
    insta::assert_snapshot!(refused(&project, "", 96), @"
    error: no agent fits target `examples.my_agent:run_it`; there are:
        e2e_targets:run     src/lib.rs:3
        e2e_targets:refund  src/lib.rs:6
      = help: did you mean `e2e_targets:run`? (an agent that a macro writes is found if its crate is named, as in `e2e_targets:run_it`)
    ");
    project.write(
        "configs/simulation.yaml",
        "runner: { target: 'e2e_targets:' }",
    );
    insta::assert_snapshot!(refused(&project, "", 96), @"
    error: `runner.target`: target `e2e_targets:` names no function after the `:`
      = help: a target is `module.path:function`, as in `my_crate.agents:run`
    ");
    // The crate is there: whether its macros write such an agent, only the build can tell.
    project.write(
        "configs/simulation.yaml",
        "runner: { target: 'e2e_targets:rum' }",
    );
    let finished = project.experiment("").exits(96);
    insta::assert_snapshot!(project.told(&finished), @"
    error: no agent fits target `e2e_targets:rum`; there are:
        e2e_targets:run     src/lib.rs:3
        e2e_targets:refund  src/lib.rs:6
      = help: did you mean `e2e_targets:run`?
    ");
}

#[test]
fn inputs_that_do_not_fit_the_agent_are_96() {
    let library = "
#[derive(serde::Deserialize)]
struct Ticket { customer: String, amount: u32 }

#[fluxloop::agent]
fn refund(ticket: Ticket) -> String { format!(\"{} {}\", ticket.customer, ticket.amount) }
";
    let manifest = "serde = { version = \"1\", features = [\"derive\"] }\n[workspace]\n";
    let project = Project::bare()
        .package("", "e2e_unfit", manifest)
        .locked()
        .file("src/lib.rs", library)
        .config("")
        .inputs("- { input: { customer: Ada, amount: 3 } }\n- { input: { customer: Ada } }");
    let finished = project.experiment("").exits(96);
    insta::assert_snapshot!(project.told(&finished), @"
    error: 1 input does not fit agent `e2e_unfit:refund` (its type said so):
      inputs/generated.yaml:2: input `customer-ada-6de805`: parameter `ticket`: missing field `amount`
      = help: change the inputs, or the types of the agent's parameters; nothing was run
    ");
    assert!(!project.path("experiments").exists());
    let entry = |i: i32| {
        format!(
            "- {{ id: i{i}, input: {{ customer: Ada, amount: {} }} }}\n",
            -i
        )
    };
    let many: Vec<String> = (0..13).map(entry).collect();
    project.write("inputs/generated.yaml", &many.concat());
    let finished = project.experiment("").exits(96);
    insta::assert_snapshot!(project.told(&finished), @"
    error: 12 inputs do not fit agent `e2e_unfit:refund` (their types said so):
      inputs/generated.yaml:2: input `i1`: parameter `ticket`: invalid value: integer `-1`, expected u32
      inputs/generated.yaml:3: input `i2`: parameter `ticket`: invalid value: integer `-2`, expected u32
      inputs/generated.yaml:4: input `i3`: parameter `ticket`: invalid value: integer `-3`, expected u32
      inputs/generated.yaml:5: input `i4`: parameter `ticket`: invalid value: integer `-4`, expected u32
      inputs/generated.yaml:6: input `i5`: parameter `ticket`: invalid value: integer `-5`, expected u32
      inputs/generated.yaml:7: input `i6`: parameter `ticket`: invalid value: integer `-6`, expected u32
      inputs/generated.yaml:8: input `i7`: parameter `ticket`: invalid value: integer `-7`, expected u32
      inputs/generated.yaml:9: input `i8`: parameter `ticket`: invalid value: integer `-8`, expected u32
      inputs/generated.yaml:10: input `i9`: parameter `ticket`: invalid value: integer `-9`, expected u32
      inputs/generated.yaml:11: input `i10`: parameter `ticket`: invalid value: integer `-10`, expected u32
      and 2 more
      = help: change the inputs, or the types of the agent's parameters; nothing was run
    ");
}

#[test]
fn an_input_that_does_not_fit_is_told_once_however_many_ask_it() {
    let config = "input_template: '{persona}: {input}'\npersonas: [{ name: ada }, { name: bob }]";
    let project = obedient(config, &[]).inputs("- { id: a, input: [1] }\n- { id: b, input: [1] }");
    let finished = project.experiment("").exits(96);
    let _ = finished
        .says("2 inputs do not fit")
        .says("input `a`")
        .says("input `b`");
}
