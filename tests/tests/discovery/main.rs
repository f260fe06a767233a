//! Which agents there are, how targets name them, and what they are called with.

mod binding;
mod targets;
mod untouched;
mod workspace;

use tests::Project;

/// Runs the agent of a target, and gives its one answer.
#[track_caller]
fn answer(project: &Project, target: &str) -> String {
    let config = format!("runner: {{ target: \"{target}\" }}");
    project.write("configs/simulation.yaml", &config);
    let finished = project.experiment("").exits(0);
    let rows = project.latest().rows("trace_summary.jsonl");
    assert_eq!(rows.len(), 1, "{finished}");
    rows[0]["output"].as_str().unwrap_or_default().to_owned()
}

/// What a person is told of a target that leads to no agent.
#[track_caller]
fn refusal(project: &Project, target: &str) -> String {
    let config = format!("runner: {{ target: \"{target}\" }}");
    project.write("configs/simulation.yaml", &config);
    let finished = project.experiment("").exits(96);
    project.told(&finished)
}
