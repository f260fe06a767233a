//! What the files say that are written.

use std::fmt::Write as _;

use super::sample::Sample;

/// The name of the test that is the experiment.
pub(super) const TEST: &str = "fluxloop";

/// `configs/simulation.yaml`.
pub(super) fn simulation(name: &str, target: Option<&str>) -> String {
    let target = match target {
        Some(target) => format!("  # The agent: module.path:function\n  target: {}\n", quoted(target)),
        None => "  # The agent: module.path:function. Not needed while there is one only.\n  # target: \"my_crate:run\"\n".to_owned(),
    };
    let name = quoted(name);
    format!(
        "# What `cargo fluxloop run experiment` runs.
name: {name}

runner:
{target}  # Runs of each input.
  iterations: 1

# Runs at once.
parallel_runs: 4

gate:
  # So many runs may fail.
  max_failures: 0

# Who asks. An input that names none of them is asked by each.
personas:
  - name: novice_user
    description: \"Has never used this before, and says so.\"
    expertise_level: novice
  - name: expert_user
    description: \"Knows the subject, and wants details.\"
    expertise_level: expert

# A conversation of each input: a supervisor plays the user's next messages.
# multi_turn:
#   enabled: true
#   max_turns: 4
#   supervisor:
#     provider: mock
#     metadata:
#       scripted_questions: [\"Can you explain more?\"]
"
    )
}

/// `inputs/generated.yaml`, with inputs that fit the agent.
pub(super) fn inputs(sample: &Sample) -> String {
    let mut text = String::from(
        "# What the agent is asked. More of these: `cargo fluxloop generate inputs`.\ngenerated_inputs:\n",
    );
    let entries = [
        ("novice_user", "How do I start?"),
        ("expert_user", "What are advanced options?"),
    ];
    for (persona, question) in entries {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  - input:{}    persona: {persona}",
            sample.yaml(question, 6)
        );
    }
    text
}

/// `tests/fluxloop.rs`.
pub(super) fn test(fluxloop: &str, crate_name: &str) -> String {
    format!(
        "//! The experiment of `configs/simulation.yaml`: each of its cases is a test.\n\n{fluxloop}::main!({crate_name});\n"
    )
}

/// An agent that answers, under whatever name the crate has fluxloop.
pub(super) fn agent(fluxloop: &str) -> String {
    let options = if fluxloop == "fluxloop" {
        String::new()
    } else {
        format!("(crate = {fluxloop})")
    };
    format!(
        "/// Answers one question.
#[{fluxloop}::agent{options}]
pub fn run(input: String) -> String {{
    format!(\"You said: {{input}}\")
}}
"
    )
}

/// A text as YAML and JSON have it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
