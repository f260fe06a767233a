//! The page's own configuration and inputs, as they stand, beside an agent `run` in `examples/my_agent.rs`.

use tests::Project;

const CONFIG: &str = r#"
runner:
  target: "examples.my_agent:run"
  iterations: 10

output:
  directory: "experiments"
  format: jsonl
"#;

const INPUTS: &str = r#"
generated_inputs:
  - input: "How do I start?"
    persona: novice_user
  - input: "What are advanced options?"
    persona: expert_user
"#;

const AGENT: &str = r#"
#[fluxloop::agent]
fn run(input_text: String) -> String {
    format!("processed: {input_text}")
}

fn main() {}
"#;

#[test]
fn the_page_runs_as_it_stands() {
    let project = Project::new("e2e_first", "")
        .config(CONFIG)
        .inputs(INPUTS)
        .file("examples/my_agent.rs", AGENT);
    let finished = project.experiment("").exits(0);
    let output = finished.stderr.as_str();
    for line in [
        "[INFO] Starting experiment...",
        "[INFO] Loaded 2 inputs",
        "[INFO] Running 10 iterations per input (20 total runs)",
        "[▓▓▓▓▓▓▓▓▓▓] 20/20 (100%)",
        "test result: ok. 20 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in ",
    ] {
        assert!(output.contains(line), "{line}\n{finished}");
    }
    assert!(finished.stdout.is_empty(), "{finished}");
    let experiment = project.latest();
    let summary = experiment.summary();
    assert_eq!(
        (
            summary["total_traces"].as_u64(),
            summary["successful"].as_u64()
        ),
        (Some(20), Some(20))
    );
    let row = &experiment.runs()["run::novice_user::how-do-i-start-5feeee::iter_0"];
    assert_eq!(row["output"], "processed: How do I start?");
    assert_eq!(row["success"], true);
}
